import { join } from 'node:path';
import { openBullmqJobQueue } from '../adapters/bullmq/bullmq-job-queue.ts';
import { openSqliteJobQueue } from '../adapters/sqlite/sqlite-job-queue.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Log } from '../ports/log.ts';
import type { Config } from './config.ts';
import { DATA_LAYOUT } from './data-layout.ts';

export interface QueueNeeds {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Jobs are in Redis if there is one, else in a file of the data folder. */
export function openQueue(
  { redisUrl, dataDir }: Pick<Config, 'redisUrl' | 'dataDir'>,
  { clock, ids, log }: QueueNeeds,
): Promise<JobQueue> {
  if (redisUrl !== null) return openBullmqJobQueue({ url: redisUrl, clock, log });
  return openSqliteJobQueue({ file: join(dataDir, DATA_LAYOUT.jobs), clock, ids, log });
}
