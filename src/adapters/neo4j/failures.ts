import { Neo4jError } from 'neo4j-driver';
import { DomainError, isDomainError } from '../../domain/errors.ts';

const UNREACHABLE = ['ServiceUnavailable', 'SessionExpired'];
const SECURITY = 'Neo.ClientError.Security.';
const CONSTRAINT = 'Neo.ClientError.Schema.ConstraintValidationFailed';
const TOO_LARGE = /too (large|long) (for|to)|exceeds? .*(index|limit)|longer than/i;

/** What the driver's errors mean to callers. Messages of the driver stay in the cause. */
export function translated(error: unknown, address: string): DomainError {
  if (isDomainError(error)) return error;
  const cause = causeOf(error);
  const code = error instanceof Neo4jError ? error.code : '';
  const fault = (kind: DomainError['code'], message: string) =>
    new DomainError(kind, message, { cause });
  if (UNREACHABLE.includes(code)) {
    return fault('UNAVAILABLE', `Neo4j cannot be reached at ${address}`);
  }
  if (code.startsWith(SECURITY)) {
    return fault('UNAVAILABLE', `Neo4j at ${address} refuses the user name or the password`);
  }
  if (code === CONSTRAINT) return fault('CONFLICT', 'the lineage store holds such a row already');
  if (isTimeout(error)) {
    return fault('UNAVAILABLE', 'Neo4j ended a transaction that took too long');
  }
  if (code.startsWith('Neo.TransientError.')) {
    return fault('UNAVAILABLE', `Neo4j at ${address} cannot take this now`);
  }
  if (error instanceof Neo4jError && TOO_LARGE.test(error.message)) {
    return fault('INVALID_INPUT', 'a value is too large for the store');
  }
  return fault('INTERNAL', 'the lineage store failed');
}

/** A transaction that was ended while it waited for a lock is told of by the lock's client. */
export function isTimeout(error: unknown): boolean {
  const codes = /TransactionTimedOut|Terminated|LockClientStopped/;
  return error instanceof Neo4jError && codes.test(error.code);
}

/** Whether the same may be tried again, given that nothing was committed. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Neo4jError)) return false;
  return UNREACHABLE.includes(error.code) || error.code.startsWith('Neo.TransientError.');
}

/**
 * A commit that the server refused by name was rolled back. Any other end of one, or none in
 * time, says nothing about what is on the disk.
 */
export function isCommitRefused(error: unknown): boolean {
  return error instanceof Neo4jError && /^Neo\.(ClientError|TransientError)\./.test(error.code);
}

/** A commit under way got no answer, or a fault for one: nobody knows whether it is durable. */
export function outcomeUnknown(cause: unknown): DomainError {
  return new DomainError('UNAVAILABLE', 'Neo4j did not answer whether the commit is durable', {
    details: { outcome: 'unknown' },
    cause: causeOf(cause),
  });
}

/** Violated constraints are told with the values that violate them, which may be private. */
function causeOf(error: unknown): unknown {
  if (!(error instanceof Neo4jError)) return error;
  if (error.code === CONSTRAINT || TOO_LARGE.test(error.message)) return new Error(error.code);
  return new Error(`${error.code}: ${error.message}`);
}
