import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBullmqJobQueue } from '../../src/adapters/bullmq/bullmq-job-queue.ts';
import { openSqliteJobQueue } from '../../src/adapters/sqlite/sqlite-job-queue.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import { NO_SIGN } from '../../src/ports/job-rules.ts';
import {
  Handler,
  job,
  OPTIONS,
  pause,
  SILENT,
  until,
} from '../contract/job-queue/opened-queues.ts';
import { temporaryFolder } from '../contract/temporary-folder.ts';
import { redisMissing, startRedis } from '../support/redis-server.ts';

const WORKER = join(import.meta.dirname, 'work-until-killed.ts');
/** How often something is killed; a long run says more. */
const ROUNDS = Number(process.env.LEDGERLINE_FAULT_ROUNDS ?? 3);
const JOBS_A_ROUND = 200;
const TEST_MS_MAX = 60_000 + 20_000 * ROUNDS;

interface Place {
  /** A file, or the address of a Redis. */
  readonly place: string;
  readonly queue: JobQueue;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  sqlite: async () => {
    const place = join(await temporaryFolder(), 'jobs.db');
    const parts = { clock: systemClock, ids: systemIds, log: SILENT };
    return { place, queue: await openSqliteJobQueue({ file: place, ...parts }) };
  },
  bullmq: async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { url } = redis;
    const queue = await openBullmqJobQueue({ url, log: SILENT, clock: systemClock });
    return { place: url, queue };
  },
};

interface WorkerProcess {
  readonly process: ChildProcess;
  /** Whole lines only: the last may be cut by a kill. */
  lines(): string[];
  kill(): Promise<void>;
}

function startWorker(place: string, end: 'killed' | 'own-hand'): WorkerProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', WORKER, place, end], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  const gone = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  return { process: child, lines: () => printed.split('\n').slice(0, -1), kill };
}

function told(workers: readonly WorkerProcess[], what: 'took' | 'done'): string[] {
  const lines = workers.flatMap((worker) => worker.lines()).map((line) => line.split(' '));
  return lines.flatMap(([word, key = '']) => (word === what ? [key] : []));
}

const missing = redisMissing();
if (missing !== null) console.warn(`faults of the job queue on Redis were not tried, ${missing}`);

for (const [name, open] of Object.entries(PLACES)) {
  describe.skipIf(name === 'bullmq' && missing !== null)(`workers that are killed: ${name}`, () => {
    test('every job is done, whoever is killed with it in hand', {
      timeout: TEST_MS_MAX,
    }, async () => {
      const { place, queue } = await open();
      onTestFinished(() => queue.close());
      const added: string[] = [];
      const workers = [startWorker(place, 'killed')];
      let inHand = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const keys = Array.from({ length: JOBS_A_ROUND }, (_, n) => `${round}-${n}`);
        await queue.add(
          'openlineage',
          keys.map((key) => job(key)),
        );
        added.push(...keys);
        const victim = workers.at(-1)!;
        workers.push(startWorker(place, 'killed'));
        await until(() => told([victim], 'done').length > JOBS_A_ROUND / 4);
        await victim.kill();
        inHand += told([victim], 'took').length - told([victim], 'done').length;
      }
      await until(() => added.every((key) => told(workers, 'done').includes(key)));
      // A kill that met nobody at work would show nothing.
      expect(inHand).toBeGreaterThan(0);
      await until(async () => (await queue.counts('openlineage')).active === 0);
      const none = { waiting: 0, delayed: 0, dead: 0 };
      expect(await queue.counts('openlineage')).toMatchObject(none);
    });

    test('attempts of killed workers count', { timeout: TEST_MS_MAX }, async () => {
      const { place, queue } = await open();
      onTestFinished(() => queue.close());
      await queue.add('openlineage', [job('kills')]);
      const workers: WorkerProcess[] = [];
      while ((await queue.counts('openlineage')).dead === 0) {
        const worker = startWorker(place, 'own-hand');
        workers.push(worker);
        await until(
          async () =>
            worker.process.signalCode !== null || (await queue.counts('openlineage')).dead === 1,
        );
      }
      for (const worker of workers) await worker.kill();
      const takings = workers.flatMap((worker) => worker.lines());
      expect(takings).toEqual(['took kills 1', 'took kills 2']);
      const [dead] = await queue.dead('openlineage', { limit: 1 });
      expect(dead).toMatchObject({ key: 'kills', attempts: 2, ...NO_SIGN });
      expect(await queue.revive('openlineage', ['kills'])).toBe(1);
      const handler = new Handler();
      queue.work('openlineage', handler.handle, OPTIONS);
      await until(() => handler.seen.length === 1);
      expect(handler.seen[0]?.attempt).toBe(1);
    });
  });
}

describe.skipIf(missing !== null)('a Redis that is killed', () => {
  test('what was acknowledged is done after its restart', { timeout: TEST_MS_MAX }, async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const queue = await openBullmqJobQueue({ url: redis.url, log: SILENT, clock: systemClock });
    onTestFinished(() => queue.close());
    const handler = new Handler(() => pause(5));
    queue.work('openlineage', handler.handle, { ...OPTIONS, attemptsMax: 100, leaseMs: 1_000 });
    const told: string[] = [];
    let refused = 0;
    let adding = true;
    const adder = async (nth: number) => {
      for (let n = 0; adding; n += 1) {
        const keys = [`${nth}-${n}-a`, `${nth}-${n}-b`];
        try {
          await queue.add(
            'openlineage',
            keys.map((key) => job(key)),
          );
          told.push(...keys);
        } catch (error) {
          expect(error).toMatchObject({ code: 'UNAVAILABLE' });
          refused += 1;
          await pause(20);
        }
      }
    };
    const adders = [0, 1, 2, 3].map(adder);
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = told.length;
      await until(() => told.length > before + 100);
      await redis.kill();
      const failures = refused;
      await until(() => refused > failures);
      await redis.startAgain();
    }
    const before = told.length;
    await until(() => told.length > before + 100);
    adding = false;
    await Promise.all(adders);
    const done = () => new Set(handler.seen.map(({ key }) => key));
    await until(() => told.every((key) => done().has(key)));
    await until(async () => (await queue.counts('openlineage')).active === 0);
    const none = { waiting: 0, delayed: 0, dead: 0 };
    await expect.poll(() => queue.counts('openlineage')).toMatchObject(none);
  });
});
