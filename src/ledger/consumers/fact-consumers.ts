import { DomainError } from '../../domain/errors.ts';
import type { Job, JobQueue } from '../../ports/job-queue.ts';
import type { FactRow, LineageStore } from '../../ports/lineage-store.ts';
import { type Consumer, consumerJobKey, factAt, parseConsumerJobKey } from './consumer.ts';
import { OwedJobs, type OwedJobsParts } from './owed-jobs.ts';

/** Facts that become jobs together. */
export const FEED_FACTS_MAX = 500;
/** With so many jobs of consumers in the queue the rest waits in the log. */
export const CONSUMER_JOBS_MAX = 10_000;

export interface ConsumerParts extends OwedJobsParts {
  readonly store: Pick<LineageStore, 'head' | 'facts'>;
  readonly queue: JobQueue;
  readonly consumers: readonly Consumer<string>[];
}

/**
 * Turns facts into jobs for those who work on them. The log is the outbox: a cursor moves only
 * after the queue has taken the jobs, so that a crash at any point makes a job twice, never none.
 */
export class FactConsumers {
  readonly #parts: ConsumerParts;
  readonly #owed: OwedJobs;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
    this.#owed = new OwedJobs(parts);
  }

  /**
   * One bounded step of each consumer; answers whether there is more to be done at once. Several
   * processes may do it, which makes jobs twice at worst.
   */
  async feed(): Promise<'more' | 'done'> {
    const { store, queue, consumers } = this.#parts;
    const { size } = await store.head();
    let result: 'more' | 'done' = 'done';
    for (const consumer of consumers) {
      const next = await this.#owed.next(consumer.name);
      if (next >= size) continue;
      const { waiting, delayed, active } = await queue.counts('consumer');
      if (waiting + delayed + active >= CONSUMER_JOBS_MAX) return 'done';
      if ((await this.#feedOne(consumer, next, size)) < size) result = 'more';
    }
    return result;
  }

  /** Makes good what the queue lost; see OwedJobs. */
  addAgain(olderThanMs: number): Promise<number> {
    return this.#owed.addAgain(olderThanMs);
  }

  /** The handler of the queue `consumer`. */
  readonly handle = async ({ key }: Job): Promise<void> => {
    const { store, consumers } = this.#parts;
    const { name, index } = parseConsumerJobKey(key);
    const consumer = consumers.find((one) => one.name === name);
    if (consumer === undefined) {
      // A worker of another release may have it.
      throw new DomainError('UNAVAILABLE', `this release has no consumer ${name}`);
    }
    await consumer.handle(await factAt(store, index));
    await this.#owed.done(key);
  };

  async #feedOne(consumer: Consumer<string>, from: number, to: number): Promise<number> {
    const { name, types, delayMs = 0 } = consumer;
    const query = { types, from, to, order: 'oldest', scope: { all: true } } as const;
    const facts = await this.#parts.store.facts({ ...query, limit: FEED_FACTS_MAX });
    const keys = facts.map(({ index }) => consumerJobKey(name, index));
    await this.#owed.add(keys, delayMs);
    const next = facts.length < FEED_FACTS_MAX ? to : (facts.at(-1) as FactRow).index + 1;
    await this.#owed.moveTo(name, next);
    return next;
  }
}
