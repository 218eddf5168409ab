import { Neo4jError } from 'neo4j-driver';
import { expect, test } from 'vitest';
import { isTimeout, translated } from './failures.ts';

/** As the driver makes it of what the server tells. */
function newError(message: string, code: string): Neo4jError {
  return new Neo4jError(message, code, '50N42', message);
}

const ADDRESS = 'bolt://127.0.0.1:7687';

test.each([
  ['Neo.ClientError.Transaction.TransactionTimedOut', 'UNAVAILABLE'],
  ['Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration', 'UNAVAILABLE'],
  // The server's text of this one speaks of a time that was longer than allowed.
  ['Neo.ClientError.Transaction.LockClientStopped', 'UNAVAILABLE'],
  ['Neo.TransientError.Transaction.DeadlockDetected', 'UNAVAILABLE'],
  ['Neo.ClientError.Security.Unauthorized', 'UNAVAILABLE'],
  ['Neo.ClientError.Schema.ConstraintValidationFailed', 'CONFLICT'],
  ['Neo.ClientError.Statement.SyntaxError', 'INTERNAL'],
])('%s is %s', (code, expected) => {
  const error = newError('the transaction ran longer than the limit', code);
  const own = code.includes('Syntax') ? newError('no such word', code) : error;
  expect(translated(own, ADDRESS).code).toBe(expected);
});

test('a transaction that is ended while it waits for a lock has taken too long', () => {
  const error = newError('stopped', 'Neo.ClientError.Transaction.LockClientStopped');
  expect(isTimeout(error)).toBe(true);
});

test('a value that no index takes is refused as such, without the value', () => {
  const error = newError('Property value is too large to index: secret', 'Neo.DatabaseError.X.Y');
  expect(translated(error, ADDRESS)).toMatchObject({ code: 'INVALID_INPUT' });
  expect(String(translated(error, ADDRESS).cause)).not.toContain('secret');
});
