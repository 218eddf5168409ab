import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type {
  DeadJob,
  DeadPage,
  Job,
  JobQueue,
  NewJob,
  QueueCounts,
  QueueName,
  Working,
  WorkOptions,
} from '../../ports/job-queue.ts';
import {
  checkDeadPage,
  checkJobs,
  checkKeys,
  checkQueue,
  checkWork,
} from '../../ports/job-rules.ts';
import type { Log } from '../../ports/log.ts';
import { JobBatches } from './job-batches.ts';
import { JobClaimer } from './job-claimer.ts';
import { closedError, JobThread } from './job-thread.ts';

export interface SqliteJobQueueOptions {
  /** A file of its own: the syncs of jobs must not hold up the other stores. */
  readonly file: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * Jobs in an SQLite file that several processes may share: whoever claims a job first has it
 * until its lease ends. The database is used by a thread of its own.
 */
export async function openSqliteJobQueue(options: SqliteJobQueueOptions): Promise<JobQueue> {
  const { file, log } = options;
  return new SqliteJobQueue(await JobThread.open({ role: { file }, log }), options);
}

class SqliteJobQueue implements JobQueue {
  readonly #thread: JobThread;
  readonly #options: SqliteJobQueueOptions;
  readonly #batches: JobBatches;
  readonly #claimers = new Set<JobClaimer>();
  #closing: Promise<void> | undefined;

  constructor(thread: JobThread, options: SqliteJobQueueOptions) {
    this.#thread = thread;
    this.#options = options;
    this.#batches = new JobBatches((batch) =>
      thread.ask('write', { ...batch, nowMs: this.#nowMs() }),
    );
  }

  async add(queue: QueueName, jobs: readonly NewJob[]): Promise<void> {
    this.#refuseClosed();
    checkQueue(queue);
    checkJobs(jobs);
    if (jobs.length === 0) return;
    await this.#batches.add(queue, jobs);
    this.#wake(queue);
  }

  work(queue: QueueName, handle: (job: Job) => Promise<void>, options: WorkOptions): Working {
    this.#refuseClosed();
    checkQueue(queue);
    checkWork(options);
    const { log, ids } = this.#options;
    const parts = { queue, handle, options, log, batches: this.#batches, lease: ids.uuid() };
    const claimer = new JobClaimer({ ...parts, nowMs: () => this.#nowMs() });
    this.#claimers.add(claimer);
    return {
      drain: async () => {
        await claimer.drain();
        this.#claimers.delete(claimer);
      },
    };
  }

  async counts(queue: QueueName): Promise<QueueCounts> {
    this.#refuseClosed();
    checkQueue(queue);
    return this.#thread.ask('counts', { queue, nowMs: this.#nowMs() });
  }

  async dead(queue: QueueName, page: DeadPage): Promise<readonly DeadJob[]> {
    this.#refuseClosed();
    checkQueue(queue);
    checkDeadPage(page);
    return this.#thread.ask('dead', { queue, page });
  }

  async revive(queue: QueueName, keys: readonly string[]): Promise<number> {
    this.#refuseClosed();
    checkQueue(queue);
    checkKeys(keys);
    if (keys.length === 0) return 0;
    const revived = await this.#batches.revive(queue, keys);
    this.#wake(queue);
    return revived;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await Promise.all([...this.#claimers].map((claimer) => claimer.drain()));
    await this.#batches.idle();
    await this.#thread.close();
  }

  #wake(queue: QueueName): void {
    for (const claimer of this.#claimers) if (claimer.queue === queue) claimer.wake();
  }

  #nowMs(): number {
    return Math.floor(this.#options.clock.nowMs());
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}
