import { DomainError } from '../../domain/errors.ts';
import type { Input, Output, ReadOperations, WorkerRole } from './protocol.ts';
import { WorkerLink } from './worker-link.ts';

/** Most questions that wait for a reader; past it the hub is better told to try later. */
const WAITING_MAX = 10_000;

/** Questions that may take long. They leave one reader to the short ones. */
const LONG: ReadonlySet<string> = new Set(['walk']);

interface Job {
  readonly long: boolean;
  run(link: WorkerLink): Promise<void>;
  fail(error: unknown): void;
}

/** Reader threads, each with one question at a time. */
export class ReaderPool {
  readonly #role: WorkerRole;
  readonly #links: (Promise<WorkerLink> | undefined)[];
  readonly #busy = new Map<number, Job>();
  readonly #waiting: Job[] = [];
  #closed = false;

  private constructor(role: WorkerRole, first: WorkerLink, readers: number) {
    this.#role = role;
    this.#links = [Promise.resolve(first), ...Array.from({ length: readers - 1 }, () => undefined)];
  }

  /** The first reader opens now, to know that it can; the others start when they are needed. */
  static async open(role: WorkerRole, first: WorkerLink, readers: number): Promise<ReaderPool> {
    await first.take(role);
    return new ReaderPool(role, first, readers);
  }

  ask<O extends keyof ReadOperations>(operation: O, input: Input<O>): Promise<Output<O>> {
    if (this.#closed) return Promise.reject(closedError());
    if (this.#waiting.length >= WAITING_MAX) {
      const fault = `${WAITING_MAX} questions wait for the lineage store`;
      return Promise.reject(new DomainError('UNAVAILABLE', fault));
    }
    return new Promise<Output<O>>((resolve, reject) => {
      this.#waiting.push({
        long: LONG.has(operation),
        run: (link) => link.ask(operation, input).then(resolve, reject),
        fail: reject,
      });
      this.#next();
    });
  }

  /** Questions that a reader has begun with are answered still; those that wait are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.fail(closedError());
    // Nothing is lost by a reader that does not close well: its thread ends all the same.
    await Promise.allSettled(this.#links.map(async (link) => (await link)?.close()));
  }

  #next(): void {
    const place = this.#links.findIndex((_, at) => !this.#busy.has(at));
    if (place < 0) return;
    const at = this.#waiting.findIndex((job) => !job.long || this.#mayStartLong());
    const job = at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
    if (job === undefined) return;
    this.#busy.set(place, job);
    void this.#serve(place, job);
  }

  #mayStartLong(): boolean {
    const long = [...this.#busy.values()].filter((job) => job.long).length;
    return long < Math.max(1, this.#links.length - 1);
  }

  async #serve(place: number, job: Job): Promise<void> {
    try {
      await job.run(await this.#linkAt(place));
    } catch (error) {
      job.fail(error);
    }
    this.#busy.delete(place);
    this.#next();
  }

  /** A reader that has ended, or could not start, is replaced by a fresh one. */
  async #linkAt(place: number): Promise<WorkerLink> {
    const link = await this.#links[place]?.catch(() => undefined);
    if (link?.alive) return link;
    if (this.#closed) throw closedError();
    this.#links[place] = WorkerLink.open(this.#role);
    return this.#links[place];
  }
}

function closedError(): DomainError {
  return new DomainError('UNAVAILABLE', 'the lineage store is closed');
}
