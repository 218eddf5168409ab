import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { openBullmqJobQueue } from '../../../src/adapters/bullmq/bullmq-job-queue.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { openRedis, type RedisUrl, redisUrlMissing } from '../../support/redis-server.ts';
import { describeJobQueue } from './describe-job-queue.ts';

const missing = redisUrlMissing();
if (missing !== null) console.warn(`the job queue on Redis was not tried, ${missing}`);

describe.skipIf(missing !== null)('on Redis', () => {
  let redis: RedisUrl;
  beforeAll(async () => {
    redis = await openRedis();
  });
  afterAll(() => redis.stop());

  describeJobQueue('bullmq', async () => {
    const prefix = `ledgerline-test-${randomUUID()}`;
    const { url } = redis;
    return { open: (log) => openBullmqJobQueue({ url, prefix, log, clock: systemClock }) };
  });
});
