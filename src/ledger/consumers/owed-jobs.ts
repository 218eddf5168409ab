import type { Clock } from '../../ports/clock.ts';
import { JOB_PAGE_MAX, type JobQueue } from '../../ports/job-queue.ts';
import type { OperationalStore } from '../../ports/operational-store.ts';

/** First part of the keys of cursors and of jobs that are owed, in the room `cursor`. */
const NEXT = 'next/';
const OWED = 'owed/';
/** Jobs that are looked at together when those of a lost queue are added again. */
const PAGE = JOB_PAGE_MAX;

export interface OwedJobsParts {
  readonly operational: OperationalStore;
  readonly queue: JobQueue;
  readonly clock: Clock;
}

/**
 * Where consumers are in the log, and which jobs were made and are not done. A job is owed before
 * the queue gets it and until its work is done, so that a queue that lost it can get it again.
 */
export class OwedJobs {
  readonly #parts: OwedJobsParts;

  constructor(parts: OwedJobsParts) {
    this.#parts = parts;
  }

  /** The first index that the consumer has not turned into jobs. */
  async next(consumer: string): Promise<number> {
    return Number((await this.#parts.operational.get('cursor', NEXT + consumer)) ?? 0);
  }

  async moveTo(consumer: string, next: number): Promise<void> {
    const entry = { key: NEXT + consumer, value: String(next) };
    await this.#parts.operational.put('cursor', [entry]);
  }

  /** Gives the jobs to the queue; resolves when both know of them. */
  async add(keys: readonly string[], delayMs = 0): Promise<void> {
    if (keys.length === 0) return;
    const { operational, queue, clock } = this.#parts;
    const value = String(Math.floor(clock.nowMs() + delayMs));
    await operational.put(
      'cursor',
      keys.map((key) => ({ key: OWED + key, value })),
    );
    await queue.add(
      'consumer',
      keys.map((key) => ({ key, payload: '', delayMs })),
    );
  }

  async done(key: string): Promise<void> {
    await this.#parts.operational.delete('cursor', [OWED + key]);
  }

  /**
   * Adds jobs again that were due `olderThanMs` ago and are still owed: those that the queue has
   * are left as they are, those that it lost come back, and dead ones stay dead. Answers how many
   * were added or are still there.
   */
  async addAgain(olderThanMs: number): Promise<number> {
    const { operational, queue, clock } = this.#parts;
    const dueBefore = clock.nowMs() - olderThanMs;
    let added = 0;
    let after: string | undefined;
    for (;;) {
      const page = await operational.list('cursor', { prefix: OWED, after, limit: PAGE });
      const owed = page.filter(({ value }) => Number(value) <= dueBefore);
      const keys = owed.map(({ key }) => key.slice(OWED.length));
      const dead = await this.#deadAmong(keys);
      const lost = keys.filter((key) => !dead.has(key));
      if (lost.length > 0) {
        await queue.add(
          'consumer',
          lost.map((key) => ({ key, payload: '' })),
        );
      }
      added += lost.length;
      if (page.length < PAGE) return added;
      after = page.at(-1)?.key;
    }
  }

  /** Keys come sorted, as dead jobs do. */
  async #deadAmong(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const wanted = new Set(keys);
    const found = new Set<string>();
    const [first] = keys;
    const last = keys.at(-1);
    if (first === undefined || last === undefined) return found;
    // Every key that sorts before the first and shares its beginning lets a page begin there.
    let after = first.slice(0, -1);
    for (;;) {
      const page = await this.#parts.queue.dead('consumer', { after, limit: JOB_PAGE_MAX });
      for (const { key } of page) if (wanted.has(key)) found.add(key);
      const end = page.at(-1)?.key;
      if (page.length < JOB_PAGE_MAX || end === undefined || end >= last) return found;
      after = end;
    }
  }
}
