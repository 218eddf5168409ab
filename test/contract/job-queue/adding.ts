import { expect, test } from 'vitest';
import { JOBS_PER_ADD_MAX } from '../../../src/ports/job-queue.ts';
import {
  gate,
  Handler,
  type JobStore,
  job,
  OPTIONS,
  opened,
  pause,
  until,
} from './opened-queues.ts';

export function describeAdding(make: () => Promise<JobStore>): void {
  test('what was added is handed out once, as it was given', async () => {
    const queue = await opened(await make());
    await queue.add('openlineage', [job('a'), job('b', '')]);
    await queue.add('openlineage', []);
    const handler = new Handler();
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(() => handler.seen.length === 2);
    await until(async () => (await queue.counts('openlineage')).active === 0);
    expect([...handler.seen].sort((one, other) => (one.key < other.key ? -1 : 1))).toEqual([
      { key: 'a', payload: 'payload of a', attempt: 1 },
      { key: 'b', payload: '', attempt: 1 },
    ]);
    const none = { waiting: 0, delayed: 0, active: 0, dead: 0, oldestWaitingMs: null };
    expect(await queue.counts('openlineage')).toEqual(none);
  });

  test('odd characters come as they went', async () => {
    const queue = await opened(await make());
    const odd = [
      'a:b',
      'a:b:c',
      '7',
      '-0',
      '{x}',
      'k\n\t',
      'ä ö 東京 😀',
      '__proto__',
      `"'\\`,
      '%00',
    ];
    await queue.add(
      'openlineage',
      odd.map((text) => job(text, `{"${text}\u0001\u2028`)),
    );
    const handler = new Handler();
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(() => handler.seen.length === odd.length);
    expect(handler.keys()).toEqual([...odd].sort());
    for (const { key, payload } of handler.seen) expect(payload).toBe(`{"${key}\u0001\u2028`);
  });

  test('a key that is pending is left as it is, and one that is done is taken again', async () => {
    const queue = await opened(await make());
    await queue.add('openlineage', [job('k', 'first'), job('k', 'twin'), job('other')]);
    await queue.add('openlineage', [job('k', 'second'), job('third')]);
    expect(await queue.counts('openlineage')).toMatchObject({ waiting: 3 });
    const held = gate();
    const handler = new Handler(() => held.passed);
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(() => handler.seen.length === 3);
    await queue.add('openlineage', [job('k', 'while in hand')]);
    held.open();
    await until(async () => (await queue.counts('openlineage')).active === 0);
    await pause(50);
    expect(handler.keys()).toEqual(['k', 'other', 'third']);
    await queue.add('openlineage', [job('k', 'after it was done')]);
    await until(() => handler.seen.length === 4);
    expect(handler.seen.flatMap(({ key, payload }) => (key === 'k' ? [payload] : []))).toEqual([
      'first',
      'after it was done',
    ]);
  });

  test('queues keep apart', async () => {
    const queue = await opened(await make());
    await queue.add('openlineage', [job('k', 'event')]);
    await queue.add('consumer', [job('k', 'fact'), job('l')]);
    expect(await queue.counts('openlineage')).toMatchObject({ waiting: 1 });
    expect(await queue.counts('consumer')).toMatchObject({ waiting: 2 });
    const handler = new Handler();
    await queue.work('openlineage', handler.handle, OPTIONS).drain();
    const working = queue.work('openlineage', handler.handle, OPTIONS);
    await until(() => handler.seen.length === 1);
    await working.drain();
    expect(handler.seen).toMatchObject([{ payload: 'event' }]);
    expect(await queue.counts('consumer')).toMatchObject({ waiting: 2 });
  });

  test('a delayed job waits its time, and counts as delayed until then', async () => {
    const queue = await opened(await make());
    await queue.add('openlineage', [{ ...job('later'), delayMs: 400 }, job('now')]);
    const at = performance.now();
    expect(await queue.counts('openlineage')).toMatchObject({ waiting: 1, delayed: 1 });
    let handedOutMs = 0;
    const handler = new Handler(({ key }) => {
      if (key === 'later') handedOutMs = performance.now() - at;
    });
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(() => handler.seen.length === 2);
    expect(handler.seen.map(({ key }) => key)).toEqual(['now', 'later']);
    // The adding itself took some of the time.
    expect(handedOutMs).toBeGreaterThan(250);
  });

  test('a delay that is over makes a job a waiting one, also when nobody works', async () => {
    const queue = await opened(await make());
    await queue.add('openlineage', [{ ...job('k'), delayMs: 50 }]);
    await until(async () => (await queue.counts('openlineage')).waiting === 1);
    expect(await queue.counts('openlineage')).toMatchObject({ delayed: 0 });
  });

  test('the oldest waiting job tells how long it waits', async () => {
    const queue = await opened(await make());
    expect((await queue.counts('openlineage')).oldestWaitingMs).toBeNull();
    await queue.add('openlineage', [{ ...job('far'), delayMs: 100_000 }]);
    expect((await queue.counts('openlineage')).oldestWaitingMs).toBeNull();
    const before = performance.now();
    await queue.add('openlineage', [job('old')]);
    const after = performance.now();
    await pause(120);
    await queue.add('openlineage', [job('young')]);
    const { oldestWaitingMs } = await queue.counts('openlineage');
    expect(oldestWaitingMs).toBeGreaterThanOrEqual(119 - (after - before));
    expect(oldestWaitingMs).toBeLessThanOrEqual(performance.now() - before + 2);
  });

  test('as many as fit in one call are taken, from several callers at once', async () => {
    const queue = await opened(await make());
    const calls = [0, 1, 2].map((nth) =>
      queue.add(
        'openlineage',
        Array.from({ length: JOBS_PER_ADD_MAX }, (_, at) => job(`${nth}-${at}`)),
      ),
    );
    await Promise.all([...calls, queue.add('openlineage', [job('lone')])]);
    const handler = new Handler();
    queue.work('openlineage', handler.handle, { ...OPTIONS, concurrency: 50 });
    await until(() => handler.seen.length >= 3 * JOBS_PER_ADD_MAX + 1);
    expect(new Set(handler.keys()).size).toBe(3 * JOBS_PER_ADD_MAX + 1);
    expect(handler.seen).toHaveLength(3 * JOBS_PER_ADD_MAX + 1);
  });

  test('a store that is opened again still has everything', async () => {
    const store = await make();
    const first = await opened(store);
    await first.add('openlineage', [
      job('waits'),
      { ...job('later'), delayMs: 300_000 },
      job('dies'),
    ]);
    await first.add('consumer', [job('other queue')]);
    const handler = new Handler(({ key }) => {
      if (key === 'waits') throw new Error('comes again');
      throw Object.assign(new Error('dies'), {});
    });
    const working = first.work('openlineage', handler.handle, { ...OPTIONS, attemptsMax: 1 });
    await until(async () => (await first.counts('openlineage')).dead === 2);
    await working.drain();
    await first.add('openlineage', [job('new')]);
    await first.close();
    const later = await opened(store);
    expect(await later.counts('openlineage')).toMatchObject({ waiting: 1, delayed: 1, dead: 2 });
    expect(await later.counts('consumer')).toMatchObject({ waiting: 1 });
    const again = new Handler();
    later.work('openlineage', again.handle, OPTIONS);
    await until(() => again.seen.length === 1);
    expect(again.seen).toEqual([{ key: 'new', payload: 'payload of new', attempt: 1 }]);
  });
}
