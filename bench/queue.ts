import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openBullmqJobQueue } from '../src/adapters/bullmq/bullmq-job-queue.ts';
import { openSqliteJobQueue } from '../src/adapters/sqlite/sqlite-job-queue.ts';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { systemIds } from '../src/adapters/system/system-ids.ts';
import type { JobQueue, NewJob, WorkOptions } from '../src/ports/job-queue.ts';
import { redisMissing, startRedis } from '../test/support/redis-server.ts';
import { figure, machine, quantile, rounded } from './figures.ts';

const LONE_ADDS = 500;
const CALLERS = 64;
const ADDS_AT_ONCE = 6_400;
const BULK = 500;
const BULKS = 20;
const ROUND_TRIPS = 200;
const WORK: WorkOptions = {
  concurrency: 20,
  attemptsMax: 3,
  backoffMs: 100,
  backoffMsMax: 1_000,
  leaseMs: 30_000,
};
const LOG = { info: () => {}, warn: () => {}, error: () => {} };

/** Adding and doing jobs, durable each time: on SQLite, and on a Redis that syncs each write. */
export async function benchQueue(): Promise<void> {
  machine('queue');
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  try {
    const parts = { clock: systemClock, ids: systemIds, log: LOG };
    await measure('sqlite', await openSqliteJobQueue({ file: join(folder, 'jobs.db'), ...parts }));
  } finally {
    await rm(folder, { recursive: true });
  }
  const missing = redisMissing();
  if (missing !== null) return figure('queue', { store: 'bullmq', missing });
  for (const appendfsync of ['always', 'everysec']) {
    const redis = await startRedis(['--appendfsync', appendfsync]);
    try {
      const { url } = redis;
      const queue = await openBullmqJobQueue({ url, clock: systemClock, log: LOG });
      await measure(`bullmq, appendfsync ${appendfsync}`, queue);
    } finally {
      await redis.stop();
    }
  }
}

async function measure(store: string, queue: JobQueue): Promise<void> {
  const add = (jobs: readonly NewJob[]) => queue.add('openlineage', jobs);
  await timed({ store, what: 'add, a lone caller', jobs: LONE_ADDS }, async () => {
    for (const one of made('lone', LONE_ADDS)) await add([one]);
  });
  await timed({ store, what: `add, ${CALLERS} callers`, jobs: ADDS_AT_ONCE }, async () => {
    const waiting = made('many', ADDS_AT_ONCE);
    const caller = async () => {
      for (let one = waiting.pop(); one; one = waiting.pop()) await add([one]);
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  });
  await timed({ store, what: `add, ${BULK} a call`, jobs: BULK * BULKS }, async () => {
    for (let n = 0; n < BULKS; n += 1) await add(made(`bulk-${n}`, BULK));
  });
  await work(store, queue);
  await roundTrips(store, queue);
  await queue.close();
}

async function work(store: string, queue: JobQueue): Promise<void> {
  const jobs = LONE_ADDS + ADDS_AT_ONCE + BULK * BULKS;
  let working: ReturnType<JobQueue['work']> | undefined;
  await timed({ store, what: `work, ${WORK.concurrency} at once`, jobs }, async () => {
    await new Promise<void>((ended) => {
      let left = jobs;
      const handle = async () => {
        left -= 1;
        if (left === 0) ended();
      };
      working = queue.work('openlineage', handle, WORK);
    });
  });
  await working?.drain();
}

/** A worker with nothing to do gets one job: from the call of `add` to the handler. */
async function roundTrips(store: string, queue: JobQueue): Promise<void> {
  let done: () => void = () => undefined;
  const working = queue.work('openlineage', async () => done(), WORK);
  const waits: number[] = [];
  for (const one of made('trip', ROUND_TRIPS)) {
    const handled = new Promise<void>((go) => {
      done = go;
    });
    const at = performance.now();
    await Promise.all([queue.add('openlineage', [one]), handled]);
    waits.push(performance.now() - at);
  }
  await working.drain();
  const figures = { p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99) };
  figure('queue', { store, what: 'add to an idle worker until done', ...figures });
}

interface Timed {
  readonly store: string;
  readonly what: string;
  readonly jobs: number;
}

async function timed({ store, what, jobs }: Timed, act: () => Promise<void>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const at = performance.now();
  await act();
  const perSecond = Math.round((jobs * 1_000) / (performance.now() - at));
  delay.disable();
  const loopDelayMsMax = rounded(delay.max / 1e6);
  figure('queue', { store, what, jobs, perSecond, loopDelayMsMax });
}

function made(name: string, count: number): NewJob[] {
  return Array.from({ length: count }, (_, n) => ({
    key: `${name}-${n}`,
    payload: 'p'.repeat(100),
  }));
}
