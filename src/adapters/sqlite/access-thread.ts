import { closedError } from '../../ports/gathering-access-log.ts';
import type { Log } from '../../ports/log.ts';
import type { AccessOperations, AccessRole } from './access-protocol.ts';
import { ThreadLink } from './thread-link.ts';

type Operation = Exclude<keyof AccessOperations, 'open' | 'close'>;
type Input<O extends Operation> = Parameters<AccessOperations[O]>[0];
type Output<O extends Operation> = ReturnType<AccessOperations[O]>;

/** The running thread of an access log. */
export class AccessLink extends ThreadLink<AccessOperations> {
  constructor() {
    super({ script: 'access-worker', owner: 'the access log' });
  }
}

export interface AccessThreadOptions {
  readonly role: AccessRole;
  readonly log: Log;
}

/** The thread of an access log, or the one that took its place when it ended unasked. */
export class AccessThread {
  readonly #role: AccessRole;
  readonly #log: Log;
  /** Questions that are not answered yet. */
  readonly #asked = new Set<Promise<unknown>>();
  #link: Promise<AccessLink>;
  #closed = false;

  private constructor(first: AccessLink, { role, log }: AccessThreadOptions) {
    this.#role = role;
    this.#log = log;
    this.#link = Promise.resolve(first);
  }

  static async open(options: AccessThreadOptions, first = new AccessLink()): Promise<AccessThread> {
    await first.take(options.role);
    return new AccessThread(first, options);
  }

  /**
   * Asks again, once, when the thread ends before it has answered. A write that was done though
   * nobody heard of it then counts twice; the other way its notes would be lost.
   */
  ask<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    if (this.#closed) return Promise.reject(closedError());
    const answer = this.#ask(operation, input);
    this.#asked.add(answer);
    const done = () => void this.#asked.delete(answer);
    answer.then(done, done);
    return answer;
  }

  /** Lets the thread answer all that it was asked, and ends it at rest. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#asked);
    const link = await this.#link.catch(() => undefined);
    await link?.close();
  }

  async #ask<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    const link = await this.#running();
    try {
      return await link.ask(operation, input);
    } catch (error) {
      if (link.alive) throw error;
    }
    return (await this.#running()).ask(operation, input);
  }

  /** A thread that has ended, or could not start, is replaced by a fresh one. */
  async #running(): Promise<AccessLink> {
    const opening = this.#link;
    const link = await opening.catch(() => undefined);
    if (link?.alive) return link;
    // Of all that meet the end of a thread, the first starts another.
    if (this.#link === opening) this.#link = this.#openAnew(link);
    return this.#link;
  }

  async #openAnew(ended: AccessLink | undefined): Promise<AccessLink> {
    if (ended) {
      const error = String(ended.fault?.cause ?? ended.fault);
      this.#log.warn({ error }, 'the thread of the access log has ended, another one starts');
    }
    const link = new AccessLink();
    await link.take(this.#role);
    return link;
  }
}
