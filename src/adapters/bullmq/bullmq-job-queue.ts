import { createHash } from 'node:crypto';
import { Job as BullJob, createIORedisClient, type IRedisClient, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { DomainError, type ErrorCode, isDomainError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type DeadJob,
  type DeadPage,
  type Job,
  type JobQueue,
  type NewJob,
  QUEUES,
  type QueueCounts,
  type QueueName,
  type Working,
  type WorkOptions,
} from '../../ports/job-queue.ts';
import {
  checkDeadPage,
  checkJobs,
  checkKeys,
  checkQueue,
  checkWork,
} from '../../ports/job-rules.ts';
import type { Log } from '../../ports/log.ts';
import { BullmqWorking, type JobData } from './bullmq-working.ts';
import {
  countJobs,
  type Death,
  deadKey,
  defineScripts,
  dropDeadCall,
  type JobEntry,
  type QueueKeys,
  readDeadRows,
  reviveJobs,
} from './job-scripts.ts';
import { parseRedisUrl, type RedisAddress, redisFailure, said } from './redis-address.ts';
import { connectRedis, makeClient } from './redis-client.ts';

/** First part of every key in Redis. */
export const QUEUE_PREFIX = 'ledgerline';
/** BullMQ's name for every job; the queue alone says what is to be done. */
const JOB_NAME = 'job';
/** BullMQ shall never run out of attempts by itself: a worker says how many there are. */
const BULL_ATTEMPTS = 1_000_000_000;
/** How many of its events BullMQ keeps; nobody reads them. */
const EVENTS_KEPT = 100;

export interface BullmqJobQueueOptions {
  /** redis[s]://[user[:password]@]host[:port][/db] */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps several hubs on one Redis apart; left out, QUEUE_PREFIX. */
  readonly prefix?: string | undefined;
}

/**
 * Jobs in BullMQ on Redis. UNAVAILABLE when no Redis answers, or one that is too old or may throw
 * jobs away; later on it comes back by itself when Redis does.
 */
export async function openBullmqJobQueue(options: BullmqJobQueueOptions): Promise<JobQueue> {
  const address = parseRedisUrl(options.url);
  const client = await connectRedis(address, options.log);
  defineScripts(client);
  return new BullmqJobQueue({ ...options, address, client });
}

interface QueueParts extends BullmqJobQueueOptions {
  readonly address: RedisAddress;
  readonly client: Redis;
}

class BullmqJobQueue implements JobQueue {
  readonly #parts: QueueParts;
  readonly #prefix: string;
  readonly #queues: ReadonlyMap<QueueName, Queue<JobData>>;
  /** The same connection as BullMQ knows it. */
  readonly #transactions: IRedisClient;
  readonly #workings = new Set<BullmqWorking>();
  #closing: Promise<void> | undefined;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#prefix = parts.prefix ?? QUEUE_PREFIX;
    this.#transactions = createIORedisClient(parts.client) as unknown as IRedisClient;
    this.#queues = new Map(QUEUES.map((name) => [name, this.#openQueue(name)]));
  }

  async add(queue: QueueName, jobs: readonly NewJob[]): Promise<void> {
    const { keys, bull } = this.#keysOf(queue);
    checkJobs(jobs);
    if (jobs.length === 0) return;
    await this.#asking(async () => {
      const multi = this.#transactions.multi();
      const made = jobs.map((job) => this.#bullJob(bull, job));
      const { name, args } = dropDeadCall(keys, made.map(entryOf));
      multi.runCommand(name, [...args]);
      for (const job of made) {
        // The command joins the transaction at once; what it answers comes with the others'.
        void bull.getBackend().addJobToTransaction(multi, job.asJSON(), job.id as string);
      }
      const answers = await multi.exec();
      const failed = answers?.find(([error]) => error !== null)?.[0];
      if (failed) throw failed;
    });
  }

  work(queue: QueueName, handle: (job: Job) => Promise<void>, options: WorkOptions): Working {
    const { keys } = this.#keysOf(queue);
    checkWork(options);
    const { address, log } = this.#parts;
    const working = new BullmqWorking({
      queue,
      prefix: this.#prefix,
      connection: makeClient(address, { kind: 'working', log }),
      address,
      deadKey: deadKey(keys),
      handle,
      options,
      log,
    });
    this.#workings.add(working);
    return {
      drain: async () => {
        await working.drain();
        this.#workings.delete(working);
      },
    };
  }

  async counts(queue: QueueName): Promise<QueueCounts> {
    const { keys } = this.#keysOf(queue);
    const nowMs = this.#parts.clock.nowMs();
    const { oldestMs, ...counts } = await this.#asking(() => countJobs(keys, nowMs));
    const oldestWaitingMs = oldestMs === null ? null : Math.max(Math.floor(nowMs) - oldestMs, 0);
    return { ...counts, oldestWaitingMs };
  }

  async dead(queue: QueueName, page: DeadPage): Promise<readonly DeadJob[]> {
    const { keys } = this.#keysOf(queue);
    checkDeadPage(page);
    const rows = await this.#asking(() => readDeadRows(keys, page));
    return rows.map(({ data, reason, diedAtMs }) => {
      const { key, payload } = JSON.parse(data) as JobData;
      const { code, message, attempts } = JSON.parse(reason) as Death;
      return { key, payload, attempts, code: code as ErrorCode, message, diedAtMs };
    });
  }

  async revive(queue: QueueName, keys: readonly string[]): Promise<number> {
    const { keys: places } = this.#keysOf(queue);
    checkKeys(keys);
    if (keys.length === 0) return 0;
    const entries = keys.map((key) => ({ key, id: jobIdOf(key) }));
    return this.#asking(() => reviveJobs(places, entries));
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await Promise.all([...this.#workings].map((working) => working.drain()));
    for (const queue of this.#queues.values()) {
      await queue.close().catch((error: unknown) => this.#tell(error));
    }
    this.#parts.client.disconnect();
  }

  #openQueue(name: QueueName): Queue<JobData> {
    const queue = new Queue<JobData>(name, {
      connection: this.#parts.client,
      prefix: this.#prefix,
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
    queue.on('error', (error) => this.#tell(error));
    return queue;
  }

  #bullJob(queue: Queue<JobData>, { key, payload, delayMs = 0 }: NewJob): BullJob<JobData> {
    const nowMs = Math.floor(this.#parts.clock.nowMs());
    const data = { key, payload, ...(delayMs > 0 ? { dueMs: nowMs + delayMs } : {}) };
    const jobId = jobIdOf(key);
    const options = {
      jobId,
      timestamp: nowMs,
      delay: delayMs,
      attempts: BULL_ATTEMPTS,
      backoff: { type: 'custom' },
      removeOnComplete: true,
      removeOnFail: false,
      stackTraceLimit: 0,
    };
    return new BullJob<JobData>(queue, JOB_NAME, data, options, jobId);
  }

  #keysOf(queue: QueueName): { readonly keys: QueueKeys; readonly bull: Queue<JobData> } {
    if (this.#closing !== undefined) {
      throw new DomainError('UNAVAILABLE', 'the job queue is closed');
    }
    checkQueue(queue);
    const bull = this.#queues.get(queue) as Queue<JobData>;
    return { keys: { client: this.#parts.client, toKey: (type) => bull.toKey(type) }, bull };
  }

  async #asking<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isDomainError(error) ? error : redisFailure(error, this.#parts.address);
    }
  }

  #tell(error: unknown): void {
    const { log, address } = this.#parts;
    log.warn({ error: said(error, address) }, 'the job queue met a failure of Redis');
  }
}

/** BullMQ takes no `:` and no numbers for ids; the key itself stands in the data. */
function jobIdOf(key: string): string {
  return `k${createHash('sha256').update(key).digest('base64url')}`;
}

function entryOf(job: BullJob<JobData>): JobEntry {
  return { key: job.data.key, id: job.id as string };
}
