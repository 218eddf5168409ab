import type { Digest } from '../domain/digest.ts';
import type { TelemetryColumns } from './telemetry-columns.ts';
import type { LineRange, TelemetryLine } from './telemetry-line.ts';

export type { LineRange, TelemetryLine };

/** Streams of a run. Each is a log of operations of its own. */
export const TELEMETRY_STREAMS = ['history', 'events', 'console', 'summary'] as const;
export type TelemetryStream = (typeof TELEMETRY_STREAMS)[number];

/**
 * Most bytes of lines in one operation, as UTF-8 and with one byte a line for its end: one request
 * of the wandb SDK has about 10 MiB.
 */
export const TELEMETRY_APPEND_BYTES_MAX = 32 * 1024 * 1024;

/** Most lines and bytes of lines that one `read` gives. */
export const TELEMETRY_READ_LINES_MAX = 100_000;
export const TELEMETRY_READ_BYTES_MAX = 128 * 1024 * 1024;

/** Lines as they came, from a line number on. Later operations replace earlier lines. */
export interface TelemetryOperation {
  readonly stream: TelemetryStream;
  /** Line number of the first line, from 0. */
  readonly offset: number;
  readonly lines: readonly string[];
}

/** What is durable of a stream. */
export interface StreamState {
  readonly stream: TelemetryStream;
  /** Length of the operation log in bytes. */
  readonly bytes: number;
  /** One more than the highest line number that was written. */
  readonly lines: number;
}

export interface SealedStream extends StreamState {
  /**
   * SHA-256 of the first `bytes` of the log; null when the log is damaged, and `bytes` and `lines`
   * are then what can still be told of it.
   */
  readonly digest: Digest | null;
}

/**
 * High-volume rows of runs: an append-only operation log per run and stream, outside the graph.
 * The log is kept as it was written; what a line says is its last write.
 * Several processes may append where the store is opened for that, one at a time otherwise; a
 * process that is killed or stopped while it appends holds up others for 5 s at most. Others may
 * read. Failures: INVALID_INPUT (run id, offsets,
 * ranges), LIMIT_EXCEEDED, UNAVAILABLE (disk full too), INTERNAL (what was acknowledged is
 * damaged).
 */
export interface TelemetryStore {
  /**
   * Appends the operations in order. MUST be durable (synced) before it resolves. Answers the
   * states of the streams that it touched, in the order of TELEMETRY_STREAMS.
   */
  append(run: string, operations: readonly TelemetryOperation[]): Promise<readonly StreamState[]>;

  /** State of each stream that has operations. Survives a restart. */
  states(run: string): Promise<readonly StreamState[]>;

  /**
   * Digests of the streams as they are now: they cover exactly the states that they state. A
   * damaged log is named by a null digest and never fails the seal, so that a run can end all the
   * same.
   */
  seal(run: string): Promise<readonly SealedStream[]>;

  /**
   * Lines `from` (inclusive) to `to` (exclusive) of a stream after last-write-wins, by line
   * number; numbers never written are left out.
   */
  read(run: string, stream: TelemetryStream, range: LineRange): Promise<readonly TelemetryLine[]>;

  /** The rows of history and events by their keys. */
  readonly columns: TelemetryColumns;

  /** Waits for what was begun; columns of what was sealed are made still, for a limited time. */
  close(): Promise<void>;
}
