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
  hub.log.error({ errorId, cause: chainOf(error) }, 'a request failed');
  return new DomainError('INTERNAL', `something went wrong inside the hub; error ${errorId}`, {
    details: { errorId },
  });
}

/** Causes of causes that are written down. */
const CAUSES_MAX = 5;

/** What went wrong and what was behind it, for the log. */
function chainOf(error: unknown): string {
  const texts: string[] = [];
  let at: unknown = error;
  while (at !== undefined && at !== null && texts.length < CAUSES_MAX) {
    texts.push(at instanceof Error ? (at.stack ?? at.message) : String(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return texts.join('\ncaused by: ');
}
