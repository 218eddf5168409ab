import { DomainError } from '../../domain/errors.ts';
import { rawJob } from '../../ledger/raw-job.ts';
import type { Clock } from '../../ports/clock.ts';
import { JOBS_PER_ADD_MAX, type JobQueue, type NewJob } from '../../ports/job-queue.ts';
import type { Log } from '../../ports/log.ts';
import type { NewRawEvent, RawEvents } from '../../ports/raw-events.ts';

/** Events that may wait for the worker; past it the door asks senders to come again. */
export const BACKLOG_EVENTS_MAX = 200_000;
/** How often the queue is asked how much waits, in milliseconds. */
export const BACKLOG_LOOK_MS = 500;
/** How long an event that is kept waits for a queue that does not take it, in milliseconds. */
export const QUEUE_WAIT_MS = 1_000;
/** How long the queue is not tried again after it was away, in milliseconds. */
export const QUEUE_PAUSE_MS = 2_000;
/** Events that are acknowledged while the queue is away; the reconciler finds them. */
export const UNQUEUED_EVENTS_MAX = 20_000;

export interface IntakeParts {
  readonly rawEvents: RawEvents;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly log: Log;
  /** UNQUEUED_EVENTS_MAX when left out. */
  readonly unqueuedMax?: number;
}

interface Pending {
  readonly jobs: readonly NewJob[];
  readonly resolve: () => void;
}

/**
 * The durable way in: an event is kept, then queued, then acknowledged. Events gather while an
 * earlier group is being queued. One that is kept and could not be queued is acknowledged all the
 * same: whoever looks for raw events that never became facts queues it.
 */
export class Intake {
  readonly #parts: IntakeParts;
  #pending: Pending[] = [];
  #pumping = false;
  #waiting = 0;
  #takenSinceLook = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #awayUntilMs = 0;
  #unqueued = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Events that were acknowledged and not queued since the queue worked last. */
  get unqueued(): number {
    return this.#unqueued;
  }

  /** Refuses with BACKPRESSURE while more waits than may. */
  refuseBacklog(): void {
    this.#lookAtQueue();
    if (this.#waiting + this.#takenSinceLook >= BACKLOG_EVENTS_MAX) {
      throw backpressure('too many events wait to be recorded; send it again soon');
    }
    if (this.#unqueued >= (this.#parts.unqueuedMax ?? UNQUEUED_EVENTS_MAX)) {
      throw backpressure('the job queue is away and too many events wait for it; send it again');
    }
  }

  /** Resolves when the events are durable and will be recorded, whatever happens. */
  async take(events: readonly NewRawEvent[]): Promise<void> {
    if (events.length === 0) return;
    const refs = await this.#parts.rawEvents.keep(events);
    this.#takenSinceLook += events.length;
    const jobs = events.map((event, at) => rawJob({ ...event, ref: refs[at] as string }));
    await new Promise<void>((resolve) => {
      this.#pending.push({ jobs, resolve });
      if (!this.#pumping) void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    // Companions of the same turn join the first group.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const group = this.#takeGroup();
      await this.#add(distinct(group.flatMap(({ jobs }) => jobs)));
      for (const { resolve } of group) resolve();
    }
    this.#pumping = false;
  }

  /** One call's events are no more than one call of `add` takes. */
  #takeGroup(): Pending[] {
    let [count, jobs] = [0, 0];
    for (const each of this.#pending) {
      if (count > 0 && jobs + each.jobs.length > JOBS_PER_ADD_MAX) break;
      [count, jobs] = [count + 1, jobs + each.jobs.length];
    }
    return this.#pending.splice(0, count);
  }

  async #add(jobs: readonly NewJob[]): Promise<void> {
    const { queue, clock, log } = this.#parts;
    try {
      if (clock.nowMs() < this.#awayUntilMs) throw new Error('the queue was away a moment ago');
      await withinMs(queue.add('openlineage', jobs), QUEUE_WAIT_MS);
      this.#unqueued = 0;
    } catch (error) {
      const isNews = clock.nowMs() >= this.#awayUntilMs;
      if (isNews) {
        this.#awayUntilMs = clock.nowMs() + QUEUE_PAUSE_MS;
        log.warn({ error: String(error) }, 'events are kept and not queued: the queue is away');
      }
      this.#unqueued += jobs.length;
    }
  }

  /** Nobody waits for it: the last number is good enough, together with what came since. */
  #lookAtQueue(): void {
    const { queue, clock } = this.#parts;
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - this.#lookedAtMs) < BACKLOG_LOOK_MS) return;
    this.#lookedAtMs = nowMs;
    const before = this.#takenSinceLook;
    queue.counts('openlineage').then(
      ({ waiting, delayed, active }) => {
        this.#waiting = waiting + delayed + active;
        this.#takenSinceLook -= before;
      },
      () => undefined,
    );
  }
}

/** The same event twice in one group is one job. */
function distinct(jobs: readonly NewJob[]): NewJob[] {
  return [...new Map(jobs.map((job) => [job.key, job])).values()];
}

function backpressure(text: string): DomainError {
  return new DomainError('BACKPRESSURE', text);
}

async function withinMs(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
