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
  readonly #links: (WorkerLink | undefined)[];
  readonly #busy = new Map<number, Job>();
  readonly #waiting: Job[] = [];

  private constructor(role: WorkerRole, links: readonly WorkerLink[]) {
    this.#role = role;
    this.#links = [...links];
  }

  static async open(role: WorkerRole, readers: number): Promise<ReaderPool> {
    const opening = Array.from({ length: readers }, () => WorkerLink.open(role));
    const opened = await Promise.allSettled(opening);
    const links = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = opened.find((one) => one.status === 'rejected');
    if (failed === undefined) return new ReaderPool(role, links);
    await Promise.all(links.map((link) => link.close()));
    throw failed.reason;
  }

  ask<O extends keyof ReadOperations>(operation: O, input: Input<O>): Promise<Output<O>> {
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.reject(
        new DomainError('UNAVAILABLE', `${WAITING_MAX} questions wait for the lineage store`),
      );
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

  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link?.close()));
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

  /** A reader that has ended is replaced by a fresh one. */
  async #linkAt(place: number): Promise<WorkerLink> {
    const link = this.#links[place];
    if (link?.alive) return link;
    const fresh = await WorkerLink.open(this.#role);
    this.#links[place] = fresh;
    return fresh;
  }
}
