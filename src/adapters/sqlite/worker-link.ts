import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../domain/errors.ts';
import { errorOf } from './failures.ts';
import {
  type Input,
  type Operation,
  type Output,
  READY_ID,
  type ReplyMessage,
  type WorkerRole,
} from './protocol.ts';

interface Waiting {
  resolve(output: unknown): void;
  reject(error: Error): void;
}

/** A worker thread and the questions that it has not answered yet. */
export class WorkerLink {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = READY_ID;
  #fault: DomainError | undefined;

  private constructor(thread: Worker) {
    this.#thread = thread;
    thread.on('message', (message: ReplyMessage) => this.#settle(message));
    thread.on('error', (cause) => this.#fail(cause));
    thread.on('exit', () => this.#fail(undefined));
  }

  /** Resolves when the worker's database is open. */
  static async open(role: WorkerRole): Promise<WorkerLink> {
    const thread = new Worker(workerFile(), { workerData: role });
    const link = new WorkerLink(thread);
    try {
      await link.#answerTo(READY_ID);
      return link;
    } catch (error) {
      await thread.terminate();
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
    const answer = this.#answerTo(this.#lastId) as Promise<Output<O>>;
    this.#thread.postMessage({ id: this.#lastId, operation, input }, [...handedOver]);
    return answer;
  }

  /** Closes the database and waits for the end of the thread. */
  async close(): Promise<void> {
    if (!this.alive) return;
    await this.ask('close', null);
    await this.terminate();
  }

  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }

  #answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
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

/** Threads run compiled code, also when this module itself is run from source. */
function workerFile(): URL {
  const own = import.meta.url;
  if (!own.endsWith('.ts')) return new URL('./sqlite-worker.js', own);
  const compiled = new URL('../../../dist/adapters/sqlite/sqlite-worker.js', own);
  if (existsSync(fileURLToPath(compiled))) return compiled;
  throw new DomainError(
    'INTERNAL',
    'dist/adapters/sqlite/sqlite-worker.js is missing: run `npm run build` first, since the ' +
      "lineage store's threads run compiled code",
  );
}
