import { DomainError, isDomainError } from '../../domain/errors.ts';
import { isSqliteError } from './driver.ts';

/** Codes of SQLite that say that the store cannot serve now; the first prefix that fits counts. */
const UNAVAILABLE: ReadonlyArray<readonly [prefix: string, why: string]> = [
  ['SQLITE_FULL', 'cannot write: the disk is full'],
  ['SQLITE_BUSY', 'is locked by another writer'],
  ['SQLITE_IOERR', 'cannot use its disk, which is full or fails'],
  ['SQLITE_CANTOPEN', 'cannot be opened'],
  ['SQLITE_READONLY', 'is in a file that cannot be written'],
];

/** Runs work on the operational store, whose failures leave as errors of the domain. */
export function namedFailures<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isDomainError(cause)) throw cause;
    const code = isSqliteError(cause) ? cause.code : '';
    const why = UNAVAILABLE.find(([prefix]) => code.startsWith(prefix))?.[1];
    if (why === undefined) {
      throw new DomainError('INTERNAL', 'the operational store failed', { cause });
    }
    throw new DomainError('UNAVAILABLE', `the operational store ${why}`, { cause });
  }
}
