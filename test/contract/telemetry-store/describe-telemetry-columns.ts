import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  KEYS_LISTED_MAX,
  QUESTION_KEYS_MAX,
  SAMPLES_MAX,
  type SampleQuestion,
} from '../../../src/ports/telemetry-columns.ts';
import type { TelemetryOperation, TelemetryStore } from '../../../src/ports/telemetry-store.ts';
import { type OpenedTelemetryStore, RUN_A } from './describe-telemetry-store.ts';
import { foundLines, type ModelLine, modelSample, rowOf } from './sample-model.ts';

type Open = () => Promise<OpenedTelemetryStore>;

/** Where the stretches of the filesystem's store meet; to others a number like any other. */
const SEAM = 16_384;
const WHOLE = { values: 'all', samples: SAMPLES_MAX } as const;

/** What every telemetry store promises of its reads by key, before and after a seal. */
export function describeTelemetryColumns(name: string, open: Open): void {
  describe(`telemetry columns: ${name}`, () => {
    describeAnyRows(open);
    describeSamples(open);
    describeScans(open);
    describeKeys(open);
    describeRefusals(open);
  });
}

function describeAnyRows(open: Open): void {
  test('any rows read as plain lists say, however they came and wherever they lie', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), question, async (steps, asked) => {
        const opened = await open();
        let store = opened.store;
        const written = new Map<number, string>();
        for (const { operation, next } of steps) {
          await store.append(RUN_A, [operation]);
          for (const [at, text] of operation.lines.entries()) {
            written.set(operation.offset + at, text);
          }
          if (next !== 'nothing') await store.seal(RUN_A);
          if (next === 'seal and restart') {
            await store.close();
            store = await opened.reopen();
          }
        }
        await expectSame(store, linesOf(written), asked);
        await store.seal(RUN_A);
        await store.close();
        const later = await opened.reopen();
        await expectSame(later, linesOf(written), asked);
        for (const { fault } of await later.columns.verify(RUN_A)) expect(fault).toBeNull();
        await later.close();
      }),
      { numRuns: 25 },
    );
  }, 120_000);
}

async function expectSame(
  store: TelemetryStore,
  lines: readonly ModelLine[],
  asked: SampleQuestion,
): Promise<void> {
  const sampled = await store.columns.sample(RUN_A, 'history', asked);
  expect(sampled).toEqual({ ...modelSample(lines, asked), complete: true });
  const { steps, keys } = asked;
  const scan = { keys, limit: 5, ...(steps && { steps }) };
  const scanned: number[] = [];
  for (let fromLine: number | null = 0; fromLine !== null; ) {
    const page = await store.columns.scan(RUN_A, 'history', { ...scan, fromLine });
    scanned.push(...page.rows.map(({ line }) => line));
    fromLine = page.next;
  }
  const found = foundLines(lines, { ...asked, values: 'all' });
  expect(scanned).toEqual(found.map(({ number }) => number));
  const numbers = lines.map(({ number }) => number).filter((_, at) => at % 3 === 0);
  const read = await store.columns.lines(RUN_A, 'history', numbers);
  expect(read).toEqual(lines.filter((_, at) => at % 3 === 0));
  const { keys: listed } = await store.columns.keys(RUN_A, 'history');
  const counts = new Map<string, number>();
  for (const { text } of lines) {
    for (const key of Object.keys(rowOf(text))) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const sums = listed.map(({ key, counts }) => [
    key,
    Object.values(counts).reduce((a, b) => a + b),
  ]);
  expect(new Map(sums as Array<[string, number]>)).toEqual(counts);
}

function linesOf(written: ReadonlyMap<number, string>): ModelLine[] {
  return [...written].sort(([a], [b]) => a - b).map(([number, text]) => ({ number, text }));
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -9, max: 9 }).map(String) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(jsonNumber) },
  fc.constantFrom('NaN', 'Infinity', '-Infinity', '-0.0', '9007199254740993', 'null', 'true'),
  fc.constantFrom('"text"', '"\\ud83d"', '"~zNaN"', '[1,NaN]', '{"b":2,"c":{"d":NaN}}', '{}'),
);
const key = fc.constantFrom(
  'a',
  'a',
  'a',
  'b',
  '_step',
  '_step',
  '_line',
  '_rest',
  '__proto__',
  '',
);
const row = fc
  .uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 6 })
  .map((pairs) => `{${pairs.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`);
const line = fc.oneof(
  { weight: 12, arbitrary: row },
  fc.constantFrom('', 'no json', '[1]', '17', 'half \ud83d', '{"a":1', '{"a":1e999}'),
);
const step = fc.record({
  operation: fc.record({
    stream: fc.constant('history' as const),
    offset: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 40 }) },
      fc.integer({ min: SEAM - 10, max: SEAM + 3 }),
    ),
    lines: fc.array(line, { maxLength: 30 }),
  }),
  next: fc.constantFrom('nothing', 'nothing', 'seal', 'seal and restart'),
});
const question: fc.Arbitrary<SampleQuestion> = fc.record(
  {
    keys: fc.uniqueArray(fc.constantFrom('a', 'b', '_step', '__proto__', '_rest', 'a.b', 'a.c.d'), {
      minLength: 1,
      maxLength: 3,
    }),
    also: fc.uniqueArray(fc.constantFrom('_step', 'b', 'none'), { maxLength: 2 }),
    values: fc.constantFrom('all', 'numbers'),
    samples: fc.integer({ min: 1, max: 20 }),
    steps: fc.record({ from: fc.integer({ min: -9, max: 0 }), to: fc.integer({ min: 0, max: 9 }) }),
  },
  { requiredKeys: ['keys', 'values', 'samples'] },
);

function jsonNumber(number: number): string {
  return Object.is(number, -0) ? '-0.0' : String(number);
}

function describeSamples(open: Open): void {
  test('a spike, a dip and a NaN of one row each stay among many rows', async () => {
    const { store, reopen } = await open();
    const odd = new Map([
      [777, '99'],
      [2_500, '-99'],
      [4_001, 'NaN'],
    ]);
    const lines = Array.from(
      { length: 5_000 },
      (_, at) => `{"_step":${at * 2},"loss":${odd.get(at) ?? 1 / (at + 1)}}`,
    );
    await store.append(RUN_A, [op(0, lines)]);
    const asked = { keys: ['_step', 'loss'], values: 'all', samples: 50 } as const;
    const { rows, count } = await store.columns.sample(RUN_A, 'history', asked);
    expect(count).toBe(5_000);
    expect(rows.length).toBeLessThanOrEqual(50);
    for (const at of [0, 777, 2_500, 4_001, 4_999]) {
      expect(rows.find(({ line }) => line === at)?.values[0]).toBe(at * 2);
    }
    await store.seal(RUN_A);
    await store.close();
    const later = await reopen();
    expect(await later.columns.sample(RUN_A, 'history', asked)).toMatchObject({ rows, count });
    await later.close();
  });

  test('parts of a long stream are left out when too many lines would be looked at', async () => {
    const { store } = await open();
    const lines = Array.from({ length: 3 * SEAM }, (_, at) => `{"a":${at}}`);
    await store.append(RUN_A, [op(0, lines)]);
    const asked = { keys: ['a'], ...WHOLE, samples: 100 } as const;
    const whole = await store.columns.sample(RUN_A, 'history', asked);
    expect(whole).toMatchObject({ count: 3 * SEAM, complete: true });
    const part = await store.columns.sample(RUN_A, 'history', { ...asked, linesMax: 2 * SEAM });
    expect(part).toMatchObject({ count: 2 * SEAM, complete: false });
    await store.close();
  });

  test('a sample says what the log said when it was asked for, while rows come', async () => {
    const { store } = await open();
    for (let at = 0; at < 30; at += 1) {
      await store.append(RUN_A, [op(at, [`{"a":${at}}`])]);
      const { count } = await store.columns.sample(RUN_A, 'history', { keys: ['a'], ...WHOLE });
      expect(count).toBe(at + 1);
    }
    await store.append(RUN_A, [op(3, ['{"b":1}'])]);
    const { count } = await store.columns.sample(RUN_A, 'history', { keys: ['a'], ...WHOLE });
    expect(count).toBe(29);
    await store.close();
  });

  test('verify compares a log with what was put on record of it', async () => {
    const { store } = await open();
    await store.append(RUN_A, [op(0, ['{"a":1}'])]);
    const sealed = await store.seal(RUN_A);
    await store.append(RUN_A, [op(1, ['{"a":2}'])]);
    const faultOf = async (on: typeof sealed) =>
      (await store.columns.verify(RUN_A, on)).map(({ fault }) => fault);
    expect(await faultOf(sealed)).toEqual([null]);
    const [range] = sealed;
    const other = { ...range!, digest: `sha256:${'0'.repeat(64)}` } as const;
    expect(await faultOf([other])).toEqual([
      `the first ${range!.bytes} bytes of the log are not what was put on record`,
    ]);
    expect(await faultOf([{ ...other, bytes: 1e6 }])).toEqual([
      expect.stringMatching(/^the log has \d+ bytes, and 1000000 were put on record$/),
    ]);
    await store.close();
  });

  test('columns are brought up to date after a restart, however often it is asked', async () => {
    const { store, reopen } = await open();
    await store.append(RUN_A, [op(0, ['{"a":1}', 'no json'])]);
    const sealed = await store.seal(RUN_A);
    const later = await reopen();
    await Promise.all([later.columns.bringUpToDate(RUN_A), later.columns.bringUpToDate(RUN_A)]);
    await later.columns.bringUpToDate(RUN_A);
    const whole = { stream: 'history', compared: 2, waiting: 0, fault: null };
    expect(await later.columns.verify(RUN_A, sealed)).toMatchObject([whole]);
    await later.append(RUN_A, [op(2, ['{"a":2}'])]);
    await later.columns.bringUpToDate(RUN_A);
    const [verdict] = await later.columns.verify(RUN_A, sealed);
    expect(verdict).toMatchObject({ ...whole, compared: 3 });
    await later.close();
    await store.close();
  });

  test('streams and runs without rows have none', async () => {
    const { store } = await open();
    const asked = { keys: ['a'], ...WHOLE } as const;
    const nothing = { rows: [], count: 0, complete: true };
    expect(await store.columns.sample(RUN_A, 'events', asked)).toEqual(nothing);
    expect(await store.columns.keys(RUN_A, 'events')).toEqual({
      keys: [],
      nested: [],
      lastStep: -1,
    });
    expect(await store.columns.lines(RUN_A, 'events', [0, 5])).toEqual([]);
    await store.columns.bringUpToDate(RUN_A);
    expect(await store.columns.verify(RUN_A)).toEqual([]);
    await store.close();
  });
}

function describeScans(open: Open): void {
  test('one step is found, and a page goes on where the last one ended', async () => {
    const { store } = await open();
    const rows = Array.from({ length: 100 }, (_, at) => `{"_step":${at >> 1},"a":${at}}`);
    await store.append(RUN_A, [op(0, rows)]);
    const steps = { from: 7, to: 8 };
    const step = await store.columns.scan(RUN_A, 'history', { keys: ['a'], steps, limit: 10 });
    expect(step).toEqual({
      rows: [
        { line: 14, values: [14] },
        { line: 15, values: [15] },
      ],
      next: null,
    });
    const first = await store.columns.scan(RUN_A, 'history', { keys: [], limit: 60 });
    expect(first.next).toBe(60);
    const asked = { keys: [], limit: 60, fromLine: 60 };
    const second = await store.columns.scan(RUN_A, 'history', asked);
    expect(second.rows.map(({ line }) => line)).toEqual(
      Array.from({ length: 40 }, (_, at) => 60 + at),
    );
    expect(second.next).toBeNull();
    await store.close();
  });
}

function describeKeys(open: Open): void {
  test('keys have the types of their values, their last value and the last step', async () => {
    const { store } = await open();
    const lines = [
      '{"_step":4,"a":1,"g":{"x":1,"y":{"z":2},"i":{"_type":"image","size":3}}}',
      '{"_step":9,"a":NaN,"s":"text"}',
      'no json',
      `{"a":null,"s":"${'long'.repeat(100)}","l":[1],"t":true,"n":9007199254740993}`,
    ];
    await store.append(RUN_A, [op(0, lines)]);
    const { keys, nested, lastStep } = await store.columns.keys(RUN_A, 'history');
    expect(lastStep).toBe(9);
    expect([...nested].sort()).toEqual(['g.x', 'g.y.z']);
    const found = Object.fromEntries(keys.map(({ key, counts, last }) => [key, { counts, last }]));
    expect(found).toEqual({
      _step: { counts: { number: 2 }, last: 9 },
      a: { counts: { number: 2, nil: 1 }, last: null },
      g: { counts: { map: 1 }, last: null },
      s: { counts: { string: 2 }, last: null },
      l: { counts: { list: 1 }, last: null },
      t: { counts: { bool: 1 }, last: true },
      n: { counts: { number: 1 }, last: 9007199254740993n },
    });
    await store.close();
  });

  test('more keys than an answer lists are left out of it and can be asked for', async () => {
    const { store, reopen } = await open();
    const lines = Array.from({ length: 12 }, (_, line) => {
      const keys = Array.from({ length: 5_000 }, (_, at) => `"k${line * 5_000 + at}":${at}`);
      return `{${keys.join()}}`;
    });
    await store.append(RUN_A, [op(0, lines)]);
    await store.seal(RUN_A);
    await store.close();
    const later = await reopen();
    const { keys } = await later.columns.keys(RUN_A, 'history');
    expect(keys).toHaveLength(KEYS_LISTED_MAX);
    const asked = { keys: ['k59999'], ...WHOLE } as const;
    const { rows } = await later.columns.sample(RUN_A, 'history', asked);
    expect(rows).toEqual([{ line: 11, values: [4_999] }]);
    await later.close();
  });
}

function describeRefusals(open: Open): void {
  const asked = { keys: ['a'], ...WHOLE } as const;

  test.each([
    ['no key', { ...asked, keys: [] }, 'INVALID_INPUT'],
    ['no row', { ...asked, samples: 0 }, 'INVALID_INPUT'],
    ['half a row', { ...asked, samples: 1.5 }, 'INVALID_INPUT'],
    ['too many rows', { ...asked, samples: SAMPLES_MAX + 1 }, 'LIMIT_EXCEEDED'],
    ['no range', { ...asked, steps: { from: Number.NaN, to: 1 } }, 'INVALID_INPUT'],
    [
      'too many keys',
      { ...asked, keys: Array.from({ length: QUESTION_KEYS_MAX + 1 }, (_, at) => `k${at}`) },
      'LIMIT_EXCEEDED',
    ],
  ])('a sample of %s', async (_what, question, code) => {
    const { store } = await open();
    await expectCode(store.columns.sample(RUN_A, 'history', question), code);
    await store.close();
  });

  test('streams that hold no rows, runs that are none, and a store that is closed', async () => {
    const { store } = await open();
    const { columns } = store;
    await expectCode(columns.sample(RUN_A, 'console' as 'history', asked), 'INVALID_INPUT');
    await expectCode(columns.keys('run_short', 'history'), 'INVALID_INPUT');
    await expectCode(columns.bringUpToDate('run_short'), 'INVALID_INPUT');
    await expectCode(columns.lines(RUN_A, 'history', [-1]), 'INVALID_INPUT');
    await expectCode(columns.scan(RUN_A, 'history', { keys: [], limit: 0 }), 'INVALID_INPUT');
    await store.close();
    await expectCode(columns.keys(RUN_A, 'history'), 'UNAVAILABLE');
    await expectCode(columns.bringUpToDate(RUN_A), 'UNAVAILABLE');
  });
}

function op(offset: number, lines: string[]): TelemetryOperation {
  return { stream: 'history', offset, lines };
}

async function expectCode(work: Promise<unknown>, code: string): Promise<void> {
  await expect(work).rejects.toMatchObject({ name: 'DomainError', code });
}
