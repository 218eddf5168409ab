import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { FactRow, LineageStore } from '../../ports/lineage-store.ts';

/** Consumers of the fact log. A name stands in cursors and in keys of jobs: add, never rename. */
export const CONSUMERS = ['run-columns'] as const;
export type ConsumerName = (typeof CONSUMERS)[number];

/** Work that facts give rise to, done some time after they were recorded. */
export interface Consumer<N extends string = ConsumerName> {
  readonly name: N;
  /** Types of the facts that it works on. */
  readonly types: readonly string[];
  /** How long after its recording a fact is worked on at the earliest, in milliseconds. */
  readonly delayMs?: number;
  /**
   * Does the work of one fact. MUST be idempotent: a fact may come again, also while another
   * process is still at it, and facts come in no promised order.
   */
  handle(fact: FactRow): Promise<void>;
}

const JOB_KEY = /^([a-z0-9-]+)\/(\d{1,16})$/;

/** The key of the job that a fact makes for a consumer. It says all that a worker must know. */
export function consumerJobKey(name: string, index: number): string {
  return `${name}/${index}`;
}

export function parseConsumerJobKey(key: string): {
  readonly name: string;
  readonly index: number;
} {
  const [, name = '', index = ''] = JOB_KEY.exec(key) ?? [];
  if (name === '') throw invalidInput(`no consumer has a job ${JSON.stringify(key)}`);
  return { name, index: Number(index) };
}

export async function factAt(store: Pick<LineageStore, 'facts'>, index: number): Promise<FactRow> {
  const query = { indexes: [index], order: 'oldest', limit: 1 } as const;
  const [fact] = await store.facts({ ...query, scope: { all: true } });
  // A replica may lag behind the process that made the job.
  if (fact === undefined) throw new DomainError('UNAVAILABLE', `there is no fact ${index} yet`);
  return fact;
}
