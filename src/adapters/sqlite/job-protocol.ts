import type { DeadJob, DeadPage, NewJob, QueueCounts, QueueName } from '../../ports/job-queue.ts';
import type { JobFailure } from '../../ports/job-rules.ts';

/** The thread of a job queue, which does all that it does with the database. */
export interface JobRole {
  readonly file: string;
}

export interface JobOperations {
  open: (role: JobRole) => null;
  close: (input: null) => null;
  /** All of it in one transaction, or none. */
  write: (batch: JobBatch) => WrittenBatch;
  counts: (input: { readonly queue: QueueName; readonly nowMs: number }) => QueueCounts;
  dead: (input: { readonly queue: QueueName; readonly page: DeadPage }) => readonly DeadJob[];
}

/** What is written together: one transaction, one sync of the disk. */
export interface JobBatch {
  readonly nowMs: number;
  readonly adds: ReadonlyArray<{ readonly queue: QueueName; readonly jobs: readonly NewJob[] }>;
  readonly ended: readonly EndedJob[];
  readonly renewals: ReadonlyArray<{ readonly jobs: readonly Held[]; readonly leaseMs: number }>;
  readonly revivals: ReadonlyArray<{ readonly queue: QueueName; readonly keys: readonly string[] }>;
  readonly claims: readonly Claim[];
}

/** A job in hand, as its holder knows it: another attempt is another holding. */
export interface Held {
  readonly id: number;
  readonly attempt: number;
  readonly lease: string;
}

export interface EndedJob extends Held {
  readonly outcome: 'done' | { readonly dueMs: number } | JobFailure;
}

export interface Claim {
  readonly queue: QueueName;
  readonly lease: string;
  readonly leaseMs: number;
  readonly attemptsMax: number;
  readonly limit: number;
}

export interface HeldJob extends Held {
  readonly key: string;
  readonly payload: string;
}

/** Answers in the order of what was asked for. */
export interface WrittenBatch {
  /** How many keys of each revival were dead. */
  readonly revived: readonly number[];
  readonly claimed: readonly Claimed[];
}

export interface Claimed {
  readonly jobs: readonly HeldJob[];
  /** When the next job that is left may be handed out; null when there is none. */
  readonly nextDueMs: number | null;
}
