import { expect, test } from 'vitest';
import { DomainError } from '../../../src/domain/errors.ts';
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

export function describeWorking(make: () => Promise<JobStore>): void {
  test('a job that fails comes again after waits that double up to their limit', async () => {
    const queue = await opened(await make());
    await queue.add('openlineage', [job('k')]);
    const at: number[] = [];
    const handler = new Handler(({ attempt }) => {
      at.push(performance.now());
      if (attempt < 5) throw new DomainError('UNAVAILABLE', 'not yet');
    });
    const waits = { attemptsMax: 10, backoffMs: 100, backoffMsMax: 250 };
    queue.work('openlineage', handler.handle, { ...OPTIONS, ...waits });
    await until(() => handler.seen.length === 5);
    expect(handler.seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
    const waited = at.slice(1).map((ms, n) => ms - (at[n] as number));
    for (const [n, ms] of [100, 200, 250, 250].entries()) {
      expect(waited[n]).toBeGreaterThan(ms - 10);
    }
    await until(async () => (await queue.counts('openlineage')).active === 0);
    expect(await queue.counts('openlineage')).toMatchObject({ waiting: 0, delayed: 0, dead: 0 });
  });

  test('while it waits for its next attempt a job is delayed, and its key is pending', async () => {
    const queue = await opened(await make());
    await queue.add('openlineage', [job('k', 'first')]);
    const handler = new Handler(() => {
      throw new Error('fails');
    });
    const waits = { backoffMs: 60_000, backoffMsMax: 60_000 };
    queue.work('openlineage', handler.handle, { ...OPTIONS, ...waits });
    await until(async () => (await queue.counts('openlineage')).delayed === 1);
    await queue.add('openlineage', [job('k', 'second')]);
    await pause(100);
    expect(await queue.counts('openlineage')).toMatchObject({ waiting: 0, delayed: 1, active: 0 });
    expect(handler.seen).toHaveLength(1);
  });

  test('no more are in hand at once than was said, and as many as that', async () => {
    const queue = await opened(await make());
    await queue.add(
      'openlineage',
      Array.from({ length: 40 }, (_, n) => job(`${n}`)),
    );
    const handler = new Handler(() => pause(30));
    queue.work('openlineage', handler.handle, { ...OPTIONS, concurrency: 4 });
    await until(() => handler.inHand === 4);
    expect((await queue.counts('openlineage')).active).toBeLessThanOrEqual(4);
    await until(() => handler.seen.length === 40);
    expect(handler.inHandMost).toBe(4);
  });

  test('workers of several processes never hold one job at once', async () => {
    const store = await make();
    const queues = [await opened(store), await opened(store), await opened(store)];
    const holders = new Map<string, number>();
    let most = 0;
    const handlers = queues.map(
      () =>
        new Handler(async ({ key }) => {
          holders.set(key, (holders.get(key) ?? 0) + 1);
          most = Math.max(most, holders.get(key) as number);
          await pause(2);
          holders.set(key, (holders.get(key) as number) - 1);
        }),
    );
    const leaseMs = 2_000;
    for (const [nth, queue] of queues.entries()) {
      queue.work('openlineage', handlers[nth]!.handle, { ...OPTIONS, leaseMs });
    }
    const jobs = Array.from({ length: 600 }, (_, n) => job(`${n}`));
    await Promise.all([0, 200, 400].map((n, nth) => add(nth, jobs.slice(n, n + 200))));
    async function add(nth: number, some: typeof jobs): Promise<void> {
      for (const one of some) await queues[nth]!.add('openlineage', [one]);
    }
    const seen = () => handlers.flatMap(({ seen: some }) => some);
    await until(() => seen().length >= jobs.length);
    await pause(50);
    expect(most).toBe(1);
    expect(seen()).toHaveLength(jobs.length);
    expect(new Set(seen().map(({ key }) => key)).size).toBe(jobs.length);
  });

  test('a lease is kept up for as long as a job takes', async () => {
    const store = await make();
    const [one, other] = [await opened(store), await opened(store)];
    const handler = new Handler(() => pause(1_500));
    for (const queue of [one, other]) {
      queue.work('openlineage', handler.handle, { ...OPTIONS, leaseMs: 300 });
    }
    await one.add('openlineage', [job('long')]);
    await until(async () => handler.seen.length === 1 && handler.inHand === 0);
    await pause(200);
    expect(handler.seen).toHaveLength(1);
  });

  test('work of other processes is found without being told', async () => {
    const store = await make();
    const [adds, works] = [await opened(store), await opened(store)];
    const handler = new Handler();
    works.work('openlineage', handler.handle, OPTIONS);
    await pause(300);
    await adds.add('openlineage', [job('k')]);
    await until(() => handler.seen.length === 1);
    expect(handler.keys()).toEqual(['k']);
  });

  test('a worker that drains takes no more, and ends what it has in hand', async () => {
    const queue = await opened(await make());
    await queue.add(
      'openlineage',
      Array.from({ length: 10 }, (_, n) => job(`${n}`)),
    );
    const held = gate();
    const ended: string[] = [];
    const handler = new Handler(async ({ key }) => {
      await held.passed;
      ended.push(key);
    });
    const working = queue.work('openlineage', handler.handle, { ...OPTIONS, concurrency: 3 });
    await until(() => handler.seen.length === 3);
    let drained = false;
    const draining = working.drain().then(() => (drained = true));
    await pause(100);
    expect(drained).toBe(false);
    held.open();
    await draining;
    expect(ended).toHaveLength(3);
    await queue.add('openlineage', [job('after')]);
    await pause(300);
    expect(handler.seen).toHaveLength(3);
    expect(await queue.counts('openlineage')).toMatchObject({ waiting: 8, active: 0, dead: 0 });
    await working.drain();
    const rest = new Handler();
    queue.work('openlineage', rest.handle, OPTIONS);
    await until(() => rest.seen.length === 8);
    expect(rest.seen.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  test('closing drains, and what is asked for later is UNAVAILABLE', async () => {
    const store = await make();
    const queue = await opened(store);
    await queue.add('openlineage', [job('k')]);
    const handler = new Handler(() => pause(150));
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(() => handler.seen.length === 1);
    await queue.close();
    expect(handler.inHand).toBe(0);
    await queue.close();
    const closed = { code: 'UNAVAILABLE', message: expect.stringContaining('closed') };
    await expect(queue.add('openlineage', [job('l')])).rejects.toMatchObject(closed);
    await expect(queue.counts('openlineage')).rejects.toMatchObject(closed);
    expect(() => queue.work('openlineage', handler.handle, OPTIONS)).toThrow(/closed/);
    const later = await opened(store);
    const none = { waiting: 0, delayed: 0, active: 0, dead: 0 };
    expect(await later.counts('openlineage')).toMatchObject(none);
  });
}
