/** Lines `from` (inclusive) to `to` (exclusive). */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** What was last written under a line number. */
export interface TelemetryLine {
  readonly number: number;
  readonly text: string;
}
