import { DomainError } from '../domain/errors.ts';
import { compareText } from '../domain/lineage/graph-rows.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import { type Json, type JsonObject, readableValue } from '../domain/values/value.ts';

/** Most values within one object that are compared with those of another. */
export const VALUES_COMPARED_MAX = 50_000;

export type ComparedChange = 'ADDED' | 'REMOVED' | 'CHANGED';

/** A value that stands in one of two objects only, or differs between them. */
export interface ValueDifference {
  /** Where it stands: an RFC 6901 JSON pointer. */
  readonly path: string;
  readonly change: ComparedChange;
  /** Encoded values; undefined where there is none. */
  readonly a: Json | undefined;
  readonly b: Json | undefined;
}

export interface ValueComparison<D extends ValueDifference = ValueDifference> {
  /** In the order of their paths. */
  readonly differences: readonly D[];
  /** How many values are the same in both. */
  readonly equalCount: number;
}

/**
 * The values within an object by the JSON pointers that lead to them. Objects and lists are taken
 * apart; one that is empty is a value of its own, since it differs from none at all.
 */
export function flattenValues(object: JsonObject): Map<string, Json> {
  const values = new Map<string, Json>();
  const visit = (value: Json, path: string): void => {
    const inner = partsOf(value);
    if (inner.length === 0) values.set(path, value);
    for (const [key, item] of inner) visit(item, `${path}/${escaped(key)}`);
    if (values.size > VALUES_COMPARED_MAX) throw tooMany();
  };
  for (const [key, item] of Object.entries(object)) visit(item, `/${escaped(key)}`);
  return values;
}

export function compareValues(a: JsonObject, b: JsonObject): ValueComparison {
  return compareFlat(flattenValues(a), flattenValues(b));
}

export function compareFlat(
  a: ReadonlyMap<string, Json>,
  b: ReadonlyMap<string, Json>,
): ValueComparison {
  const differences: ValueDifference[] = [];
  let equalCount = 0;
  for (const path of [...new Set([...a.keys(), ...b.keys()])].sort(compareText)) {
    const [before, after] = [a.get(path), b.get(path)];
    if (isSameValue(before, after)) equalCount += 1;
    else differences.push({ path, change: changeOf(before, after), a: before, b: after });
  }
  return { differences, equalCount };
}

export function changeOf(a: unknown, b: unknown): ComparedChange {
  if (a === undefined) return 'ADDED';
  return b === undefined ? 'REMOVED' : 'CHANGED';
}

/** Values are compared as they are encoded, so that -0, NaN and large integers are told apart. */
export function isSameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || canonicalJson(a) === canonicalJson(b);
}

function partsOf(value: Json): ReadonlyArray<readonly [string, Json]> {
  return value !== null && typeof value === 'object' ? Object.entries(value as JsonObject) : [];
}

/** A name within a JSON pointer, as readers see the name. */
function escaped(key: string): string {
  return String(readableValue(key)).replaceAll('~', '~0').replaceAll('/', '~1');
}

function tooMany(): DomainError {
  const text = `more than ${VALUES_COMPARED_MAX} values are not compared at once`;
  return new DomainError('LIMIT_EXCEEDED', text);
}
