import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type LineRange,
  TELEMETRY_APPEND_BYTES_MAX,
  TELEMETRY_STREAMS,
  type TelemetryOperation,
  type TelemetryStore,
  type TelemetryStream,
} from '../../../src/ports/telemetry-store.ts';

export const RUN_A = `run_${'a'.repeat(42)}A`;
export const RUN_B = `run_${'a'.repeat(42)}-`;

/** An empty store, and the way to open the same one again as a process does after a restart. */
export interface OpenedTelemetryStore {
  readonly store: TelemetryStore;
  reopen(): Promise<TelemetryStore>;
  /** Changes one of the first bytes of a stream, as a disk may while nobody has the store open. */
  damage(run: string, stream: TelemetryStream): Promise<void>;
}

type Open = () => Promise<OpenedTelemetryStore>;

/** What every telemetry store promises. */
export function describeTelemetryStore(name: string, open: Open): void {
  describe(`telemetry store: ${name}`, () => {
    describeLines(open);
    describeStates(open);
    describeSeal(open);
    describeConcurrency(open);
    describeLimits(open);
  });
}

function describeLines(open: Open): void {
  test('lines come back by their numbers, before and after a restart', async () => {
    const { store, reopen } = await open();
    await store.append(RUN_A, [op('history', 0, ['a', 'b']), op('history', 2, ['c'])]);
    expect(await texts(store, 'history', { from: 0, to: 10 })).toEqual(['0 a', '1 b', '2 c']);
    expect(await texts(store, 'history', { from: 1, to: 2 })).toEqual(['1 b']);
    expect(await texts(store, 'history', { from: 3, to: 9 })).toEqual([]);
    expect(await texts(store, 'history', { from: 2, to: 2 })).toEqual([]);
    await store.close();
    const later = await reopen();
    expect(await texts(later, 'history', { from: 0, to: 10 })).toEqual(['0 a', '1 b', '2 c']);
  });

  test('the last write of a line wins, in one call and over many', async () => {
    const { store, reopen } = await open();
    await store.append(RUN_A, [op('console', 0, ['0%', 'x', 'y']), op('console', 0, ['50%'])]);
    await store.append(RUN_A, [op('console', 0, ['100%', 'X'])]);
    await store.append(RUN_A, [op('console', 2, ['Y', 'z'])]);
    const expected = ['0 100%', '1 X', '2 Y', '3 z'];
    expect(await texts(store, 'console', { from: 0, to: 9 })).toEqual(expected);
    await store.close();
    expect(await texts(await reopen(), 'console', { from: 0, to: 9 })).toEqual(expected);
  });

  test('numbers that were never written are left out', async () => {
    const { store } = await open();
    await store.append(RUN_A, [op('console', 5, ['five']), op('console', 1_000_000, ['far'])]);
    expect(await texts(store, 'console', { from: 0, to: 100 })).toEqual(['5 five']);
    expect(await texts(store, 'console', { from: 999_990, to: 1_000_010 })).toEqual([
      '1000000 far',
    ]);
    expect(await store.states(RUN_A)).toMatchObject([{ lines: 1_000_001 }]);
  });

  const odd = [
    '',
    ' ',
    'with\nnewlines\n',
    '\r\n',
    'NUL \u0000 inside',
    '\u0000',
    'group 0 5 00000000\nabcde',
    'op 0 1 3\n1 x\n',
    'é ü 漢字 🎛️',
    'half a pair \ud83d',
    '\udc00 the other half',
    '\ufeffbom',
    '\u2028\u2029',
    '{"json":"\\u0000"}',
    'x'.repeat(700_000),
  ];

  test('a line may hold anything', async () => {
    const { store, reopen } = await open();
    await store.append(RUN_A, [op('console', 0, odd)]);
    for (const [number, text] of odd.entries()) {
      await store.append(RUN_A, [op('console', 100 + number, [text, 'behind'])]);
    }
    const expected = odd.map((text, number) => ({ number, text }));
    expect(await store.read(RUN_A, 'console', { from: 0, to: 100 })).toEqual(expected);
    await store.close();
    const later = await reopen();
    expect(await later.read(RUN_A, 'console', { from: 0, to: 100 })).toEqual(expected);
    const second = await later.read(RUN_A, 'console', { from: 100, to: 100 + odd.length });
    expect(second.map(({ text }) => text)).toEqual(odd);
    expect(await texts(later, 'console', { from: 99 + odd.length, to: 500 })).toEqual([
      `${99 + odd.length} ${odd.at(-1)}`,
      `${100 + odd.length} behind`,
    ]);
  });

  test('streams and runs keep apart', async () => {
    const { store } = await open();
    await store.append(RUN_A, [op('history', 0, ['A history']), op('console', 0, ['A console'])]);
    await store.append(RUN_B, [op('history', 0, ['B history'])]);
    expect(await texts(store, 'history', { from: 0, to: 9 })).toEqual(['0 A history']);
    expect(await texts(store, 'console', { from: 0, to: 9 })).toEqual(['0 A console']);
    expect(await texts(store, 'events', { from: 0, to: 9 })).toEqual([]);
    expect(await store.read(RUN_B, 'history', { from: 0, to: 9 })).toEqual([
      { number: 0, text: 'B history' },
    ]);
    expect(await store.read(RUN_B, 'console', { from: 0, to: 9 })).toEqual([]);
  });

  test('any operations read as a plain list would, restarts between', async () => {
    const operations = fc.array(
      fc.record({
        stream: fc.constantFrom<TelemetryStream>('history', 'console'),
        offset: fc.integer({ min: 0, max: 30 }),
        lines: fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 6 }),
      }),
      { maxLength: 8 },
    );
    const calls = fc.array(operations, { maxLength: 6 });
    const range = fc.record({
      from: fc.integer({ min: 0, max: 40 }),
      length: fc.integer({ min: 0, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(calls, range, fc.nat(6), async (history, { from, length }, restartAt) => {
        const opened = await open();
        let store = opened.store;
        for (const [n, call] of history.entries()) {
          if (n === restartAt) {
            await store.close();
            store = await opened.reopen();
          }
          await store.append(RUN_A, call);
        }
        for (const stream of ['history', 'console'] as const) {
          const expected = model(history.flat(), stream).filter(
            ({ number }) => number >= from && number < from + length,
          );
          const found = await store.read(RUN_A, stream, { from, to: from + length });
          expect(found).toEqual(expected);
        }
        await store.close();
      }),
      { numRuns: 40 },
    );
  });
}

function describeStates(open: Open): void {
  test('a run without operations has no states', async () => {
    const { store } = await open();
    expect(await store.states(RUN_A)).toEqual([]);
    expect(await store.seal(RUN_A)).toEqual([]);
    expect(await store.append(RUN_A, [])).toEqual([]);
    expect(await store.append(RUN_A, [op('history', 7, [])])).toEqual([]);
    expect(await store.states(RUN_A)).toEqual([]);
  });

  test('states grow, come back from append, and survive a restart', async () => {
    const { store, reopen } = await open();
    const first = await store.append(RUN_A, [op('events', 0, ['e']), op('history', 0, ['h', 'i'])]);
    expect(first).toMatchObject([
      { stream: 'history', lines: 2 },
      { stream: 'events', lines: 1 },
    ]);
    expect(await store.states(RUN_A)).toEqual(first);
    const second = await store.append(RUN_A, [op('history', 0, ['again'])]);
    expect(second).toMatchObject([{ stream: 'history', lines: 2 }]);
    expect(second[0]!.bytes).toBeGreaterThan(first[0]!.bytes);
    const all = await store.states(RUN_A);
    expect(all).toEqual([second[0], first[1]]);
    await store.close();
    expect(await (await reopen()).states(RUN_A)).toEqual(all);
  });

  test('appending goes on where a restart found the log', async () => {
    const { store, reopen } = await open();
    await store.append(RUN_A, [op('history', 0, ['a'])]);
    await store.close();
    const later = await reopen();
    await later.append(RUN_A, [op('history', 1, ['b'])]);
    await later.close();
    const last = await reopen();
    expect(await texts(last, 'history', { from: 0, to: 9 })).toEqual(['0 a', '1 b']);
  });
}

function describeSeal(open: Open): void {
  test('a seal covers the states, changes with each write, survives a restart', async () => {
    const { store, reopen } = await open();
    await store.append(RUN_A, [op('history', 0, ['a']), op('console', 3, ['c'])]);
    const first = await store.seal(RUN_A);
    const states = first.map(({ digest, ...state }) => state);
    expect(states).toEqual(await store.states(RUN_A));
    for (const { digest } of first) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await store.seal(RUN_A)).toEqual(first);

    await store.append(RUN_A, [op('history', 0, ['a'])]);
    const second = await store.seal(RUN_A);
    expect(second[0]!.digest).not.toBe(first[0]!.digest);
    expect(second[1]).toEqual(first[1]);
    await store.close();
    const later = await reopen();
    expect(await later.seal(RUN_A)).toEqual(second);
    await later.append(RUN_A, [op('console', 4, ['d'])]);
    const third = await later.seal(RUN_A);
    expect(third[0]).toEqual(second[0]);
    expect(third[1]!.digest).not.toBe(second[1]!.digest);
  });

  test.each(TELEMETRY_STREAMS)(
    'a seal names a damaged log of %s and covers the rest',
    async (of) => {
      const { store, reopen, damage } = await open();
      const operations = TELEMETRY_STREAMS.map((stream) => op(stream, 0, ['{"a":1}', '{"a":2}']));
      await store.append(RUN_A, operations);
      const whole = await store.seal(RUN_A);
      await store.append(RUN_A, [op(of, 2, ['{"a":3}'])]);
      await store.close();
      await damage(RUN_A, of);
      const later = await reopen();
      for (let at = 0; at < 2; at += 1) {
        const sealed = await later.seal(RUN_A);
        expect(sealed.filter(({ stream }) => stream !== of)).toEqual(
          whole.filter(({ stream }) => stream !== of),
        );
        expect(sealed.find(({ stream }) => stream === of)).toMatchObject({ digest: null });
      }
      const [verdict] = await later.columns.verify(RUN_A, await later.seal(RUN_A));
      if (of === 'history') expect(verdict?.fault).toEqual(expect.stringContaining('damaged'));
      await later.close();
    },
  );

  test('seals that are taken while others write state what they cover', async () => {
    const { store, reopen } = await open();
    const writing = Array.from({ length: 40 }, (_, n) =>
      store.append(RUN_A, [op('history', n, [`row ${n}`])]),
    );
    const seals = await Promise.all(Array.from({ length: 10 }, () => store.seal(RUN_A)));
    await Promise.all(writing);
    const sizes = seals.flat().map(({ bytes, digest }) => `${bytes} ${digest}`);
    const bytesOnly = new Set(seals.flat().map(({ bytes }) => bytes));
    expect(new Set(sizes).size).toBe(bytesOnly.size);
    const final = await store.seal(RUN_A);
    await store.close();
    expect(await (await reopen()).seal(RUN_A)).toEqual(final);
  });
}

function describeConcurrency(open: Open): void {
  test('calls at the same time are all kept, in the order of the calls', async () => {
    const { store, reopen } = await open();
    const calls = Array.from({ length: 200 }, (_, n) =>
      store.append(RUN_A, [op('console', n, [`line ${n}`]), op('console', 1_000, [`last ${n}`])]),
    );
    await Promise.all(calls);
    await store.close();
    const lines = await (await reopen()).read(RUN_A, 'console', { from: 0, to: 2_000 });
    expect(lines).toEqual([
      ...Array.from({ length: 200 }, (_, n) => ({ number: n, text: `line ${n}` })),
      { number: 1_000, text: 'last 199' },
    ]);
  });

  test('many runs at the same time', async () => {
    const { store } = await open();
    const runs = Array.from({ length: 100 }, (_, n) => runOf(n));
    await Promise.all(runs.map((run) => store.append(run, [op('history', 0, [run])])));
    for (const run of runs) {
      expect(await store.read(run, 'history', { from: 0, to: 1 })).toEqual([
        { number: 0, text: run },
      ]);
    }
  });

  test('close waits for what was begun', async () => {
    const { store, reopen } = await open();
    const begun = store.append(RUN_A, [op('history', 0, ['begun'])]);
    await store.close();
    await begun;
    await expectCode(store.append(RUN_A, [op('history', 1, ['late'])]), 'UNAVAILABLE');
    expect(await texts(await reopen(), 'history', { from: 0, to: 9 })).toEqual(['0 begun']);
  });
}

function describeLimits(open: Open): void {
  test('a long stream is read in parts', async () => {
    const { store, reopen } = await open();
    const row = (n: number) => `{"_step":${n},"loss":${1 / (n + 1)},"note":"${'.'.repeat(60)}"}`;
    for (let at = 0; at < 60_000; at += 6_000) {
      const lines = Array.from({ length: 6_000 }, (_, n) => row(at + n));
      await store.append(RUN_A, [op('history', at, lines)]);
    }
    await store.append(RUN_A, [op('history', 30_000, ['replaced'])]);
    await store.close();
    const later = await reopen();
    expect(await later.states(RUN_A)).toMatchObject([{ lines: 60_000 }]);
    const middle = await later.read(RUN_A, 'history', { from: 29_999, to: 30_002 });
    expect(middle.map(({ text }) => text)).toEqual([row(29_999), 'replaced', row(30_001)]);
    const all = await later.read(RUN_A, 'history', { from: 0, to: 60_000 });
    const digest = createHash('sha256');
    for (const { number, text } of all) digest.update(`${number}${text}`);
    const expected = createHash('sha256');
    for (let n = 0; n < 60_000; n += 1)
      expected.update(`${n}${n === 30_000 ? 'replaced' : row(n)}`);
    expect(digest.digest('hex')).toBe(expected.digest('hex'));
  });

  test('an operation of nearly the most bytes is taken, one above is refused whole', async () => {
    const { store } = await open();
    const line = 'y'.repeat(TELEMETRY_APPEND_BYTES_MAX - 1_000);
    await store.append(RUN_A, [op('summary', 0, [line])]);
    const tooMuch = op('summary', 0, [`${line}${'y'.repeat(1_001)}`]);
    await expectCode(store.append(RUN_A, [op('history', 0, ['h']), tooMuch]), 'LIMIT_EXCEEDED');
    expect(await store.states(RUN_A)).toMatchObject([{ stream: 'summary', lines: 1 }]);
    const [back] = await store.read(RUN_A, 'summary', { from: 0, to: 1 });
    expect(back!.text === line).toBe(true);
  });

  test('a read of too many lines is refused', async () => {
    const { store } = await open();
    await store.append(RUN_A, [op('history', 0, ['a'])]);
    await expectCode(store.read(RUN_A, 'history', { from: 0, to: 10_000_000 }), 'LIMIT_EXCEEDED');
  });

  test.each([
    [-1, 0],
    [2, 1],
    [0.5, 2],
    [0, Number.NaN],
    [0, Number.POSITIVE_INFINITY],
  ])('no lines %d to %d', async (from, to) => {
    const { store } = await open();
    await expectCode(store.read(RUN_A, 'history', { from, to }), 'INVALID_INPUT');
  });

  test.each([-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER, 2 ** 60])(
    'no line number %d',
    async (offset) => {
      const { store } = await open();
      await expectCode(store.append(RUN_A, [op('history', offset, ['a'])]), 'INVALID_INPUT');
      expect(await store.states(RUN_A)).toEqual([]);
    },
  );

  test.each(['', 'run_short', `../${'a'.repeat(44)}`, `run_${'a'.repeat(42)}/`, `${RUN_A}\n`])(
    'no run %j',
    async (run) => {
      const { store } = await open();
      await expectCode(store.append(run, [op('history', 0, ['a'])]), 'INVALID_INPUT');
      await expectCode(store.states(run), 'INVALID_INPUT');
      await expectCode(store.seal(run), 'INVALID_INPUT');
      await expectCode(store.read(run, 'history', { from: 0, to: 1 }), 'INVALID_INPUT');
    },
  );
}

function op(stream: TelemetryStream, offset: number, lines: string[]): TelemetryOperation {
  return { stream, offset, lines };
}

function runOf(n: number): string {
  return `run_${createHash('sha256').update(String(n)).digest('base64url')}`;
}

async function texts(
  store: TelemetryStore,
  stream: TelemetryStream,
  range: LineRange,
): Promise<string[]> {
  const lines = await store.read(RUN_A, stream, range);
  return lines.map(({ number, text }) => `${number} ${text}`);
}

function model(
  operations: readonly TelemetryOperation[],
  stream: TelemetryStream,
): Array<{ number: number; text: string }> {
  const lines = new Map<number, string>();
  for (const operation of operations) {
    if (operation.stream !== stream) continue;
    for (const [n, text] of operation.lines.entries()) lines.set(operation.offset + n, text);
  }
  return [...lines].sort(([a], [b]) => a - b).map(([number, text]) => ({ number, text }));
}

async function expectCode(work: Promise<unknown>, code: string): Promise<void> {
  await expect(work).rejects.toMatchObject({ name: 'DomainError', code });
}
