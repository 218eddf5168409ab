export type Finding = {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  /** What an exception names: the function, the call, the word; never a line number, which moves. */
  readonly subject: string;
  readonly message: string;
};
