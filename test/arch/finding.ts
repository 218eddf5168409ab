export type Finding = {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  /** What an exception names: a function, a call, a word; not a line number, for those move. */
  readonly subject: string;
  readonly message: string;
};
