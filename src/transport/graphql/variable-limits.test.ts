import { expect, test } from 'vitest';
import { checkVariables } from './variable-limits.ts';

const TOO_MANY = 'the variables have more than 40000 values';
const ones = (count: number) => Array.from({ length: count }, () => 1);

test('forty thousand values pass and one more does not, however they are arranged', () => {
  const rows = (count: number) => Array.from({ length: count }, () => ({ a: [1], b: {} }));
  expect(() => checkVariables({ rows: rows(9_999) })).not.toThrow();
  expect(() => checkVariables({ rows: rows(10_000) })).toThrow(TOO_MANY);
  const lists = { a: ones(9_999), b: ones(9_999), c: ones(9_999), d: ones(9_999) };
  expect(() => checkVariables(lists)).not.toThrow();
  expect(() => checkVariables({ ...lists, e: [] })).toThrow(TOO_MANY);
});

test('a list of ten thousand values passes and one more does not', () => {
  expect(() => checkVariables({ a: ones(10_000) })).not.toThrow();
  expect(() => checkVariables({ a: { b: ones(10_001) } })).toThrow(
    'the variables have a list of 10001 values, at most 10000 are taken',
  );
});

test.each([undefined, null, '{"a": 1}', 7, {}, []])('nothing to count in %j', (variables) => {
  expect(() => checkVariables(variables)).not.toThrow();
});
