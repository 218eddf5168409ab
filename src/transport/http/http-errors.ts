import { DomainError, isDomainError } from '../../domain/errors.ts';
import { ERROR_TABLE } from '../error-table.ts';
import type { Hub } from '../hub.ts';
import { publicError } from '../public-error.ts';

const BODY_TOO_LARGE = 413;
const MEDIA_TYPE_UNKNOWN = 415;
const SERVER_FAULTS_FROM = 500;

/** A failure as a door answers it. */
export interface HttpFailure {
  readonly status: number;
  readonly error: DomainError;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the HTTP server itself throws, for example for a body that is too long. */
interface ServerError {
  readonly statusCode?: unknown;
  readonly message?: unknown;
}

/** Any failure of a request, with its status. Unknown ones show as INTERNAL, under an id. */
export function httpFailure(
  error: unknown,
  hub: Pick<Hub, 'ids' | 'log'>,
  limits: { readonly bodyBytesMax: number },
): HttpFailure {
  const refused = isDomainError(error) ? null : refusedByServer(error as ServerError, limits);
  if (refused) return { ...refused, headers: {} };
  const seen = publicError(error, hub);
  const { http: status, retryAfterS } = ERROR_TABLE[seen.code];
  return { status, error: seen, headers: headersOf(seen, retryAfterS) };
}

function refusedByServer(
  { statusCode, message }: ServerError,
  { bodyBytesMax }: { readonly bodyBytesMax: number },
): Pick<HttpFailure, 'status' | 'error'> | null {
  if (typeof statusCode !== 'number' || statusCode >= SERVER_FAULTS_FROM) return null;
  if (statusCode === BODY_TOO_LARGE) {
    const text = `the request's body has more than ${bodyBytesMax} bytes, which is the most`;
    return { status: statusCode, error: new DomainError('LIMIT_EXCEEDED', text) };
  }
  const text =
    statusCode === MEDIA_TYPE_UNKNOWN ? 'send application/json' : String(message ?? 'bad request');
  return { status: statusCode, error: new DomainError('INVALID_INPUT', text) };
}

function headersOf({ code }: DomainError, retryAfterS: number | null): Record<string, string> {
  if (code === 'UNAUTHENTICATED') return { 'www-authenticate': 'Bearer' };
  return retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) };
}
