import { writeSync } from 'node:fs';
import { openBullmqJobQueue } from '../../src/adapters/bullmq/bullmq-job-queue.ts';
import { openSqliteJobQueue } from '../../src/adapters/sqlite/sqlite-job-queue.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';

/**
 * Works until somebody kills the process, and prints `took <key>` and `done <key>`. Started by
 * job-queue.test.ts with the address of a Redis or a file, and how it ends: `killed` by others,
 * or at the first job by its `own-hand`.
 */
const [place = '', end = 'killed'] = process.argv.slice(2);
const log = { info: () => {}, warn: () => {}, error: () => {} };
const parts = { clock: systemClock, ids: systemIds, log };
const queue = place.startsWith('redis:')
  ? await openBullmqJobQueue({ url: place, ...parts })
  : await openSqliteJobQueue({ file: place, ...parts });

const JOB_MS = 15;

queue.work(
  'openlineage',
  async ({ key, attempt }) => {
    writeSync(1, `took ${key} ${attempt}\n`);
    if (end === 'own-hand') process.kill(process.pid, 'SIGKILL');
    await new Promise((wake) => setTimeout(wake, JOB_MS));
    writeSync(1, `done ${key}\n`);
  },
  {
    concurrency: 8,
    attemptsMax: end === 'own-hand' ? 2 : 100,
    backoffMs: 10,
    backoffMsMax: 100,
    leaseMs: 1_000,
  },
);
