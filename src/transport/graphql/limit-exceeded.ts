import { DomainError } from '../../domain/errors.ts';

/** A document was not read to its end, because it holds more of something than is taken. */
export function limitExceeded(what: string, max: number): DomainError {
  return new DomainError('LIMIT_EXCEEDED', `the document has more than ${max} ${what}`);
}

/** The same where it is known how many there are. */
export function countExceeded(what: string, count: number, max: number): DomainError {
  return new DomainError(
    'LIMIT_EXCEEDED',
    `the document has ${count} ${what}, at most ${max} are taken`,
  );
}
