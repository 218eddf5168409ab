import { Worker } from 'node:worker_threads';
import { DomainError } from '../../domain/errors.ts';
import { errorOf } from './failures.ts';
import type { Input, Operation, Output, ReplyMessage, WorkerRole } from './protocol.ts';
import { workerFile } from './worker-file.ts';

interface Waiting {
  resolve(output: unknown): void;
  reject(error: Error): void;
}

/** A worker thread and the questions that it has not answered yet. */
export class WorkerLink {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #fault: DomainError | undefined;

  /** Starts a thread, which takes a while; it does nothing before it is told its role. */
  constructor() {
    // Flags of this process, such as a loader for source files, are not meant for the thread.
    this.#thread = new Worker(workerFile(import.meta.url), { execArgv: [] });
    this.#thread.on('message', (message: ReplyMessage) => this.#settle(message));
    this.#thread.on('error', (cause) => this.#fail(cause));
    this.#thread.on('exit', () => this.#fail(undefined));
  }

  static async open(role: WorkerRole): Promise<WorkerLink> {
    const link = new WorkerLink();
    await link.take(role);
    return link;
  }

  /** Resolves when the worker's database is open; when it cannot be, the thread ends. */
  async take(role: WorkerRole): Promise<void> {
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

  ask<O extends Operation>(
    operation: O,
    input: Input<O>,
    handedOver: readonly ArrayBuffer[] = [],
  ): Promise<Output<O>> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    this.#lastId += 1;
    const id = this.#lastId;
    this.#thread.postMessage({ id, operation, input }, [...handedOver]);
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    }) as Promise<Output<O>>;
  }

  /** Closes the database and ends the thread, even when the database does not close. */
  async close(): Promise<void> {
    if (!this.alive) return;
    try {
      await this.ask('close', null);
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
    this.#fault ??= new DomainError('UNAVAILABLE', 'a thread of the lineage store has ended', {
      cause,
    });
    for (const { reject } of this.#waiting.values()) reject(this.#fault);
    this.#waiting.clear();
  }
}
