import type { Value } from '../domain/values/value.ts';
import type { TelemetryLine } from './telemetry-line.ts';

/** Streams of rows: their lines are JSON objects, and they are read by key. */
export const COLUMN_STREAMS = ['history', 'events'] as const;
export type ColumnStream = (typeof COLUMN_STREAMS)[number];

/** Most rows of one answer. */
export const SAMPLES_MAX = 10_000;
/** Most keys of one question. */
export const QUESTION_KEYS_MAX = 1_000;
/** Most keys that an answer lists. */
export const KEYS_LISTED_MAX = 50_000;

/** Steps from `from` on, up to but not with `to`; a row's step is the number under `_step`. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

export interface SampleQuestion {
  /** Rows that lack one of these are left out. `a.b` is `b` within the group `a`, too. */
  readonly keys: readonly string[];
  /** Keys whose values are given where a row has them. */
  readonly also?: readonly string[];
  /** `numbers`: rows where one of `keys` is no number count as without it. */
  readonly values: 'all' | 'numbers';
  /** Most rows of the answer. */
  readonly samples: number;
  readonly steps?: StepRange;
  /** Most lines that are looked at; of a longer stream, parts spread evenly over it. */
  readonly linesMax?: number;
}

/** Values stand in the order of the question's keys, then of `also`; undefined where missing. */
export interface ColumnRow {
  readonly line: number;
  readonly values: ReadonlyArray<Value | undefined>;
}

export interface SampledRows {
  readonly rows: readonly ColumnRow[];
  /** Rows that were found, before any were left out. */
  readonly count: number;
  /** False when `linesMax` left parts of the stream out. */
  readonly complete: boolean;
}

export interface ScanQuestion {
  /** As in a sample; without keys every line with a step in the range is found. */
  readonly keys: readonly string[];
  readonly steps?: StepRange;
  /** Lines before this one are left out: where a page goes on. */
  readonly fromLine?: number;
  /** Most rows of the page. */
  readonly limit: number;
}

export interface ScannedRows {
  readonly rows: readonly ColumnRow[];
  /** Line to go on from; null when there is no further row. */
  readonly next: number | null;
}

export type ValueType = 'number' | 'string' | 'bool' | 'nil' | 'list' | 'map';

export interface KeySummary {
  readonly key: string;
  /** How many rows have a value of this type under the key. */
  readonly counts: Readonly<Partial<Record<ValueType, number>>>;
  /** The value of the last row that has the key; null when it is nested or long. */
  readonly last: Value;
}

export interface StreamKeys {
  readonly keys: readonly KeySummary[];
  /** Numbers within groups, their names joined by dots. */
  readonly nested: readonly string[];
  /** The highest step; -1 when there is none. */
  readonly lastStep: number;
}

/** What was put on record of a stream: the digest of the first bytes of its log; null: damaged. */
export interface SealedBytes {
  readonly stream: string;
  readonly bytes: number;
  readonly digest: string | null;
}

/** What comparing a stream's columns with its log found. */
export interface ColumnsVerdict {
  readonly stream: ColumnStream;
  readonly bytes: number;
  /** Lines whose values were compared. */
  readonly compared: number;
  /** Lines that no file of columns holds yet; they are read from the log. */
  readonly waiting: number;
  /** The first difference in words; null when there is none. */
  readonly fault: string | null;
}

/**
 * Reads by key. Answers say what the operation log says after last-write-wins, as it was when
 * the call was made, whether or not columns have been made of its lines yet. Lines that hold no
 * JSON object have no keys. Failures: INVALID_INPUT, LIMIT_EXCEEDED, UNAVAILABLE, BACKPRESSURE
 * (too many questions wait), INTERNAL (what was acknowledged is damaged).
 */
export interface TelemetryColumns {
  /**
   * All rows when they are no more than `samples`. Else the first and the last, and of equal
   * stretches of the rows, for each measured key, the one with the lowest number, the one with
   * the highest, and the first whose value is no finite number. Measured are the keys that do
   * not begin with an underscore, or all when all do. In order, each row once. When fewer
   * samples are asked for than one stretch takes, what comes first in this list stays.
   */
  sample(run: string, stream: ColumnStream, question: SampleQuestion): Promise<SampledRows>;

  /** Rows in the order of their lines, page by page. */
  scan(run: string, stream: ColumnStream, question: ScanQuestion): Promise<ScannedRows>;

  /** Lines as they were written; numbers never written are left out. At most SAMPLES_MAX. */
  lines(
    run: string,
    stream: ColumnStream,
    numbers: readonly number[],
  ): Promise<readonly TelemetryLine[]>;

  keys(run: string, stream: ColumnStream): Promise<StreamKeys>;

  /**
   * Makes columns of every line that the log of the run has, at once; a store makes them of what
   * is sealed by itself, when it is less busy, unless its process ends before. Does nothing where
   * nothing is missing, and may be repeated. UNAVAILABLE when some could not be made.
   */
  bringUpToDate(run: string): Promise<void>;

  /**
   * Checks each log, group by group and against what was put on record of it, and then compares
   * every file of columns with the log, value by value.
   */
  verify(run: string, sealed?: readonly SealedBytes[]): Promise<readonly ColumnsVerdict[]>;
}
