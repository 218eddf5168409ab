import type { ErrorCode } from '../domain/errors.ts';

/** How a domain code shows on the wire. */
export interface ErrorRow {
  /** `extensions.code` of a GraphQL error. */
  readonly graphql: string;
  /** HTTP status of doors that speak plain HTTP. */
  readonly http: number;
  /** Seconds after which trying again makes sense; null when it does not. */
  readonly retryAfterS: number | null;
}

/** The one place where domain codes meet the wire. A code without a row does not compile. */
export const ERROR_TABLE = {
  INVALID_EVENT: { graphql: 'BAD_USER_INPUT', http: 422, retryAfterS: null },
  INVALID_INPUT: { graphql: 'BAD_USER_INPUT', http: 400, retryAfterS: null },
  SIGNATURE_INVALID: { graphql: 'SIGNATURE_INVALID', http: 422, retryAfterS: null },
  UNAUTHENTICATED: { graphql: 'UNAUTHENTICATED', http: 401, retryAfterS: null },
  KEY_EXPIRED: { graphql: 'KEY_EXPIRED', http: 401, retryAfterS: null },
  KEY_REVOKED: { graphql: 'KEY_REVOKED', http: 401, retryAfterS: null },
  KEY_SCOPE: { graphql: 'KEY_SCOPE', http: 403, retryAfterS: null },
  FORBIDDEN: { graphql: 'FORBIDDEN', http: 403, retryAfterS: null },
  NOT_FOUND: { graphql: 'NOT_FOUND', http: 404, retryAfterS: null },
  CONFLICT: { graphql: 'CONFLICT', http: 409, retryAfterS: null },
  GATE_CLOSED: { graphql: 'GATE_CLOSED', http: 409, retryAfterS: null },
  LIMIT_EXCEEDED: { graphql: 'LIMIT_EXCEEDED', http: 413, retryAfterS: null },
  BACKPRESSURE: { graphql: 'BACKPRESSURE', http: 503, retryAfterS: 1 },
  UNAVAILABLE: { graphql: 'UNAVAILABLE', http: 503, retryAfterS: 2 },
  INTERNAL: { graphql: 'INTERNAL_SERVER_ERROR', http: 500, retryAfterS: null },
} as const satisfies Record<ErrorCode, ErrorRow>;
