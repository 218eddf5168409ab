import { DomainError, isDomainError } from '../../domain/errors.ts';
import { isSqliteError } from './driver.ts';
import type { Failure } from './protocol.ts';

/** What SQLite's codes mean to callers; the first prefix that fits counts. */
const MEANINGS: ReadonlyArray<readonly [prefix: string, error: DomainError]> = [
  ['SQLITE_BUSY', new DomainError('UNAVAILABLE', 'the lineage store is locked by another writer')],
  ['SQLITE_CONSTRAINT', new DomainError('CONFLICT', 'the lineage store holds such a row already')],
  ['SQLITE_TOOBIG', new DomainError('INVALID_INPUT', 'a value is too large for the store')],
  ['SQLITE_FULL', new DomainError('UNAVAILABLE', "the lineage store's disk is full")],
  ['SQLITE_IOERR', new DomainError('UNAVAILABLE', "the lineage store's disk fails")],
  ['SQLITE_READONLY', new DomainError('UNAVAILABLE', 'the lineage store is open for reading only')],
  ['SQLITE_NOTADB', new DomainError('INTERNAL', 'the file is no SQLite database')],
];

/** Names any error for the journey to the main thread. */
export function failureOf(error: unknown): Failure {
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const known = isDomainError(error) ? error : domainErrorOf(error);
  return { code: known.code, message: known.message, details: known.details, cause };
}

function domainErrorOf(error: unknown): DomainError {
  const code = isSqliteError(error) ? error.code : '';
  const meaning = MEANINGS.find(([prefix]) => code.startsWith(prefix))?.[1];
  return meaning ?? new DomainError('INTERNAL', 'the lineage store failed');
}

export function errorOf({ code, message, details, cause }: Failure): DomainError {
  return new DomainError(code, message, { details, cause: new Error(cause) });
}

/** A commit under way got no answer, or a fault for one: nobody knows whether it is durable. */
export function outcomeUnknown(cause: unknown): DomainError {
  return new DomainError('UNAVAILABLE', 'the store did not answer whether the commit is durable', {
    details: { outcome: 'unknown' },
    cause,
  });
}
