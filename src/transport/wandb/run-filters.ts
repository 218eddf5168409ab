import { invalidInput } from '../../domain/errors.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import type { Value, ValueObject } from '../../domain/values/value.ts';
import { isValueObject, jsonTextOf } from './json-text.ts';
import { textPattern } from './text-pattern.ts';

/** Longest text of filters, in characters. */
export const FILTERS_LENGTH_MAX = 64 * 1024;
/** Most conditions of one filter. */
export const CONDITIONS_MAX = 1_000;

/** A value of what is filtered by its key; undefined when it has none. */
export type Lookup = (key: string) => Value | undefined;
export type Filter = (lookup: Lookup) => boolean;

/** Reads the MongoDB-like JSON that the public API sends; no text lets everything through. */
export function parseFilters(text: string | null | undefined): Filter {
  if (!text) return () => true;
  if (text.length > FILTERS_LENGTH_MAX) {
    throw invalidInput(`filters have at most ${FILTERS_LENGTH_MAX} characters`);
  }
  const budget = { left: CONDITIONS_MAX };
  return group(parseLosslessJson(text), budget);
}

/** Keys that a filter's text may name begin with this word; a cheap look before the work. */
export function mentions(text: string | null | undefined, word: string): boolean {
  return text?.includes(word) ?? false;
}

interface Budget {
  left: number;
}

/** An object of keys and operators, all of which must hold. */
function group(value: Value, budget: Budget): Filter {
  if (!isValueObject(value)) throw invalidInput('a filter is a JSON object');
  const parts = Object.entries(value).map(([key, asked]) => part(key, asked, budget));
  return (lookup) => parts.every((holds) => holds(lookup));
}

function part(key: string, asked: Value, budget: Budget): Filter {
  spend(budget);
  switch (key) {
    case '$and':
      return all(list(key, asked).map((each) => group(each, budget)));
    case '$or':
      return any(list(key, asked).map((each) => group(each, budget)));
    case '$nor': {
      const holds = any(list(key, asked).map((each) => group(each, budget)));
      return (lookup) => !holds(lookup);
    }
    case '$not': {
      const holds = group(asked, budget);
      return (lookup) => !holds(lookup);
    }
    default:
      if (key.startsWith('$')) throw unknownOperator(key);
      return condition(key, asked, budget);
  }
}

function condition(key: string, asked: Value, budget: Budget): Filter {
  const test = testOf(asked, budget);
  return (lookup) => test(lookup(key));
}

type Test = (value: Value | undefined) => boolean;

function spend(budget: Budget): void {
  budget.left -= 1;
  if (budget.left < 0) throw invalidInput(`a filter has at most ${CONDITIONS_MAX} conditions`);
}

function testOf(asked: Value, budget: Budget): Test {
  spend(budget);
  if (!isValueObject(asked) || !Object.keys(asked).some((key) => key.startsWith('$'))) {
    return (value) => equals(value, asked);
  }
  const tests = Object.entries(asked).map(([operator, operand]) =>
    testFor(operator, operand, budget),
  );
  return (value) => tests.every((test) => test(value));
}

function testFor(operator: string, operand: Value, budget: Budget): Test {
  switch (operator) {
    case '$eq':
      return (value) => equals(value, operand);
    case '$ne':
      return (value) => !equals(value, operand);
    case '$gt':
      return (value) => compare(value, operand, (order) => order > 0);
    case '$gte':
      return (value) => compare(value, operand, (order) => order >= 0);
    case '$lt':
      return (value) => compare(value, operand, (order) => order < 0);
    case '$lte':
      return (value) => compare(value, operand, (order) => order <= 0);
    case '$in': {
      const values = list(operator, operand);
      return (value) => values.some((each) => equals(value, each));
    }
    case '$nin': {
      const values = list(operator, operand);
      return (value) => !values.some((each) => equals(value, each));
    }
    case '$exists':
      return (value) => (value !== undefined) === (operand !== false);
    case '$not': {
      const test = testOf(operand, budget);
      return (value) => !test(value);
    }
    case '$regex': {
      if (typeof operand !== 'string') throw invalidInput('$regex takes a text');
      const matches = textPattern(operand);
      return (value) => texts(value).some(matches);
    }
    default:
      throw unknownOperator(operator);
  }
}

/** Of a list, one entry that is equal is enough, as tags are asked for. Null means absent. */
function equals(value: Value | undefined, asked: Value): boolean {
  if (asked === null) return value === undefined || value === null;
  if (value === undefined) return false;
  if (jsonTextOf(value) === jsonTextOf(asked)) return true;
  return Array.isArray(value) && value.some((each: Value) => equals(each, asked));
}

function compare(
  value: Value | undefined,
  asked: Value,
  accepts: (order: number) => boolean,
): boolean {
  if (value === undefined || value === null || asked === null) return false;
  const numeric = isNumber(value) && isNumber(asked);
  if (!numeric && !(typeof value === 'string' && typeof asked === 'string')) return false;
  if (value < asked) return accepts(-1);
  if (value > asked) return accepts(1);
  return value === asked || Number(value) === Number(asked) ? accepts(0) : false;
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function texts(value: Value | undefined): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function list(operator: string, value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  throw invalidInput(`${operator} takes a list`);
}

function all(filters: readonly Filter[]): Filter {
  return (lookup) => filters.every((holds) => holds(lookup));
}

function any(filters: readonly Filter[]): Filter {
  return (lookup) => filters.some((holds) => holds(lookup));
}

function unknownOperator(operator: string): Error {
  return invalidInput(`filters do not know the operator ${operator.slice(0, 40)}`);
}

/**
 * The value at a dotted path, where a key may hold dots itself and where the SDK's wrapping
 * `value` may stand behind the first key: `lr`, `lr.value`, `net.depth`, `net.value.depth`.
 */
export function valueAtPath(object: ValueObject, path: string): Value | undefined {
  const direct = descend(object, path.split('.'));
  if (direct !== undefined) return direct;
  const [first, second, ...rest] = path.split('.');
  if (second !== 'value') return undefined;
  return descend(object, [first as string, ...rest]);
}

function descend(value: Value | undefined, segments: readonly string[]): Value | undefined {
  if (segments.length === 0) return value;
  if (!isValueObject(value)) return undefined;
  for (let count = segments.length; count > 0; count -= 1) {
    const key = segments.slice(0, count).join('.');
    if (!Object.hasOwn(value, key)) continue;
    const found = descend(value[key], segments.slice(count));
    if (found !== undefined) return found;
  }
  return undefined;
}
