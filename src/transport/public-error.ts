import { DomainError, isDomainError } from '../domain/errors.ts';
import type { Ids } from '../ports/ids.ts';
import type { Log } from '../ports/log.ts';

/**
 * What a client may see of a failure. An unknown error shows as INTERNAL with an id under which
 * the log holds its cause; the cause itself never leaves the hub.
 */
export function publicError(error: unknown, hub: { ids: Ids; log: Log }): DomainError {
  if (isDomainError(error) && error.code !== 'INTERNAL') return error;
  const errorId = hub.ids.uuid();
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  hub.log.error({ errorId, cause }, 'a request failed');
  return new DomainError('INTERNAL', `something went wrong inside the hub; error ${errorId}`, {
    details: { errorId },
  });
}
