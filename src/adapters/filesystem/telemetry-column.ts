import type { Value, ValueObject } from '../../domain/values/value.ts';

/** The values of one key in a block of rows. */
export interface Column {
  /** By row; NaN too where the value is no double, or where there is none. */
  readonly numbers: Float64Array;
  /** Values that are no doubles, by row. */
  readonly others: ReadonlyMap<number, Value> | null;
  /** 1 for each row that has the key; null when all have it. */
  readonly present: Uint8Array | null;
  /** True when every row has a finite number. */
  readonly isPlain: boolean;
}

/** A column whose rows all have a number, as they may be not finite all the same. */
export function numbersColumn(numbers: Float64Array): Column {
  return { numbers, others: null, present: null, isPlain: areFinite(numbers) };
}

/** A plain loop: a call for each number would take longer than reading them from the disk. */
function areFinite(numbers: Float64Array): boolean {
  for (let at = 0; at < numbers.length; at += 1) {
    if (!Number.isFinite(numbers[at])) return false;
  }
  return true;
}

/** Names of columns that no key of a row may take; such a key goes to the rest. */
export const LINE_COLUMN = '_line';
/** A line that is no JSON object, as it is. */
export const TEXT_COLUMN = '_text';
/** What of a row has no column of its own, as an object. */
export const REST_COLUMN = '_rest';
export const RESERVED_COLUMNS: ReadonlySet<string> = new Set([
  LINE_COLUMN,
  TEXT_COLUMN,
  REST_COLUMN,
]);

/** Deepest group within a row whose values are found by a name with dots. */
export const GROUP_DEPTH_MAX = 8;

/** Rows of some lines, in the order of their lines. */
export interface Block {
  readonly rows: number;
  lineOf(row: number): number;
  /** The column of this very name, of the reserved ones too. */
  own(name: string): Promise<Column | null>;
}

export function hasValue({ present }: Column, row: number): boolean {
  return present === null || present[row] === 1;
}

export function valueAt(column: Column, row: number): Value | undefined {
  if (!hasValue(column, row)) return undefined;
  const other = column.others?.get(row);
  return other === undefined ? (column.numbers[row] as number) : other;
}

/** A number under the key, however large; NaN when there is none. */
export function numberAt(column: Column, row: number): number {
  if (!hasValue(column, row)) return Number.NaN;
  const other = column.others?.get(row);
  if (other === undefined) return column.numbers[row] as number;
  return typeof other === 'bigint' ? Number(other) : Number.NaN;
}

export function isNumberAt(column: Column, row: number): boolean {
  if (!hasValue(column, row)) return false;
  const other = column.others?.get(row);
  return other === undefined || typeof other === 'bigint';
}

/** What the rows of a block have under a key: as their own, in the rest, or within groups. */
export async function columnOf(block: Block, key: string): Promise<Column | null> {
  const own = RESERVED_COLUMNS.has(key) ? null : await block.own(key);
  const rest = await block.own(REST_COLUMN);
  const found = [own, rest && derived(block.rows, rest, (row) => ownValue(row, key))];
  for (let dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
    const [group, path] = [key.slice(0, dot), key.slice(dot + 1)];
    const within = RESERVED_COLUMNS.has(group) ? null : await block.own(group);
    if (within) found.push(derived(block.rows, within, (value) => valueWithin(value, path, 1)));
    if (rest) {
      const value = (row: Value) => valueWithin(ownValue(row, group) ?? null, path, 1);
      found.push(derived(block.rows, rest, value));
    }
  }
  const columns = found.filter((column) => column !== null);
  return columns.length === 0 ? null : columns.reduce((first, second) => merged(first, second));
}

/** The value under a name with dots: whole, or further groups within. */
function valueWithin(group: Value, path: string, depth: number): Value | undefined {
  if (!isGroup(group) || depth > GROUP_DEPTH_MAX) return undefined;
  if (Object.hasOwn(group, path)) return group[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const below = ownValue(group, path.slice(0, dot));
    const value = valueWithin(below ?? null, path.slice(dot + 1), depth + 1);
    if (value !== undefined) return value;
  }
  return undefined;
}

function ownValue(row: Value, key: string): Value | undefined {
  return isObject(row) && Object.hasOwn(row, key) ? row[key] : undefined;
}

export function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Objects with a type are a client's own things, such as images, and no groups of values. */
export function isGroup(value: Value): value is ValueObject {
  return isObject(value) && !Object.hasOwn(value, '_type');
}

function derived(
  rows: number,
  { others }: Column,
  value: (of: Value) => Value | undefined,
): Column | null {
  const found = new Map<number, Value>();
  for (const [row, of] of others ?? []) {
    const within = value(of);
    if (within !== undefined) found.set(row, within);
  }
  return found.size === 0 ? null : columnOfValues(rows, found);
}

/** A column of values by their rows. */
export function columnOfValues(rows: number, values: ReadonlyMap<number, Value>): Column {
  const numbers = new Float64Array(rows).fill(Number.NaN);
  const present = new Uint8Array(rows);
  const others = new Map<number, Value>();
  for (const [row, value] of values) {
    present[row] = 1;
    if (typeof value === 'number') numbers[row] = value;
    else others.set(row, value);
  }
  return { numbers, others: others.size === 0 ? null : others, present, isPlain: false };
}

/** Both columns, where a row has both the first. */
function merged(first: Column, second: Column): Column {
  if (first.present === null) return first;
  const numbers = first.numbers.slice();
  const present = first.present.slice();
  const others = new Map(first.others);
  for (let row = 0; row < numbers.length; row += 1) {
    if (present[row] === 1 || !hasValue(second, row)) continue;
    present[row] = 1;
    numbers[row] = second.numbers[row] as number;
    const other = second.others?.get(row);
    if (other !== undefined) others.set(row, other);
  }
  return { numbers, others: others.size === 0 ? null : others, present, isPlain: false };
}
