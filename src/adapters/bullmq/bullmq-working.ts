import { type Job as BullJob, UnrecoverableError, Worker } from 'bullmq';
import type { Job, QueueName, Working, WorkOptions } from '../../ports/job-queue.ts';
import {
  backoffMsAfter,
  failureOf,
  type JobFailure,
  mayPass,
  NO_SIGN,
} from '../../ports/job-rules.ts';
import type { Log } from '../../ports/log.ts';
import { type Death, deadEntry } from './job-scripts.ts';
import { type RedisAddress, said } from './redis-address.ts';
import type { RedisClient } from './redis-client.ts';

/** How long an idle worker waits for the next job in one command, in seconds. */
const IDLE_WAIT_S = 5;
/** How long a worker waits for a Redis that is away, in milliseconds. */
const RECONNECT_MS = 500;
/** How often lost leases are looked for within one lease. */
const CHECKS_PER_LEASE = 2;
/** BullMQ shall not end jobs by itself: attempts are counted here. */
const STALLS_MAX = 1_000_000_000;
/** A drain looks so often whether everything has ended, in milliseconds, */
const DRAIN_LOOK_MS = 100;
/** and lets go of a Redis that took no report for so many looks: those jobs come again. */
const DRAIN_LOOKS_MAX = 50;

/** What a job of ours carries in BullMQ. */
export interface JobData {
  readonly key: string;
  readonly payload: string;
  /** When it was first due, if it was delayed. */
  readonly dueMs?: number;
}

export interface WorkingParts {
  readonly queue: QueueName;
  readonly prefix: string;
  /** For this worker alone, and ended with it. */
  readonly connection: RedisClient;
  readonly address: RedisAddress;
  readonly deadKey: string;
  readonly handle: (job: Job) => Promise<void>;
  readonly options: WorkOptions;
  readonly log: Log;
}

/** A worker whose timers can be ended when its closing waits for a Redis that is away. */
class EndableWorker extends Worker<JobData, void> {
  endTimers(): Promise<void> {
    return this.lockManager.close();
  }
}

export class BullmqWorking implements Working {
  readonly #parts: WorkingParts;
  readonly #worker: EndableWorker;
  #inHand = 0;
  #drained: Promise<void> | undefined;

  constructor(parts: WorkingParts) {
    this.#parts = parts;
    const { queue, prefix, connection, options } = parts;
    this.#worker = new EndableWorker(queue, (job) => this.#work(job), {
      connection: connection.client,
      prefix,
      concurrency: options.concurrency,
      lockDuration: options.leaseMs,
      stalledInterval: Math.floor(options.leaseMs / CHECKS_PER_LEASE),
      maxStalledCount: STALLS_MAX,
      drainDelay: IDLE_WAIT_S,
      runRetryDelay: RECONNECT_MS,
      settings: {
        backoffStrategy: (...[, , , job]) =>
          backoffMsAfter((job as BullJob).attemptsStarted, options),
      },
    });
    this.#worker.on('error', (error) => this.#tell(error));
  }

  drain(): Promise<void> {
    this.#drained ??= this.#end();
    return this.#drained;
  }

  async #work(job: BullJob<JobData, void>): Promise<void> {
    const { handle, options } = this.#parts;
    const { key, payload } = job.data;
    const attempt = job.attemptsStarted;
    this.#inHand += 1;
    try {
      if (attempt > options.attemptsMax) return await this.#die(job, NO_SIGN);
      await handle({ key, payload, attempt }).catch((error: unknown) => this.#fail(job, error));
    } finally {
      this.#inHand -= 1;
    }
  }

  async #fail(job: BullJob<JobData, void>, error: unknown): Promise<void> {
    const { options, log, queue } = this.#parts;
    const failure = failureOf(error);
    const attempt = job.attemptsStarted;
    const cause = error instanceof Error ? error.stack : String(error);
    log.warn({ queue, key: job.data.key, attempt, code: failure.code, cause }, 'a job failed');
    if (mayPass(failure) && attempt < options.attemptsMax) throw new Error(failure.code);
    await this.#die(job, failure);
  }

  /** Noted as perhaps dead before it dies, since a note too many does no harm. */
  async #die(job: BullJob<JobData, void>, { code, message }: JobFailure): Promise<never> {
    const { connection, deadKey, options } = this.#parts;
    await connection.client.zadd(
      deadKey,
      0,
      deadEntry({ key: job.data.key, id: job.id as string }),
    );
    const attempts = Math.min(job.attemptsStarted, options.attemptsMax);
    throw new UnrecoverableError(JSON.stringify({ code, message, attempts } satisfies Death));
  }

  async #end(): Promise<void> {
    let closed = false;
    const closing = this.#worker
      .close()
      .then(() => {
        closed = true;
      })
      .catch((error: unknown) => this.#tell(error));
    for (let looks = 0; !closed && looks < DRAIN_LOOKS_MAX; looks += 1) {
      await Promise.race([closing, new Promise((wake) => setTimeout(wake, DRAIN_LOOK_MS))]);
      if (this.#inHand > 0) looks = 0;
    }
    await this.#worker.endTimers();
    this.#parts.connection.end();
  }

  #tell(error: unknown): void {
    const { log, queue, address } = this.#parts;
    log.warn({ queue, error: said(error, address) }, 'a worker of the job queue met a failure');
  }
}
