/** The time, as a port, so that tests choose it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z; may jump, may stand still, may go back. */
  nowMs(): number;
}
