/** A request that would cost much more to answer than to send, and how it is refused. */
export interface HostileRequest {
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly code: string;
  /** What the refusal says. */
  readonly says: RegExp;
}

export const LIMIT = 'LIMIT_EXCEEDED';
export const INPUT = 'BAD_USER_INPUT';
export const INVALID = 'GRAPHQL_VALIDATION_FAILED';

/** The same text many times over, told apart by its number. */
export const many = (count: number, text: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => text(at)).join(' ');
/** A text within as many pairs of others. */
export const nested = (count: number, [before, after]: readonly [string, string], middle: string) =>
  `${before.repeat(count)}${middle}${after.repeat(count)}`;
