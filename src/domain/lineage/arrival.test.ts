import { describe, expect, it } from 'vitest';
import { personalRefProp } from '../audit/personal.ts';
import { parseInstant } from '../time.ts';
import type { JsonObject } from '../values/value.ts';
import { withoutArrival } from './arrival.ts';
import type { NodeRow } from './graph-rows.ts';

const person = 'act:018f6b3e-7c2a-7d11-8a55-0123456789ab';
const notes = (fact: number) => personalRefProp({ fact, person, field: 'notes' });

function row(props: JsonObject, more: Partial<NodeRow> = {}): NodeRow {
  return {
    id: 'run_x',
    kind: 'RUN',
    project: 'proj_x',
    name: 'r',
    props,
    identifiers: ['a:1'],
    since: 1,
    last: 2,
    recordedAt: parseInstant('2026-01-01T00:00:00Z'),
    ...more,
  };
}

describe('the content of a node', () => {
  it('is the same whenever and in whatever order it came', () => {
    const early = row({ config: { a: 1 }, notes: notes(1), ordinal: 0, startedAt: 'x' });
    const later = row(
      { config: { a: 1 }, notes: notes(9), ordinal: 5, startedAt: 'y', versionCount: 3 },
      { since: 8, last: 9, recordedAt: parseInstant('2026-02-01T00:00:00Z') },
    );
    expect(withoutArrival(early)).toEqual(withoutArrival(later));
  });

  it('does not hold in which order versions were registered', () => {
    const model = (registrationCount: number) => row({ registrationCount });
    expect(withoutArrival(model(1))).toEqual(withoutArrival(model(2)));
    const own = (registrationNumber: number) => row({ registrationNumber, version: 'mdv_x' });
    expect(withoutArrival(own(1))).toEqual(withoutArrival(own(2)));
  });

  it('leaves out the fact of a personal value at any depth, and keeps whose it is', () => {
    const grant = (fact: number) => row({ 'grant:1': { role: 'VIEWER', reason: notes(fact) } });
    expect(withoutArrival(grant(1))).toEqual(withoutArrival(grant(2)));
    expect(JSON.stringify(withoutArrival(grant(1)).node)).toContain(person);
    const list = (fact: number) => row({ list: [[notes(fact)]] });
    expect(withoutArrival(list(1))).toEqual(withoutArrival(list(2)));
  });

  it('differs with everything else', () => {
    const rows = [
      row({}),
      row({ a: 1 }),
      row({ a: { __proto__: null, b: [1, null, 'x'] } }),
      row({ notes: notes(1) }),
      row({}, { id: 'run_y' }),
      row({}, { kind: 'JOB' }),
      row({}, { project: null }),
      row({}, { name: 'other' }),
      row({}, { identifiers: [] }),
    ];
    const contents = rows.map((each) => JSON.stringify(withoutArrival(each).node));
    expect(new Set(contents).size).toBe(rows.length);
  });

  it('does not hold the name of a version, which ends in its ordinal', () => {
    const version = (name: string) => row({}, { kind: 'MODEL_VERSION', name });
    expect(withoutArrival(version('m:v0'))).toEqual(withoutArrival(version('m:v7')));
  });

  it('follows arrival for the alias latest, and for nothing else', () => {
    const alias = (name: string) => withoutArrival(row({}, { kind: 'ALIAS', name })).followsArrival;
    expect(alias('latest')).toBe(true);
    expect(alias('prod')).toBe(false);
    expect(withoutArrival(row({}, { name: 'latest' })).followsArrival).toBe(false);
  });
});
