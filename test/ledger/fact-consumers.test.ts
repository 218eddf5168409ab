import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBullmqJobQueue } from '../../src/adapters/bullmq/bullmq-job-queue.ts';
import { openSqliteJobQueue } from '../../src/adapters/sqlite/sqlite-job-queue.ts';
import { openSqliteOperationalStore } from '../../src/adapters/sqlite/sqlite-operational-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { DomainError } from '../../src/domain/errors.ts';
import type { Consumer } from '../../src/ledger/consumers/consumer.ts';
import { FactConsumers, FEED_FACTS_MAX } from '../../src/ledger/consumers/fact-consumers.ts';
import { runColumns } from '../../src/ledger/consumers/run-columns.ts';
import type { JobQueue, NewJob } from '../../src/ports/job-queue.ts';
import type { OperationalStore } from '../../src/ports/operational-store.ts';
import { startConsumers } from '../../src/workers/consumer-loop.ts';
import { pause, SILENT, until } from '../contract/job-queue/opened-queues.ts';
import { FOUNDING_FACTS, openTestLedger, type TestLedger } from '../support/open-ledger.ts';
import { redisMissing, startRedis } from '../support/redis-server.ts';
import { runInput } from '../support/run-input.ts';

const TIMING = { feedEveryMs: 20, mendEveryMs: 50, mendAfterMs: 300 };
const WORK = { concurrency: 4, attemptsMax: 3, backoffMs: 5, backoffMsMax: 20, leaseMs: 5_000 };

interface World extends TestLedger {
  readonly operational: OperationalStore;
  readonly queue: JobQueue;
  /** Records runs, which are facts of type run.created; answers their indexes. */
  record(count: number): Promise<number[]>;
}

async function world(openQueue?: () => Promise<JobQueue>): Promise<World> {
  const opened = await openTestLedger();
  const { folder } = opened;
  const file = join(folder, 'operational.db');
  const operational = await openSqliteOperationalStore({ file, clock: systemClock });
  const queue = await (openQueue?.() ?? sqliteQueue(folder));
  onTestFinished(async () => {
    await queue.close();
    await operational.close();
  });
  const record = async (count: number) => {
    const names = Array.from({ length: count }, () => `run-${randomUUID()}`);
    const made = await Promise.all(names.map((name) => opened.submit(createRun, runInput(name))));
    return made.map(({ index }) => index).sort((one, other) => one - other);
  };
  return { ...opened, operational, queue, record };
}

function sqliteQueue(folder: string): Promise<JobQueue> {
  const parts = { clock: systemClock, ids: systemIds, log: SILENT };
  return openSqliteJobQueue({ file: join(folder, 'jobs.db'), ...parts });
}

/** Notes each fact that it works on, in the store that outlives its process. */
class Noter implements Consumer<string> {
  readonly name: string;
  readonly types = ['run.created'];
  readonly seen: number[] = [];
  readonly #act: (index: number) => unknown;

  constructor(name = 'noter', act: (index: number) => unknown = () => undefined) {
    this.name = name;
    this.#act = act;
  }

  async handle({ index, type }: { index: number; type: string }): Promise<void> {
    expect(type).toBe('run.created');
    await this.#act(index);
    this.seen.push(index);
  }

  done(): number[] {
    return [...new Set(this.seen)].sort((one, other) => one - other);
  }
}

function consumersOf(parts: World, consumers: readonly Consumer<string>[]): FactConsumers {
  return new FactConsumers({ ...parts, clock: systemClock, consumers });
}

function start(parts: World, consumers: readonly Consumer<string>[]) {
  const loop = startConsumers({
    ...{ queue: parts.queue, log: SILENT, timing: TIMING, work: WORK },
    consumers: consumersOf(parts, consumers),
  });
  onTestFinished(() => loop.stop());
  return loop;
}

async function nothingOwed({ operational, queue }: World): Promise<boolean> {
  const owed = await operational.list('cursor', { prefix: 'owed/', limit: 10 });
  const { waiting, delayed, active } = await queue.counts('consumer');
  return owed.length === 0 && waiting + delayed + active === 0;
}

describe('consumers of the fact log', () => {
  test('each fact of its types is worked on once, whenever it was recorded', async () => {
    const w = await world();
    const early = await w.record(3);
    const [noter, other] = [new Noter(), new Noter('other')];
    const loop = start(w, [noter, other]);
    await until(() => noter.seen.length === 3 && other.seen.length === 3);
    const late = await w.record(20);
    loop.wake();
    await until(() => noter.seen.length >= 23 && other.seen.length >= 23);
    await until(() => nothingOwed(w));
    for (const one of [noter, other]) expect(one.seen).toHaveLength(23);
    expect(noter.done()).toEqual([...early, ...late]);
    expect(early[0]).toBe(FOUNDING_FACTS);
    expect(await w.operational.get('cursor', 'next/noter')).toBe(String(FOUNDING_FACTS + 23));
  });

  test('facts are found without being told, and one step takes no more than a page', async () => {
    const w = await world();
    const consumers = consumersOf(w, [new Noter()]);
    await w.record(FEED_FACTS_MAX + 1);
    expect(await consumers.feed()).toBe('more');
    expect((await w.queue.counts('consumer')).waiting).toBe(FEED_FACTS_MAX);
    expect(await consumers.feed()).toBe('done');
    expect((await w.queue.counts('consumer')).waiting).toBe(FEED_FACTS_MAX + 1);
    expect(await consumers.feed()).toBe('done');
  });

  test('the cursor stays where it is while the queue takes nothing', async () => {
    const w = await world();
    await w.record(2);
    const refusing = Object.create(w.queue) as JobQueue;
    refusing.counts = (queue) => w.queue.counts(queue);
    refusing.add = () => Promise.reject(new DomainError('UNAVAILABLE', 'away'));
    const noter = new Noter();
    const broken = consumersOf({ ...w, queue: refusing }, [noter]);
    await expect(broken.feed()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await w.operational.get('cursor', 'next/noter')).toBeNull();
    start(w, [noter]);
    await until(() => noter.seen.length === 2);
  });

  test('a crash between the queue and the cursor makes a job twice, never none', async () => {
    const w = await world();
    const indexes = await w.record(2);
    const crashing = Object.create(w.operational) as OperationalStore;
    crashing.get = (room, key) => w.operational.get(room, key);
    crashing.put = async (room, entries) => {
      if (entries[0]?.key.startsWith('next/')) throw new Error('the process ended here');
      await w.operational.put(room, entries);
    };
    const noter = new Noter();
    const broken = consumersOf({ ...w, operational: crashing }, [noter]);
    await expect(broken.feed()).rejects.toThrow('ended here');
    expect((await w.queue.counts('consumer')).waiting).toBe(2);
    start(w, [noter]);
    await until(() => nothingOwed(w));
    expect(noter.done()).toEqual(indexes);
  });

  test('jobs that the queue lost come back, and dead ones stay dead', async () => {
    const w = await world();
    const [dies, lost] = await w.record(2);
    const noter = new Noter('noter', (index) => {
      if (index === dies) throw new DomainError('INVALID_EVENT', 'never');
    });
    const losing = Object.create(w.queue) as JobQueue;
    losing.counts = (queue) => w.queue.counts(queue);
    losing.add = (queue, jobs: readonly NewJob[]) =>
      w.queue.add(
        queue,
        jobs.filter(({ key }) => !key.endsWith(`/${lost}`)),
      );
    await consumersOf({ ...w, queue: losing }, [noter]).feed();
    const working = w.queue.work('consumer', consumersOf(w, [noter]).handle, WORK);
    await until(async () => (await w.queue.counts('consumer')).dead === 1);
    await working.drain();
    expect(noter.seen).toEqual([]);
    start(w, [noter]);
    await until(() => noter.seen.length === 1);
    await pause(3 * TIMING.mendAfterMs);
    expect(noter.seen).toEqual([lost]);
    expect(await w.queue.counts('consumer')).toMatchObject({ dead: 1, waiting: 0 });
    const owed = await w.operational.list('cursor', { prefix: 'owed/', limit: 10 });
    expect(owed.map(({ key }) => key)).toEqual([`owed/noter/${dies}`]);
  });

  test('a job of a consumer that this release lacks is dead in the end, not done', async () => {
    const w = await world();
    await w.record(1);
    await consumersOf(w, [new Noter('gone')]).feed();
    start(w, [new Noter()]);
    await until(async () => (await w.queue.counts('consumer')).dead === 1);
    const [dead] = await w.queue.dead('consumer', { limit: 1 });
    expect(dead?.message).toContain('no consumer gone');
    await w.queue.add('consumer', [{ key: 'nonsense', payload: '' }]);
    await until(async () => (await w.queue.counts('consumer')).dead === 2);
  });

  test('the files of a run are made some time after its end', async () => {
    const w = await world();
    const made: string[] = [];
    const consumer = runColumns({ bringUpToDate: async (run) => void made.push(run) });
    expect(consumer.types).toEqual(['run.finished', 'run.crashed', 'runTelemetry.sealed']);
    const fact = { index: 7, subject: 'run:1' };
    await consumer.handle(fact as never);
    expect(made).toEqual(['run:1']);
    await w.record(1);
    await consumersOf(w, [{ ...consumer, types: ['run.created'] }]).feed();
    const counts = { waiting: 0, delayed: 1 };
    expect(await w.queue.counts('consumer')).toMatchObject(counts);
  });
});

const missing = redisMissing();
if (missing !== null) console.warn(`consumers were not tried with a lost Redis, ${missing}`);

describe.skipIf(missing !== null)('consumers on a Redis that loses everything', () => {
  test('what was waiting and in hand is done all the same', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { url } = redis;
    const w = await world(() => openBullmqJobQueue({ url, log: SILENT, clock: systemClock }));
    const noter = new Noter('noter', () => pause(20));
    const loop = start(w, [noter]);
    const client = new Redis(url);
    onTestFinished(() => client.disconnect());
    const recorded: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      recorded.push(...(await w.record(30)));
      loop.wake();
      await until(() => noter.done().length > recorded.length - 25);
      await client.flushall();
    }
    await until(() => noter.done().length === recorded.length);
    expect(noter.done()).toEqual(recorded);
    await until(() => nothingOwed(w));
  });

  test('a start with an empty Redis makes good what was lost before it', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { url } = redis;
    const w = await world(() => openBullmqJobQueue({ url, log: SILENT, clock: systemClock }));
    const recorded = await w.record(10);
    await consumersOf(w, [new Noter()]).feed();
    const client = new Redis(url);
    onTestFinished(() => client.disconnect());
    await client.flushall();
    const noter = new Noter();
    start(w, [noter]);
    await until(() => noter.done().length === recorded.length);
    expect(noter.done()).toEqual(recorded);
  });
});
