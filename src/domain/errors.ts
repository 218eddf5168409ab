/** The closed list of domain error codes. A code is public vocabulary: add, never rename. */
export const ERROR_CODES = [
  'INVALID_EVENT',
  'INVALID_INPUT',
  'SIGNATURE_INVALID',
  'UNAUTHENTICATED',
  'KEY_EXPIRED',
  'KEY_REVOKED',
  'KEY_SCOPE',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'GATE_CLOSED',
  'LIMIT_EXCEEDED',
  'BACKPRESSURE',
  'UNAVAILABLE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Codes whose refusals go on record as facts with outcome `deny`. */
export const RECORDED_REFUSALS: readonly ErrorCode[] = [
  'FORBIDDEN',
  'KEY_SCOPE',
  'GATE_CLOSED',
  'CONFLICT',
];

export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A failure that the domain has a name for. `message` is safe to show to the caller;
 * `cause` is not and stays in the log.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: DomainErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

export interface DomainErrorOptions {
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/** Short form for the most common refusal: the caller sent something that cannot be taken. */
export function invalidInput(message: string, details?: ErrorDetails): DomainError {
  return new DomainError('INVALID_INPUT', message, details ? { details } : {});
}

export function isDomainError(error: unknown): error is DomainError {
  return error instanceof DomainError;
}
