import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/ports/clock.ts';
import {
  OPERATIONAL_VALUE_BYTES_MAX,
  type OperationalEntry,
  type OperationalStore,
} from '../../../src/ports/operational-store.ts';

/** An empty store, and the way to open the same one again as a process does after a restart. */
export interface OpenedOperationalStore {
  readonly store: OperationalStore;
  reopen(): Promise<OperationalStore>;
}

type Open = (clock: Clock) => Promise<OpenedOperationalStore>;

const NOW_MS = 1_790_000_000_000;

/** What every operational store promises. */
export function describeOperationalStore(name: string, open: Open): void {
  describe(`operational store: ${name}`, () => {
    describeEntries(open);
    describeLists(open);
    describeExpiry(open);
    describeSwaps(open);
    describeRefusals(open);
  });
}

function describeEntries(open: Open): void {
  test('an entry is what was last put, before and after a restart', async () => {
    const { store, reopen } = await open(new TestClock());
    expect(await store.get('credential', 'k')).toBeNull();
    await store.put('credential', [entry('k', 'one'), entry('l', 'other')]);
    await store.put('credential', [entry('k', 'two'), entry('empty', '')]);
    expect(await store.get('credential', 'k')).toBe('two');
    await store.close();
    const later = await reopen();
    expect(await later.get('credential', 'k')).toBe('two');
    expect(await later.get('credential', 'l')).toBe('other');
    expect(await later.get('credential', 'empty')).toBe('');
    await later.close();
  });

  test('rooms keep apart', async () => {
    const { store } = await open(new TestClock());
    await store.put('upload', [entry('k', 'upload')]);
    await store.put('upload-file', [entry('k', 'file')]);
    expect(await store.get('upload', 'k')).toBe('upload');
    expect(await store.get('upload-file', 'k')).toBe('file');
    expect(await store.get('run-telemetry', 'k')).toBeNull();
    expect(await keys(store, '')).toEqual(['k']);
    await store.delete('upload', ['k']);
    expect(await store.get('upload', 'k')).toBeNull();
    expect(await store.get('upload-file', 'k')).toBe('file');
    await store.close();
  });

  test('of equal keys in one put the last counts', async () => {
    const { store } = await open(new TestClock());
    await store.put('upload', [entry('k', 'first'), entry('k', 'last')]);
    expect(await store.get('upload', 'k')).toBe('last');
    await store.close();
  });

  test('deleted entries are gone, deleting what is not there is fine', async () => {
    const { store, reopen } = await open(new TestClock());
    await store.put('upload', [entry('a', '1'), entry('b', '2'), entry('c', '3')]);
    await store.delete('upload', ['a', 'c', 'never was']);
    await store.delete('upload', []);
    expect(await keys(store, '')).toEqual(['b']);
    await store.close();
    const later = await reopen();
    expect(await keys(later, '')).toEqual(['b']);
    await later.close();
  });

  test('many writes at once are all kept, in their order', async () => {
    const { store, reopen } = await open(new TestClock());
    const writes = Array.from({ length: 2_500 }, (_, n) =>
      store.put('upload', [entry(`k${n}`, `${n}`), entry('last', `${n}`)]),
    );
    writes.push(store.delete('upload', ['k0']));
    await Promise.all(writes);
    expect(await store.get('upload', 'last')).toBe('2499');
    await store.close();
    const later = await reopen();
    expect(await later.get('upload', 'k0')).toBeNull();
    expect(await later.get('upload', 'k1234')).toBe('1234');
    expect((await later.list('upload', { prefix: 'k', limit: 5_000 })).length).toBe(2_499);
    await later.close();
  });

  test('close keeps what was begun and refuses what comes after', async () => {
    const { store, reopen } = await open(new TestClock());
    const begun = store.put('upload', [entry('k', 'begun')]);
    await store.close();
    await begun;
    await store.close();
    await expectCode(store.put('upload', [entry('k', 'late')]), 'UNAVAILABLE');
    await expectCode(store.get('upload', 'k'), 'UNAVAILABLE');
    const later = await reopen();
    expect(await later.get('upload', 'k')).toBe('begun');
    await later.close();
  });

  test('values and keys come back unchanged', async () => {
    const { store } = await open(new TestClock());
    const texts = [
      'é漢字🎛️',
      '\n\t\r',
      'quote \' and "',
      '%_%',
      '\u0001',
      '\ufeff',
      '9007199254740993',
    ];
    await store.put(
      'upload',
      texts.map((text) => entry(text, `${text}${text}`)),
    );
    for (const text of texts) expect(await store.get('upload', text)).toBe(`${text}${text}`);
    const long = 'z'.repeat(OPERATIONAL_VALUE_BYTES_MAX);
    await store.put('upload', [entry('long', long)]);
    expect((await store.get('upload', 'long')) === long).toBe(true);
    await store.close();
  });
}

function describeLists(open: Open): void {
  const all = ['A', 'a', 'a%', 'a/', 'a/1', 'a/10', 'a/2', 'a0', 'aB', 'ab', 'b', 'é', '￿', '𝒳'];

  test('a list is sorted by bytes, not by language or UTF-16', async () => {
    const { store } = await open(new TestClock());
    await store.put(
      'upload',
      [...all].reverse().map((key) => entry(key, `v ${key}`)),
    );
    const sorted = [...all].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await keys(store, '')).toEqual(sorted);
    await store.close();
  });

  test.each(['', 'a', 'a/', 'a/1', 'a%', 'A', 'aB', 'é', 'zz', '￿', '𝒳'])(
    'the prefix %j',
    async (prefix) => {
      const { store } = await open(new TestClock());
      await store.put(
        'upload',
        all.map((key) => entry(key, `v ${key}`)),
      );
      const expected = all.filter((key) => key.startsWith(prefix));
      expect(new Set(await keys(store, prefix))).toEqual(new Set(expected));
      await store.close();
    },
  );

  test('pages go on behind a key and hold at most their limit', async () => {
    const { store } = await open(new TestClock());
    const names = Array.from({ length: 25 }, (_, n) => `p/${String(n).padStart(3, '0')}`);
    await store.put(
      'upload',
      [...names, 'o', 'q'].map((key) => entry(key, `v ${key}`)),
    );
    const pages: OperationalEntry[][] = [];
    let after: string | undefined;
    do {
      const page = await store.list('upload', { prefix: 'p/', after, limit: 10 });
      pages.push([...page]);
      after = page.at(-1)?.key;
    } while (after !== undefined);
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5, 0]);
    expect(pages.flat()).toEqual(names.map((key) => entry(key, `v ${key}`)));
    const behindMissing = await store.list('upload', { prefix: 'p/', after: 'p/0045', limit: 1 });
    expect(behindMissing).toEqual([entry('p/005', 'v p/005')]);
    await store.close();
  });
}

function describeExpiry(open: Open): void {
  test('an entry with a life is gone after it', async () => {
    const clock = new TestClock();
    const { store, reopen } = await open(clock);
    await store.put('upload', [entry('brief', 'b')], 1_000);
    await store.put('upload', [entry('long', 'l')], 10_000);
    await store.put('upload', [entry('stays', 's')]);
    clock.pass(999);
    expect(await keys(store, '')).toEqual(['brief', 'long', 'stays']);
    clock.pass(1);
    expect(await store.get('upload', 'brief')).toBeNull();
    expect(await keys(store, '')).toEqual(['long', 'stays']);
    await store.close();
    clock.pass(9_000);
    const later = await reopen();
    expect(await keys(later, '')).toEqual(['stays']);
    await later.close();
  });

  test('a list tells when lives end', async () => {
    const clock = new TestClock();
    const { store } = await open(clock);
    await store.put('upload', [entry('a', '1'), entry('b', '2')], 1_000);
    await store.put('upload', [entry('b', '3'), entry('c', '4')]);
    expect(await store.list('upload', { prefix: '', limit: 10 })).toEqual([
      { ...entry('a', '1'), endsAtMs: NOW_MS + 1_000 },
      entry('b', '3'),
      entry('c', '4'),
    ]);
    await store.close();
  });

  test('a new put sets a new life, or none', async () => {
    const clock = new TestClock();
    const { store } = await open(clock);
    await store.put('upload', [entry('renewed', '1'), entry('kept', '1')], 1_000);
    clock.pass(900);
    await store.put('upload', [entry('renewed', '2')], 1_000);
    await store.put('upload', [entry('kept', '2')]);
    clock.pass(900);
    expect(await store.get('upload', 'renewed')).toBe('2');
    clock.pass(100_000);
    expect(await store.get('upload', 'renewed')).toBeNull();
    expect(await store.get('upload', 'kept')).toBe('2');
    await store.close();
  });

  test('expired entries do not fill the pages of others', async () => {
    const clock = new TestClock();
    const { store } = await open(clock);
    const brief = Array.from({ length: 700 }, (_, n) => entry(`a${n}`, 'brief'));
    await store.put('upload', brief, 10);
    await store.put('upload', [entry('z', 'stays')]);
    clock.pass(10);
    expect(await store.list('upload', { prefix: '', limit: 5 })).toEqual([entry('z', 'stays')]);
    for (let n = 0; n < 5; n += 1) await store.put('upload', [entry('z', `${n}`)]);
    expect(await store.list('upload', { prefix: '', limit: 5 })).toEqual([entry('z', '4')]);
    await store.close();
  });
}

/** How often each of the handles that race adds one. */
const RACE_STEPS = 40;

function describeSwaps(open: Open): void {
  test('a swap sets what is still as it was, and nothing else', async () => {
    const { store, reopen } = await open(new TestClock());
    const swap = (was: string | null, value: string) =>
      store.swap('lease', { key: 'k', was, value });
    expect(await swap('one', 'two')).toBe(false);
    expect(await store.get('lease', 'k')).toBeNull();
    expect(await swap(null, 'one')).toBe(true);
    expect(await swap(null, 'other')).toBe(false);
    expect(await swap('One', 'other')).toBe(false);
    expect(await store.get('lease', 'k')).toBe('one');
    expect(await swap('one', 'one')).toBe(true);
    expect(await swap('one', '')).toBe(true);
    expect(await swap(null, 'other')).toBe(false);
    expect(await swap('', 'two')).toBe(true);
    expect(await store.get('upload', 'k')).toBeNull();
    await store.close();
    const later = await reopen();
    expect(await later.get('lease', 'k')).toBe('two');
    await later.close();
  });

  test('an entry whose life has ended is none, and a swap gives a new life', async () => {
    const clock = new TestClock();
    const { store } = await open(clock);
    const swap = (was: string | null, value: string, lifeMs?: number) =>
      store.swap('lease', { key: 'k', was, value }, lifeMs);
    expect(await swap(null, 'one', 1_000)).toBe(true);
    clock.pass(999);
    expect(await swap(null, 'two', 1_000)).toBe(false);
    expect(await swap('one', 'one', 1_000)).toBe(true);
    clock.pass(999);
    expect(await store.get('lease', 'k')).toBe('one');
    clock.pass(1);
    expect(await swap('one', 'two')).toBe(false);
    expect(await swap(null, 'two', 0)).toBe(true);
    expect(await store.get('lease', 'k')).toBeNull();
    expect(await swap(null, 'three')).toBe(true);
    clock.pass(1_000_000);
    expect(await store.get('lease', 'k')).toBe('three');
    await store.close();
  });

  test('swaps keep their order among other writes', async () => {
    const { store } = await open(new TestClock());
    const writes = await Promise.all([
      store.put('lease', [entry('k', '1')]),
      store.swap('lease', { key: 'k', was: '1', value: '2' }),
      store.swap('lease', { key: 'k', was: '1', value: '3' }),
      store.delete('lease', ['k']),
      store.swap('lease', { key: 'k', was: null, value: '4' }),
      store.swap('lease', { key: 'k', was: null, value: '5' }),
    ]);
    expect(writes.filter((each) => typeof each === 'boolean')).toEqual([true, false, true, false]);
    expect(await store.get('lease', 'k')).toBe('4');
    await store.close();
  });

  test('of handles that race none undoes what another did', async () => {
    const { store, reopen } = await open(new TestClock());
    const handles = [store, await reopen(), await reopen()];
    const added = await Promise.all(handles.map((handle) => addOften(handle)));
    const sum = added.reduce((all, count) => all + count, 0);
    expect(await store.get('lease', 'sum')).toBe(String(sum));
    expect(sum).toBeGreaterThanOrEqual(RACE_STEPS);
    for (const handle of handles) await handle.close();
  });

  test.each([
    ['NUL', 'a\u0000b', 'INVALID_INPUT'],
    ['too many bytes', 'z'.repeat(OPERATIONAL_VALUE_BYTES_MAX + 1), 'LIMIT_EXCEEDED'],
  ])('no swap to a value of %s', async (_, value, code) => {
    const { store } = await open(new TestClock());
    await expectCode(store.swap('lease', { key: 'k', was: null, value }), code);
    await expectCode(store.swap('lease', { key: 'k', was: null, value: '' }, -1), 'INVALID_INPUT');
    expect(await store.get('lease', 'k')).toBeNull();
    await store.close();
  });
}

/** Adds one to a sum as often as it can within its steps; answers how often that was. */
async function addOften(store: OperationalStore): Promise<number> {
  let added = 0;
  for (let step = 0; step < RACE_STEPS; step += 1) {
    const was = await store.get('lease', 'sum');
    const value = String(Number(was ?? 0) + 1);
    // So that the others come between the look and the swap.
    await new Promise((wake) => setImmediate(wake));
    if (await store.swap('lease', { key: 'sum', was, value })) added += 1;
  }
  return added;
}

function describeRefusals(open: Open): void {
  test.each([
    ['NUL in a value', 'k', 'a\u0000b'],
    ['NUL in a key', 'a\u0000b', 'v'],
    ['half a pair in a value', 'k', '\ud83d'],
    ['half a pair in a key', '\ud83d', 'v'],
  ])('%s is refused, with all of its put', async (_, key, value) => {
    const { store } = await open(new TestClock());
    const put = store.put('upload', [entry('good', 'v'), entry(key, value)]);
    await expectCode(put, 'INVALID_INPUT');
    expect(await keys(store, '')).toEqual([]);
    await store.close();
  });

  test('a value of too many bytes is refused', async () => {
    const { store } = await open(new TestClock());
    const tooLong = 'é'.repeat(OPERATIONAL_VALUE_BYTES_MAX / 2 + 1);
    await expectCode(store.put('upload', [entry('k', tooLong)]), 'LIMIT_EXCEEDED');
    expect(await store.get('upload', 'k')).toBeNull();
    await store.close();
  });

  test.each([0, -1, 1.5, Number.NaN])('no page of %d entries', async (limit) => {
    const { store } = await open(new TestClock());
    await expectCode(store.list('upload', { prefix: '', limit }), 'INVALID_INPUT');
    await store.close();
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('no life of %d ms', async (lifeMs) => {
    const { store } = await open(new TestClock());
    await expectCode(store.put('upload', [entry('k', 'v')], lifeMs), 'INVALID_INPUT');
    await store.close();
  });
}

class TestClock implements Clock {
  #nowMs = NOW_MS;

  nowMs(): number {
    return this.#nowMs;
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

function entry(key: string, value: string): OperationalEntry {
  return { key, value };
}

async function keys(store: OperationalStore, prefix: string): Promise<string[]> {
  const entries = await store.list('upload', { prefix, limit: 1_000 });
  return entries.map(({ key }) => key);
}

async function expectCode(work: Promise<unknown>, code: string): Promise<void> {
  await expect(work).rejects.toMatchObject({ name: 'DomainError', code });
}
