import type { ErrorCode } from '../domain/errors.ts';

/** Most jobs in one call of `add`. */
export const JOBS_PER_ADD_MAX = 1_000;
/** Longest key of a job, in UTF-8 bytes. */
export const JOB_KEY_BYTES_MAX = 512;
/** Longest payload, in UTF-8 bytes: a reference to bytes that are kept elsewhere, not the bytes. */
export const JOB_PAYLOAD_BYTES_MAX = 16 * 1024;
/** Most dead jobs of one page, and most keys in one call of `revive` and `forget`. */
export const JOB_PAGE_MAX = 1_000;

/** Longest delay and longest wait between attempts: 30 days, in milliseconds. */
export const JOB_DELAY_MS_MAX = 30 * 86_400_000;
/** Shortest lease: a worker needs time to give a sign, in milliseconds. */
export const JOB_LEASE_MS_MIN = 200;
/** Most jobs in hand at once in one worker. */
export const JOB_CONCURRENCY_MAX = 1_000;
/** Most attempts that a worker may be told to make. */
export const JOB_ATTEMPTS_MAX = 1_000;
/** What is kept of a failure's message, in UTF-16 units. */
export const JOB_MESSAGE_LENGTH_MAX = 1_000;

/** The queues there are; each has one handler. Add, never rename. */
export const QUEUES = ['openlineage', 'consumer'] as const;
export type QueueName = (typeof QUEUES)[number];

export interface NewJob {
  /** While a job with this key waits, is delayed, retried or in hand, another one is not taken. */
  readonly key: string;
  /** A text without NUL. */
  readonly payload: string;
  /** How long it waits before it may be handed out; 0 when left out. */
  readonly delayMs?: number | undefined;
}

export interface Job {
  readonly key: string;
  readonly payload: string;
  /** 1 for the first attempt. An attempt that a killed worker made counts. */
  readonly attempt: number;
}

export interface DeadJob {
  readonly key: string;
  readonly payload: string;
  readonly attempts: number;
  /** Code and message of the last failure; INTERNAL for what was no DomainError. */
  readonly code: ErrorCode;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly diedAtMs: number;
}

export interface QueueCounts {
  readonly waiting: number;
  /** Delayed from the start, or waiting for the next attempt. */
  readonly delayed: number;
  readonly active: number;
  readonly dead: number;
  /**
   * How long the job that waited longest could have been handed out, in milliseconds; null when
   * none waits. For one that was tried before, at most from its last attempt on.
   */
  readonly oldestWaitingMs: number | null;
}

export interface WorkOptions {
  /** Most jobs in hand at once in this worker. */
  readonly concurrency: number;
  /** After so many failed attempts a job is dead. */
  readonly attemptsMax: number;
  /** Wait before the second attempt; doubles with each further one, up to `backoffMsMax`. */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** A job whose worker gave no sign for so long is handed out again. */
  readonly leaseMs: number;
}

/** A worker that takes jobs. */
export interface Working {
  /** Takes no more, and resolves when everything in hand has ended. */
  drain(): Promise<void>;
}

/**
 * Work to be done at least once. Handlers are idempotent: a job may be handed out again after a
 * crash, a lost lease or a restart of the store, though never to two live workers at once while
 * its lease is kept up. Failures are DomainErrors: INVALID_INPUT, LIMIT_EXCEEDED, UNAVAILABLE,
 * INTERNAL.
 */
export interface JobQueue {
  /**
   * Takes the jobs, all or none of them. MUST be durable before it resolves, as far as the store
   * is set up to be: a Redis with its append-only file, or SQLite. A key that is pending is left
   * as it is; one that is dead waits anew with this payload, with its attempts at nought. A call
   * that fails as UNAVAILABLE may have been taken all the same: add again.
   */
  add(queue: QueueName, jobs: readonly NewJob[]): Promise<void>;

  /**
   * Hands jobs to `handle`, in no promised order. One that throws is tried again after a wait;
   * when attempts run out, or the error is a DomainError that no retry mends (any code but
   * UNAVAILABLE, BACKPRESSURE and INTERNAL), it is dead, with the code. A store that goes away is
   * waited for, and work goes on when it is back.
   */
  work(queue: QueueName, handle: (job: Job) => Promise<void>, options: WorkOptions): Working;

  counts(queue: QueueName): Promise<QueueCounts>;

  /** One page of dead jobs in the order of their keys' UTF-8 bytes, behind `after`. */
  dead(queue: QueueName, page: DeadPage): Promise<readonly DeadJob[]>;

  /** Lets dead jobs wait anew, with attempts at nought; answers how many of the keys were dead. */
  revive(queue: QueueName, keys: readonly string[]): Promise<number>;

  /** Drains its workers, then lets go of the store. What is added later is UNAVAILABLE. */
  close(): Promise<void>;
}

export interface DeadPage {
  readonly after?: string | undefined;
  readonly limit: number;
}
