import type { Job, QueueName, Working, WorkOptions } from '../../ports/job-queue.ts';
import { backoffMsAfter, failureOf, mayPass } from '../../ports/job-rules.ts';
import type { Log } from '../../ports/log.ts';
import type { JobBatches } from './job-batches.ts';
import type { EndedJob, HeldJob } from './job-protocol.ts';

/** How often jobs of other processes are looked for, in milliseconds. */
export const POLL_EVERY_MS = 200;
/** How long a worker waits for a queue that cannot be read, in milliseconds. */
const STORE_RETRY_MS = 500;
/** Signs that a worker gives within one lease. */
const SIGNS_PER_LEASE = 3;

export interface ClaimerParts {
  readonly queue: QueueName;
  readonly handle: (job: Job) => Promise<void>;
  readonly options: WorkOptions;
  readonly batches: JobBatches;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Tells this worker's holdings from those of all others. */
  readonly lease: string;
}

/** A worker: claims jobs as it has room for, keeps their leases up, and writes how they ended. */
export class JobClaimer implements Working {
  readonly #parts: ClaimerParts;
  readonly #inHand = new Map<HeldJob, Promise<void>>();
  readonly #signs: ReturnType<typeof setInterval>;
  readonly #running: Promise<void>;
  #draining = false;
  #failing = false;
  /** Something has happened since the last look. */
  #woken = false;
  #wake: () => void = () => undefined;

  constructor(parts: ClaimerParts) {
    this.#parts = parts;
    const everyMs = Math.floor(parts.options.leaseMs / SIGNS_PER_LEASE);
    this.#signs = setInterval(() => this.#giveSigns(), everyMs);
    this.#running = this.#run();
  }

  get queue(): QueueName {
    return this.#parts.queue;
  }

  /** There may be work now. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  async drain(): Promise<void> {
    this.#draining = true;
    this.wake();
    await this.#running;
    await Promise.all(this.#inHand.values());
    clearInterval(this.#signs);
  }

  async #run(): Promise<void> {
    while (!this.#draining) {
      const limit = this.#parts.options.concurrency - this.#inHand.size;
      this.#woken = false;
      if (limit <= 0) await this.#waitFor(null);
      else await this.#look(limit);
    }
  }

  async #look(limit: number): Promise<void> {
    const { batches, queue, lease, options, nowMs } = this.#parts;
    const { leaseMs, attemptsMax } = options;
    try {
      const claim = { queue, lease, leaseMs, attemptsMax, limit };
      const { jobs, nextDueMs } = await batches.claim(claim);
      this.#failing = false;
      for (const job of jobs) this.#start(job);
      if (jobs.length === limit) return;
      const dueInMs = nextDueMs === null ? POLL_EVERY_MS : nextDueMs - nowMs();
      await this.#waitFor(Math.min(Math.max(dueInMs, 1), POLL_EVERY_MS));
    } catch (error) {
      const fields = { queue, error: String(error) };
      if (!this.#failing) this.#parts.log.warn(fields, 'jobs cannot be looked for, trying on');
      this.#failing = true;
      await this.#waitFor(STORE_RETRY_MS);
    }
  }

  /** Waits so long, or without an end, until something happens. */
  async #waitFor(ms: number | null): Promise<void> {
    if (this.#woken || this.#draining) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((wake) => {
      this.#wake = wake;
      if (ms !== null) timer = setTimeout(wake, ms);
    });
    clearTimeout(timer);
  }

  #start(job: HeldJob): void {
    const ending = this.#work(job).finally(() => {
      this.#inHand.delete(job);
      this.wake();
    });
    this.#inHand.set(job, ending);
  }

  async #work(held: HeldJob): Promise<void> {
    const { handle, batches, log, queue } = this.#parts;
    const { id, lease, attempt, key, payload } = held;
    let outcome: EndedJob['outcome'] = 'done';
    try {
      await handle({ key, payload, attempt });
    } catch (error) {
      outcome = this.#outcomeOf(error, held);
    }
    try {
      await batches.end({ id, lease, attempt, outcome });
    } catch (error) {
      const fields = { queue, key, error: String(error) };
      log.warn(fields, 'how a job ended could not be written; it comes again');
    }
  }

  #outcomeOf(error: unknown, { key, attempt }: HeldJob): EndedJob['outcome'] {
    const { options, nowMs, log, queue } = this.#parts;
    const failure = failureOf(error);
    const cause = error instanceof Error ? error.stack : String(error);
    const again = mayPass(failure) && attempt < options.attemptsMax;
    log.warn({ queue, key, attempt, code: failure.code, cause }, 'a job failed');
    return again ? { dueMs: nowMs() + backoffMsAfter(attempt, options) } : failure;
  }

  #giveSigns(): void {
    if (this.#inHand.size === 0) return;
    const { batches, options, log, queue } = this.#parts;
    const jobs = [...this.#inHand.keys()].map(({ id, lease, attempt }) => ({ id, lease, attempt }));
    batches.renew(jobs, options.leaseMs).catch((error: unknown) => {
      log.warn({ queue, error: String(error) }, 'leases of jobs could not be kept up');
    });
  }
}
