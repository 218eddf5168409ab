import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../domain/errors.ts';
import type { Failure, Input, Operation, Output, ReplyMessage } from './telemetry-protocol.ts';

/** Most questions that wait for one thread; past it a client is better told to try later. */
export const QUESTIONS_WAITING_MAX = 1_000;
/** Most memory of a thread for objects, in MiB; its columns are counted by its caches. */
export const THREAD_HEAP_MIB_MAX = 1_024;

/** A file of columns could not be believed. */
export class SegmentUnreadable extends Error {
  readonly file: string;

  constructor(file: string, cause: unknown) {
    super(`the file of columns ${file} cannot be read`, { cause });
    this.file = file;
  }
}

interface Waiting {
  resolve(output: unknown): void;
  reject(error: Error): void;
}

/** A thread that starts with its first question, and anew after it has failed. */
export class TelemetryThread {
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | null = null;
  #lastId = 0;
  #closed = false;

  ask<O extends Operation>(operation: O, input: Input<O>): Promise<Awaited<Output<O>>> {
    if (this.#closed) return Promise.reject(closedError());
    if (this.#waiting.size >= QUESTIONS_WAITING_MAX) {
      const text = `${QUESTIONS_WAITING_MAX} questions wait for the telemetry store`;
      return Promise.reject(new DomainError('BACKPRESSURE', text));
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<unknown>((resolve, reject) => {
      this.#thread ??= this.#start();
      this.#thread.postMessage({ id, operation, input });
      this.#waiting.set(id, { resolve, reject });
    }) as Promise<Awaited<Output<O>>>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#fail(closedError());
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const resourceLimits = { maxOldGenerationSizeMb: THREAD_HEAP_MIB_MAX };
    // Flags of this process, such as a loader for source files, are not meant for the thread.
    const thread = new Worker(workerFile(import.meta.url), { execArgv: [], resourceLimits });
    const ended = (cause: unknown) => {
      if (this.#thread !== thread) return;
      this.#thread = null;
      this.#fail(
        new DomainError('UNAVAILABLE', 'a thread of the telemetry store ended', { cause }),
      );
    };
    thread.on('message', (message: ReplyMessage) => this.#settle(message));
    thread.on('error', ended);
    thread.on('exit', ended);
    return thread;
  }

  #settle(message: ReplyMessage): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('output' in message) waiting?.resolve(message.output);
    else waiting?.reject(errorOf(message.failure));
  }

  #fail(fault: DomainError): void {
    for (const { reject } of this.#waiting.values()) reject(fault);
    this.#waiting.clear();
  }
}

function errorOf({ code, message, details, cause, segment }: Failure): Error {
  if (segment !== null) return new SegmentUnreadable(segment, new Error(cause));
  return new DomainError(code, message, { details, cause: new Error(cause) });
}

function closedError(): DomainError {
  return new DomainError('UNAVAILABLE', 'the telemetry store is closed');
}

/** Threads run compiled code, also when this module itself is run from source, as tests do. */
function workerFile(module: string): URL {
  if (!module.endsWith('.ts')) return new URL('./telemetry-worker.js', module);
  const compiled = new URL('../../../dist/adapters/filesystem/telemetry-worker.js', module);
  if (existsSync(fileURLToPath(compiled))) return compiled;
  throw new DomainError(
    'INTERNAL',
    'dist/adapters/filesystem/telemetry-worker.js is missing: run `npm run build` first, since ' +
      "the telemetry store's threads run compiled code",
  );
}
