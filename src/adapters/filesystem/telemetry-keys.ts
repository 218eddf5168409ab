import { encodeValue, type Json, type Value } from '../../domain/values/value.ts';
import type { KeySummary, ValueType } from '../../ports/telemetry-columns.ts';
import {
  type Column,
  GROUP_DEPTH_MAX,
  hasValue,
  isGroup,
  isObject,
  numberAt,
  REST_COLUMN,
  TEXT_COLUMN,
  valueAt,
} from './telemetry-column.ts';
import type { TelemetryTable } from './telemetry-table.ts';

/** Longest value that is repeated as the last one of a key, in characters. */
const LAST_TEXT_MAX = 256;
/** Most names of numbers within groups that one block lists. */
const NESTED_MAX = 4_096;
/** The key of a row's step. */
export const STEP_KEY = '_step';

/** What a block of rows has under its keys, in a form that JSON holds. */
export interface BlockKeys {
  readonly keys: readonly CountedKey[];
  readonly nested: readonly string[];
  /** The lowest and the highest step; null when no row has one. */
  readonly steps: readonly [number, number] | null;
}

/** `last` is an encoded value. */
export interface CountedKey extends Omit<KeySummary, 'last'> {
  readonly last: Json;
}

type Counting = { -readonly [K in keyof CountedKey]: CountedKey[K] } & {
  readonly counts: Partial<Record<ValueType, number>>;
};

export function keysOf(table: TelemetryTable): BlockKeys {
  const keys = new Map<string, Counting>();
  const nested = new Set<string>();
  for (const name of table.names) {
    const column = table.columnNow(name);
    if (column === null || name === TEXT_COLUMN) continue;
    if (name === REST_COLUMN) countRest(column, keys, nested);
    else keys.set(name, counted(name, column, nested));
  }
  return { keys: [...keys.values()], nested: [...nested], steps: stepsOf(table) };
}

function counted(key: string, column: Column, nested: Set<string>): Counting {
  const counts: Partial<Record<ValueType, number>> = {};
  let last = -1;
  let numbers = 0;
  for (let row = 0; row < column.numbers.length; row += 1) {
    if (!hasValue(column, row)) continue;
    last = row;
    numbers += 1;
  }
  for (const value of column.others?.values() ?? []) {
    numbers -= 1;
    const type = typeOf(value);
    counts[type] = (counts[type] ?? 0) + 1;
    noteNested(nested, { name: key, value, depth: 0 });
  }
  if (numbers > 0) counts.number = (counts.number ?? 0) + numbers;
  return { key, counts, last: shortValue(valueAt(column, last) ?? null) };
}

/** Objects of what has no column of its own, in the order of their rows. */
function countRest({ others }: Column, keys: Map<string, Counting>, nested: Set<string>): void {
  const rows = [...(others ?? [])].sort(([a], [b]) => a - b);
  for (const [, rest] of rows) {
    for (const [key, value] of Object.entries(isObject(rest) ? rest : {})) {
      const known = keys.get(key) ?? { key, counts: {}, last: null };
      const type = typeOf(value);
      known.counts[type] = (known.counts[type] ?? 0) + 1;
      known.last = shortValue(value);
      noteNested(nested, { name: key, value, depth: 0 });
      keys.set(key, known);
    }
  }
}

interface Place {
  readonly name: string;
  readonly value: Value;
  readonly depth: number;
}

function noteNested(nested: Set<string>, { name, value, depth }: Place): void {
  if (!isGroup(value) || depth >= GROUP_DEPTH_MAX) return;
  for (const [key, item] of Object.entries(value)) {
    if (nested.size >= NESTED_MAX) return;
    const path = `${name}.${key}`;
    if (typeof item === 'number' || typeof item === 'bigint') nested.add(path);
    else noteNested(nested, { name: path, value: item, depth: depth + 1 });
  }
}

function stepsOf(table: TelemetryTable): readonly [number, number] | null {
  const column = table.columnNow(STEP_KEY);
  if (column === null) return null;
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < table.rows; row += 1) {
    const step = numberAt(column, row);
    if (!Number.isFinite(step)) continue;
    lowest = Math.min(lowest, step);
    highest = Math.max(highest, step);
  }
  return lowest <= highest ? [lowest, highest] : null;
}

function shortValue(value: Value): Json {
  if (typeof value === 'object') return null;
  if (typeof value === 'string' && value.length > LAST_TEXT_MAX) return null;
  return encodeValue(value);
}

function typeOf(value: Value): ValueType {
  if (value === null) return 'nil';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'string') return 'string';
  return typeof value === 'boolean' ? 'bool' : 'number';
}
