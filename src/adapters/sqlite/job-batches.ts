import type { DomainError } from '../../domain/errors.ts';
import type { NewJob, QueueName } from '../../ports/job-queue.ts';
import type { Claim, Claimed, EndedJob, Held, JobBatch, WrittenBatch } from './job-protocol.ts';

/** Most jobs that are added in one transaction, so that none takes long. */
const BATCH_JOBS_MAX = 5_000;

type Settle = { resolve(value: never): void; reject(error: DomainError): void };
type Waiting<T> = T & { readonly settle: Settle };

interface Gathered {
  adds: Waiting<JobBatch['adds'][number]>[];
  ended: Waiting<EndedJob>[];
  renewals: Waiting<JobBatch['renewals'][number]>[];
  revivals: Waiting<JobBatch['revivals'][number]>[];
  claims: Waiting<Claim>[];
}

type Write = (batch: Omit<JobBatch, 'nowMs'>) => Promise<WrittenBatch>;

/**
 * Gathers what is asked for while a batch is written, and writes it as the next one: callers at
 * the same time share a transaction and its sync of the disk, and a lone one goes at once.
 */
export class JobBatches {
  readonly #write: Write;
  #next = empty();
  #writing: Promise<void> | undefined;

  constructor(write: Write) {
    this.#write = write;
  }

  add(queue: QueueName, jobs: readonly NewJob[]): Promise<void> {
    return this.#gather('adds', { queue, jobs });
  }

  end(ended: EndedJob): Promise<void> {
    return this.#gather('ended', ended);
  }

  renew(jobs: readonly Held[], leaseMs: number): Promise<void> {
    return this.#gather('renewals', { jobs, leaseMs });
  }

  revive(queue: QueueName, keys: readonly string[]): Promise<number> {
    return this.#gather('revivals', { queue, keys });
  }

  claim(claim: Claim): Promise<Claimed> {
    return this.#gather('claims', claim);
  }

  /** Resolves when nothing waits to be written. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  #gather<K extends keyof Gathered, R>(
    kind: K,
    item: Omit<Gathered[K][number], 'settle'>,
  ): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const settle = { resolve, reject } as unknown as Settle;
      (this.#next[kind] as unknown[]).push({ ...item, settle });
      this.#writing ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    // What the same turn of the event loop asks for goes along.
    await new Promise((go) => setImmediate(go));
    while (Object.values(this.#next).some((items) => items.length > 0)) {
      await this.#writeOne(this.#take());
    }
    this.#writing = undefined;
  }

  async #writeOne(taken: Gathered): Promise<void> {
    const all = Object.values(taken).flat() as Waiting<unknown>[];
    try {
      const { revived, claimed } = await this.#write(bare(taken));
      const answers = new Map<unknown, unknown>();
      for (const [at, { settle }] of taken.revivals.entries()) answers.set(settle, revived[at]);
      for (const [at, { settle }] of taken.claims.entries()) answers.set(settle, claimed[at]);
      for (const { settle } of all) settle.resolve(answers.get(settle) as never);
    } catch (error) {
      for (const { settle } of all) settle.reject(error as DomainError);
    }
  }

  #take(): Gathered {
    const taken = this.#next;
    this.#next = empty();
    let jobs = 0;
    const fitting = taken.adds.findIndex((add) => {
      jobs += add.jobs.length;
      return jobs > BATCH_JOBS_MAX;
    });
    if (fitting > 0) this.#next.adds = taken.adds.splice(fitting);
    return taken;
  }
}

function empty(): Gathered {
  return { adds: [], ended: [], renewals: [], revivals: [], claims: [] };
}

/** Functions do not travel between threads. */
function bare(gathered: Gathered): Omit<JobBatch, 'nowMs'> {
  const without = <T extends { readonly settle: Settle }>(items: readonly T[]) =>
    items.map(({ settle: _, ...item }) => item);
  return {
    adds: without(gathered.adds),
    ended: without(gathered.ended),
    renewals: without(gathered.renewals),
    revivals: without(gathered.revivals),
    claims: without(gathered.claims),
  };
}
