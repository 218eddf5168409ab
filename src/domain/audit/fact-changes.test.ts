import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { count, DATA, maybe, PEOPLE, SECRET } from '../../../test/support/fact-data.ts';
import { instantFromMs } from '../time.ts';
import { canonicalJson } from '../values/canonical-json.ts';
import type { JsonObject } from '../values/value.ts';
import type { FactType } from './fact-type.ts';
import { changesOf, FACT_TYPES } from './fact-types.ts';
import { type LeafEnvelope, parseLeaf, writeLeaf } from './leaf.ts';
import { sealPersonal } from './sidecar.ts';

interface Sample {
  readonly envelope: LeafEnvelope;
  readonly place: { readonly index: number; readonly data: JsonObject };
}

/** Facts of a type as they come out of the log, with personal values sealed beside them. */

function samplesOf({ type, version, fields }: FactType): fc.Arbitrary<Sample> {
  const personal = Object.keys(fields).filter((name) => fields[name]?.mark === 'personal');
  const instants = fc.integer({ min: 0, max: 4e12 }).map(instantFromMs);
  return fc
    .record({
      data: DATA[`${type}@${version}`] as fc.Arbitrary<JsonObject>,
      held: fc.subarray([...personal]),
      index: count,
      recordedAt: instants,
      occurredAt: maybe(instants),
      actor: fc.constantFrom(...PEOPLE),
    })
    .map(({ data, held, index, recordedAt, occurredAt, actor }) => {
      const values = Object.fromEntries(held.map((field) => [field, `${SECRET} ${field}`]));
      const parts = held.length === 0 ? [] : [{ person: actor, values }];
      const secrets = { key: Buffer.alloc(32, index), chance: Buffer.alloc(44, index) };
      const envelope: LeafEnvelope = {
        v: 1,
        id: '018f6b3e-7c2a-7d11-8a55-0123456789ab',
        org: 'example',
        type,
        typeVersion: version,
        outcome: 'allow',
        recordedAt,
        occurredAt,
        actor: { ref: actor, kind: 'PERSON', via: 'key:1', authAgeS: null, onBehalfOf: null },
        projects: [],
        subject: null,
        policy: null,
        request: { operation: 'x', idempotencyKey: null, inputDigest: null },
        personal: parts.map((part) => sealPersonal(part, 'fact', secrets).commitment),
      };
      return { envelope, place: { index, data } };
    });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

const changesText = ({ envelope, place }: Sample) =>
  JSON.stringify(changesOf(envelope, place), (_key, value) => value ?? '(nothing)');

/** Runs the function where a look at the clock or at chance throws. */
function withoutClockAndChance<T>(run: () => T): T {
  const forbidden = (what: string) => () => {
    throw new Error(`changes looked at ${what}`);
  };
  const noDate = new Proxy(Date, {
    construct: forbidden('the clock'),
    apply: forbidden('the clock'),
    get: forbidden('the clock'),
  });
  vi.stubGlobal('Date', noDate);
  vi.spyOn(Math, 'random').mockImplementation(forbidden('chance'));
  vi.spyOn(performance, 'now').mockImplementation(forbidden('the clock'));
  vi.spyOn(process, 'hrtime').mockImplementation(forbidden('the clock') as never);
  vi.spyOn(crypto, 'randomUUID').mockImplementation(forbidden('chance'));
  vi.spyOn(crypto, 'getRandomValues').mockImplementation(forbidden('chance'));
  try {
    return run();
  } finally {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }
}

const TYPES = FACT_TYPES.map((type) => [`${type.type}@${type.version}`, type] as const);

afterEach(() => {
  vi.useRealTimers();
});

it('samples every version of every type of fact', () => {
  expect(Object.keys(DATA).sort()).toEqual(TYPES.map(([name]) => name).sort());
});

describe.each(TYPES)('changes of %s', (_name, type) => {
  const samples = samplesOf(type);

  it('are asked with facts that fit the schema', () => {
    const marked = Object.entries(type.fields).filter(([, field]) => field.mark === 'leaf');
    const shape = Object.fromEntries(marked.map(([name, { schema }]) => [name, schema]));
    const schema = z.strictObject(shape);
    fc.assert(
      fc.property(samples, ({ place }) => {
        expect(schema.safeParse(place.data).error).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('are the same each time and leave the fact as it was', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        deepFreeze(sample);
        expect(changesText(sample)).toBe(changesText(sample));
      }),
    );
  });

  it('are the same for the fact that was written and the fact that is read from the log', () => {
    fc.assert(
      fc.property(samples, ({ envelope, place }) => {
        const { leaf, bytes, body } = writeLeaf(envelope, place.data);
        const read = parseLeaf(bytes);
        const data = 'data' in read ? read.data : (JSON.parse(String(body)) as JsonObject);
        const there = canonicalJson(JSON.parse(changesText({ envelope: leaf, place })));
        const here = changesText({ envelope: read, place: { index: place.index, data } });
        expect(canonicalJson(JSON.parse(here))).toBe(there);
      }),
    );
  });

  it('do not read the clock or chance: replay at another hour gives the same graph', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const real = changesText(sample);
        expect(withoutClockAndChance(() => changesText(sample))).toBe(real);
      }),
      { numRuns: 30 },
    );
    const [sample] = fc.sample(samples, 1) as [Sample];
    vi.useFakeTimers({ now: 0 });
    const then = changesText(sample);
    vi.setSystemTime(4e12);
    expect(changesText(sample)).toBe(then);
  });

  it('hold no personal value, and neither does the leaf', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        expect(changesText(sample)).not.toContain(SECRET);
        const { bytes, body } = writeLeaf(sample.envelope, sample.place.data);
        expect(`${bytes}${body}`).not.toContain(SECRET);
      }),
      { numRuns: 30 },
    );
  });
});
