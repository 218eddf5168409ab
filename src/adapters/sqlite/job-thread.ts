import { DomainError } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { JobOperations, JobRole } from './job-protocol.ts';
import { ThreadLink } from './thread-link.ts';

type Operation = Exclude<keyof JobOperations, 'open' | 'close'>;

export interface JobThreadOptions {
  readonly role: JobRole;
  readonly log: Log;
}

class JobLink extends ThreadLink<JobOperations> {
  constructor() {
    super({ script: 'job-worker', owner: 'the job queue' });
  }
}

async function openLink(role: JobRole): Promise<JobLink> {
  const link = new JobLink();
  await link.take(role);
  return link;
}

/** The thread of a job queue, or the one that took its place when it ended unasked. */
export class JobThread {
  readonly #role: JobRole;
  readonly #log: Log;
  #link: Promise<JobLink>;
  #closed = false;

  private constructor(first: JobLink, { role, log }: JobThreadOptions) {
    this.#role = role;
    this.#log = log;
    this.#link = Promise.resolve(first);
  }

  static async open(options: JobThreadOptions): Promise<JobThread> {
    return new JobThread(await openLink(options.role), options);
  }

  /**
   * What a thread was asked that ends is answered by UNAVAILABLE, since it may have been done:
   * adding again is harmless, and a job that was claimed comes back when its lease ends.
   */
  async ask<O extends Operation>(
    operation: O,
    input: Parameters<JobOperations[O]>[0],
  ): Promise<ReturnType<JobOperations[O]>> {
    if (this.#closed) throw closedError();
    return (await this.#running()).ask(operation, input);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const link = await this.#link.catch(() => undefined);
    await link?.close();
  }

  /** A thread that has ended, or could not start, is replaced by a fresh one. */
  async #running(): Promise<JobLink> {
    const opening = this.#link;
    const link = await opening.catch(() => undefined);
    if (link?.alive) return link;
    // Of all that meet the end of a thread, the first starts another.
    if (this.#link === opening) {
      const error = String(link?.fault?.cause ?? link?.fault);
      this.#log.warn({ error }, 'the thread of the job queue has ended, another one starts');
      this.#link = openLink(this.#role);
    }
    return this.#link;
  }
}

export function closedError(): DomainError {
  return new DomainError('UNAVAILABLE', 'the job queue is closed');
}
