import { DAMAGED, ERASED } from '../audit/personal.ts';
import { invalidInput } from '../errors.ts';
import { checkName } from '../values/text.ts';

/** Name of the hub itself where it acts. */
export const SYSTEM_NAME = 'system';
/** Name of an actor of whom no more than the pseudonym is known. */
export const UNKNOWN_NAME = 'unknown';
/** What stands in the place of what the reader may not know. */
export const RESTRICTED_NAME = 'restricted';
/** Name of the first administrator's service account. */
export const ADMINISTRATOR_NAME = 'administrator';

const RESERVED: readonly string[] = [
  SYSTEM_NAME,
  UNKNOWN_NAME,
  RESTRICTED_NAME,
  ADMINISTRATOR_NAME,
  ERASED,
  DAMAGED,
];

/**
 * Checks a name that somebody chose for a person or a service account. Nobody is to pass for the
 * hub, for its first administrator, or for a text that stands in the place of a name.
 */
export function checkActorName(given: string, what: string): string {
  const name = checkName(given, what);
  const plain = name.normalize('NFKC').trim().toLowerCase();
  if (!RESERVED.includes(plain)) return name;
  const reserved = RESERVED.map((each) => JSON.stringify(each)).join(', ');
  throw invalidInput(`${what} must be none of ${reserved}, by which the hub says who it means`);
}
