import type { ErrorCode, ErrorDetails } from '../../domain/errors.ts';
import type {
  SampledRows,
  SampleQuestion,
  ScannedRows,
  ScanQuestion,
  StreamKeys,
} from '../../ports/telemetry-columns.ts';
import type { TelemetryLine } from '../../ports/telemetry-line.ts';
import type { LogPart } from './telemetry-log-lines.ts';
import type { SegmentEntry } from './telemetry-manifest.ts';

/** Lines that are read from the log, since no file of columns holds them as they are now. */
export interface LoosePart extends LogPart {
  /** Length of the log that the part covers. */
  readonly logBytes: number;
  /** Where in the log a line of the stretch was last written anew; -1 when none was. */
  readonly rewrittenAt: number;
  /** Whether it reaches to the last line of its stretch, so that later lines go behind it. */
  readonly isOpen: boolean;
}

export type Part =
  | { readonly segment: SegmentEntry; readonly loose?: undefined }
  | { readonly loose: LoosePart; readonly segment?: undefined };

/** A stream as it is now: parts in the order of their lines. */
export interface Plan {
  readonly log: string;
  readonly folder: string;
  readonly parts: readonly Part[];
}

export interface MakeInput {
  readonly log: string;
  readonly folder: string;
  readonly loose: LoosePart;
}

export interface CompareInput extends MakeInput {
  readonly segment: SegmentEntry;
}

export interface CheckedLog {
  /** SHA-256 of the log's first bytes, as hexadecimal digits. */
  readonly sha256: string;
  /** Where the log is damaged; null when every group is whole. */
  readonly damagedAt: number | null;
}

/** Every question to a thread with its answer. */
export interface Operations {
  sample: (input: { readonly plan: Plan; readonly question: SampleQuestion }) => SampledRows;
  scan: (input: { readonly plan: Plan; readonly question: ScanQuestion }) => ScannedRows;
  keys: (input: { readonly plan: Plan }) => StreamKeys;
  lines: (input: {
    readonly log: string;
    readonly chunks: LogPart['chunks'];
    readonly numbers: readonly number[];
  }) => readonly TelemetryLine[];
  /** Makes files of columns of a stretch; their names are durable when it answers. */
  make: (input: MakeInput) => readonly SegmentEntry[];
  /** The first difference in words, or null. */
  compare: (input: CompareInput) => string | null;
  check: (input: { readonly log: string; readonly bytes: number }) => CheckedLog;
}

export type Operation = keyof Operations;
export type Input<O extends Operation> = Parameters<Operations[O]>[0];
export type Output<O extends Operation> = ReturnType<Operations[O]>;

export type Handlers = {
  readonly [O in Operation]: (input: Input<O>) => Output<O> | Promise<Output<O>>;
};

export interface AskMessage {
  readonly id: number;
  readonly operation: Operation;
  readonly input: unknown;
}

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly cause: string;
  /** The file of columns that could not be believed, if that is what failed. */
  readonly segment: string | null;
}

export type ReplyMessage =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly failure: Failure };
