import { describe, expect, it } from 'vitest';
import { RECORDINGS, recordedEvents } from '../../../test/openlineage/recordings.ts';
import { ENDS_PER_PART_MAX } from '../../domain/lineage/told-event.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import { namespacesOf, openLineageDigest, parseOpenLineageEvent } from './parse-event.ts';
import { toldPartsOf } from './told-parts.ts';

const RUN_ID = '01a20c1f-1ecc-7c76-98f9-e396a8cf5e52';
const BASE = {
  eventType: 'COMPLETE',
  eventTime: '2026-11-24T05:49:50.37Z',
  producer: 'https://example.com/p',
  run: { runId: RUN_ID },
  job: { namespace: 'ml', name: 'train' },
};
const parts = (change: object) => toldPartsOf(parseOpenLineageEvent({ ...BASE, ...change }));
const faultOf = (event: unknown) => {
  try {
    toldPartsOf(parseOpenLineageEvent(event));
  } catch (error) {
    const { code, details, message } = error as { code: string; details: object; message: string };
    return { code, ...details, message };
  }
  return null;
};
const dataset = (facets: object, more: object = {}) => ({
  ...{ namespace: 's3://lake', name: 'a', facets },
  ...more,
});

describe.each(RECORDINGS)('what %s sent', (name) => {
  it('is taken, and equal events are equal', () => {
    for (const event of recordedEvents(name)) {
      const parsed = parseOpenLineageEvent(event);
      expect(parsed.digest).toBe(openLineageDigest(event));
      const [first, ...rest] = toldPartsOf(parsed);
      expect(first?.event).toMatchObject({ part: 1, parts: 1, digest: parsed.digest });
      expect(rest).toEqual([]);
    }
  });
});

describe('an event', () => {
  it('is the same whatever the order of its keys', () => {
    const event = { ...BASE, inputs: [dataset({ b: { x: 1 }, a: { y: 2 } })] };
    const turned = { ...BASE, inputs: [dataset({ a: { y: 2 }, b: { x: 1 } })] };
    expect(openLineageDigest(turned)).toBe(openLineageDigest(event));
    expect(toldPartsOf(parseOpenLineageEvent(turned))).toEqual(
      toldPartsOf(parseOpenLineageEvent(event)),
    );
  });

  it('is cut into parts that tell of its run once', () => {
    const inputs = [...Array(120).keys()].map((n) => ({ namespace: 'file', name: `f${n}` }));
    const outputs = [inputs[0], inputs[119]];
    const told = parts({ inputs, outputs, run: { runId: RUN_ID, facets: { parent: {} } } });
    expect(told.map(({ event }) => [event.part, event.parts])).toEqual([
      ...[[1, 3]],
      ...[[2, 3]],
      ...[[3, 3]],
    ]);
    expect(told.map(({ event }) => event.run?.facets.length)).toEqual([1, 0, 0]);
    expect(told.flatMap(({ event }) => event.ends)).toHaveLength(122);
    for (const { event } of told) expect(event.ends.length).toBeLessThanOrEqual(ENDS_PER_PART_MAX);
    const twice = told.filter(({ event }) => event.ends.some((end) => end.name === 'f119'));
    expect(twice).toHaveLength(1);
  });

  it('puts aside what may be personal, and drops what may be a secret', () => {
    const [told] = parts({
      run: {
        runId: RUN_ID,
        facets: {
          errorMessage: { message: 'Ada was here' },
          environmentVariables: {
            environmentVariables: [
              { name: 'MLFLOW_RUN_ID', value: 'abc' },
              { name: 'DB_PASSWORD', value: 'hunter2' },
            ],
          },
          invented: { by: 'Ada' },
        },
      },
      outputs: [dataset({ dataSource: { uri: 'postgres://ada:hunter2@db/x' }, ownership: {} })],
    });
    expect(JSON.stringify(told)).not.toContain('hunter2');
    expect(JSON.stringify(told?.event)).not.toContain('Ada');
    const text = JSON.parse(told?.personal.facets1 ?? '');
    expect(text).toEqual({
      'run.facets': {
        errorMessage: { message: 'Ada was here' },
        environmentVariables: {
          environmentVariables: [
            { name: 'MLFLOW_RUN_ID', value: 'abc' },
            { name: 'DB_PASSWORD', dropped: true },
          ],
        },
        invented: { by: 'Ada' },
      },
      'outputs[0].facets': { ownership: {} },
    });
  });

  it('says of a dataset which version, which other names and where its columns came from', () => {
    const columnLineage = {
      fields: { a: { inputFields: [{ namespace: 's3://lake/', name: 'b', field: 'x' }] } },
      dataset: [{ namespace: 'hive://h', name: 'c', field: 'y' }],
    };
    const symlinks = { identifiers: [{ namespace: 'glue', name: 't', type: 'TABLE' }] };
    const version = { datasetVersion: '7' };
    const event = { ...BASE, outputs: [dataset({ columnLineage, symlinks, version })] };
    const [told] = parts({ outputs: event.outputs });
    expect(told?.event.ends[0]).toMatchObject({
      role: 'OUTPUT',
      version: '7',
      symlinks: [{ namespace: 'glue', name: 't' }],
      columnDatasets: [
        { namespace: 's3://lake', name: 'b' },
        { namespace: 'hive://h', name: 'c' },
      ],
    });
    expect(namespacesOf(parseOpenLineageEvent(event)).toSorted()).toEqual([
      ...['glue', 'hive://h', 's3://lake'],
    ]);
  });

  it('keeps two assertions that differ, and one of two that are equal', () => {
    const said = (success: boolean) => ({ assertions: [{ assertion: 'not_null', success }] });
    const namesFor = (a: boolean, b: boolean) => {
      const inputs = [
        dataset(
          { dataQualityAssertions: said(a) },
          { inputFacets: { dataQualityAssertions: said(b) } },
        ),
      ];
      return parts({ inputs })[0]?.event.ends[0]?.ownFacets.map(({ name }) => name);
    };
    expect(namesFor(true, true)).toEqual(['dataQualityAssertions']);
    expect(namesFor(true, false)).toEqual([
      ...['dataQualityAssertions', 'facets.dataQualityAssertions'],
    ]);
  });
});

describe('an event that cannot be taken', () => {
  it.each([
    ['', [], /not a JSON object/],
    ['', { eventTime: BASE.eventTime }, /none of run, job and dataset/],
    ['run.runId', { ...BASE, run: { runId: '12' } }, /not a UUID/],
    ['run.runId', { ...BASE, run: {} }, /missing/],
    ['eventTime', { ...BASE, eventTime: 'yesterday' }, /RFC 3339/],
    ['eventTime', { ...BASE, eventTime: '2026-02-31T00:00:00Z' }, /no such time/],
    ['eventTime', { ...BASE, eventTime: '2026-02-01T00:00:00' }, /RFC 3339/],
    ['eventType', { ...BASE, eventType: 'DONE' }, /none of START/],
    ['job.name', { ...BASE, job: { namespace: 'a', name: '' } }, /empty/],
    ['inputs', { ...BASE, inputs: {} }, /not a list/],
    ['inputs[0]', { ...BASE, inputs: ['x'] }, /not an object/],
    ['inputs[0]', { ...BASE, inputs: [dataset({}, { name: 'a\u0000b' })] }, /NUL/],
    ['inputs[0]', { ...BASE, inputs: [dataset({}, { name: '\ud800' })] }, /surrogate/],
    ['inputs[0].facets', { ...BASE, inputs: [dataset([1])] }, /not an object/],
    ['inputs[0].facets.schema', { ...BASE, inputs: [dataset({ schema: 'x' })] }, /not an object/],
    [
      'run.facets.x',
      { ...BASE, run: { runId: RUN_ID, facets: { x: { y: 'z'.repeat(2e6) } } } },
      /at most/,
    ],
    [
      'outputs[0].facets.symlinks.identifiers[0]',
      {
        ...BASE,
        outputs: [dataset({ symlinks: { identifiers: [{ namespace: '', name: 'x' }] } })],
      },
      /empty/,
    ],
    [
      'inputs and outputs',
      { ...BASE, inputs: [...Array(10_000).keys()].map((n) => dataset({}, { name: `${n}` })) },
      /at most 1000/,
    ],
  ])('is refused at %j', (path, event, message) => {
    expect(faultOf(event)).toEqual({
      code: 'INVALID_EVENT',
      path,
      message: expect.stringMatching(message),
    });
  });

  it('may nest deep, hold odd texts, and have huge integers', () => {
    let deep: object = {};
    for (let level = 0; level < 70; level += 1) deep = { deep };
    expect(faultOf({ ...BASE, inputs: [dataset({ deep })] })?.code).toBe('INVALID_EVENT');
    const odd = parseLosslessJson('{"rowCount": 123456789012345678901234567890, "x": "\\ud800~"}');
    const [told] = parts({ outputs: [dataset({}, { outputFacets: { outputStatistics: odd } })] });
    expect(told?.event.ends[0]?.ownFacets).toEqual([
      {
        name: 'outputStatistics',
        value: { rowCount: '~i123456789012345678901234567890', x: '~ud800007e' },
      },
    ]);
  });
});
