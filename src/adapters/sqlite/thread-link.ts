import { Worker } from 'node:worker_threads';
import { DomainError } from '../../domain/errors.ts';
import { errorOf } from './failures.ts';
import type { ReplyMessage } from './protocol.ts';
import { workerFile } from './worker-file.ts';

/** What a thread can be asked, by name; first its role, and last to close. */
export type Answers<A> = { readonly [O in keyof A]: (input: never) => unknown } & {
  readonly open: (role: never) => null;
  readonly close: (input: null) => null;
};
type InputOf<A extends Answers<A>, O extends keyof A> = Parameters<A[O]>[0];
type OutputOf<A extends Answers<A>, O extends keyof A> = ReturnType<A[O]>;

export interface ThreadKind {
  /** Name of the compiled file that the thread runs. */
  readonly script: string;
  /** Whose thread it is, in words. */
  readonly owner: string;
}

interface Waiting {
  resolve(output: unknown): void;
  reject(error: Error): void;
}

/** A thread and the questions that it has not answered yet. */
export class ThreadLink<A extends Answers<A>> {
  readonly #thread: Worker;
  readonly #owner: string;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #fault: DomainError | undefined;

  /** Starts a thread, which takes a while; it does nothing before it is told its role. */
  constructor({ script, owner }: ThreadKind) {
    this.#owner = owner;
    // Flags of this process, such as a loader for source files, are not meant for the thread.
    this.#thread = new Worker(workerFile(import.meta.url, script), { execArgv: [] });
    this.#thread.on('message', (message: ReplyMessage) => this.#settle(message));
    this.#thread.on('error', (cause) => this.#fail(cause));
    this.#thread.on('exit', () => this.#fail(undefined));
  }

  /** Resolves when the thread's database is open; when it cannot be, the thread ends. */
  async take(role: InputOf<A, 'open'>): Promise<void> {
    try {
      await this.ask('open', role);
    } catch (error) {
      await this.terminate();
      throw error;
    }
  }

  /** False once the thread has ended; what it was asked has then been answered by an error. */
  get alive(): boolean {
    return this.#fault === undefined;
  }

  /** How the thread has ended. */
  get fault(): DomainError | undefined {
    return this.#fault;
  }

  ask<O extends keyof A>(
    operation: O,
    input: InputOf<A, O>,
    handedOver: readonly ArrayBuffer[] = [],
  ): Promise<OutputOf<A, O>> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    this.#lastId += 1;
    const id = this.#lastId;
    this.#thread.postMessage({ id, operation, input }, [...handedOver]);
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    }) as Promise<OutputOf<A, O>>;
  }

  /** Closes the database and ends the thread, even when the database does not close. */
  async close(): Promise<void> {
    if (!this.alive) return;
    try {
      await this.ask('close', null as InputOf<A, 'close'>);
    } finally {
      await this.terminate();
    }
  }

  /** For a thread at rest: one that is ended within the library's code ends the process. */
  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }

  #settle(message: ReplyMessage): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('output' in message) waiting?.resolve(message.output);
    else waiting?.reject(errorOf(message.failure));
  }

  #fail(cause: unknown): void {
    this.#fault ??= new DomainError('UNAVAILABLE', `a thread of ${this.#owner} has ended`, {
      cause,
    });
    for (const { reject } of this.#waiting.values()) reject(this.#fault);
    this.#waiting.clear();
  }
}
