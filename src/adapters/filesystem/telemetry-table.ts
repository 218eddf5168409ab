import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import { hasLoneSurrogate } from '../../domain/values/text.ts';
import type { Value, ValueObject } from '../../domain/values/value.ts';
import {
  type Block,
  type Column,
  isObject,
  numbersColumn,
  RESERVED_COLUMNS,
  REST_COLUMN,
  TEXT_COLUMN,
} from './telemetry-column.ts';
import { STRETCH_LINES } from './telemetry-index.ts';

/** Lines too wide for one table are halved, but into no fewer than these. */
export const TABLE_LINES_MIN = 64;
/** Most numbers that a table holds; lines with more are cut into several. */
export const TABLE_CELLS_MAX = 4 * 1024 * 1024;
/** Most characters of values that are no numbers. */
export const TABLE_TEXT_MAX = 32 * 1024 * 1024;
/** Most columns of a table; what else its rows hold goes to the rest. */
export const TABLE_KEYS_MAX = 4_096;
/** Longest name of a column, in characters; a longer key goes to the rest. */
export const COLUMN_NAME_MAX = 1_024;

const CELLS_FIRST = 64;
/** What a value that is no number and no text counts, in characters. */
const SMALL_VALUE_TEXT = 16;
const CONTROL = /[\u0000-\u001f]/;

/** The values of one key as they come, by the offset of their line. */
class Cells {
  offsets = new Uint16Array(CELLS_FIRST);
  values = new Float64Array(CELLS_FIRST);
  count = 0;
  others: Map<number, Value> | null = null;

  add(offset: number, value: number): void {
    if (this.count === this.offsets.length) this.#grow();
    this.offsets[this.count] = offset;
    this.values[this.count] = value;
    this.count += 1;
  }

  addOther(offset: number, value: Value): void {
    this.others ??= new Map();
    this.others.set(offset, value);
  }

  #grow(): void {
    const [offsets, values] = [this.offsets, this.values];
    this.offsets = new Uint16Array(offsets.length * 2);
    this.values = new Float64Array(values.length * 2);
    this.offsets.set(offsets);
    this.values.set(values);
  }
}

/** Lines of one stretch of a stream, parsed, with their values by key. */
export class TelemetryTable implements Block {
  readonly from: number;
  readonly #written = new Uint8Array(STRETCH_LINES);
  readonly #columns = new Map<string, Cells>();
  /** What the reserved columns hold. */
  readonly #beside = new Map<string, Cells>();
  #rowOf: Int32Array | null = null;
  #lines: number[] = [];
  #cells = 0;
  #text = 0;
  rows = 0;

  /** `from` is the first line that may be added; the last is STRETCH_LINES - 1 behind it. */
  constructor(from: number) {
    this.from = from;
  }

  get isTooWide(): boolean {
    return this.#cells > TABLE_CELLS_MAX || this.#text > TABLE_TEXT_MAX;
  }

  /** About what it takes in memory, in bytes. */
  get weight(): number {
    return 12 * this.#cells + 4 * this.#text + 8 * STRETCH_LINES;
  }

  /** Every column that has a value, the reserved ones last. */
  get names(): string[] {
    return [...this.#columns.keys(), ...this.#beside.keys()];
  }

  has(line: number): boolean {
    return this.#written[line - this.from] === 1;
  }

  /** Takes a line that it does not have yet. */
  add(line: number, text: string): void {
    const offset = line - this.from;
    this.#written[offset] = 1;
    this.#rowOf = null;
    this.rows += 1;
    const row = rowOf(text);
    if (row === null) {
      this.#text += text.length;
      this.#besideOf(TEXT_COLUMN).addOther(offset, text);
      return;
    }
    let rest: Record<string, Value> | null = null;
    for (const key of Object.keys(row)) {
      const value = row[key] as Value;
      const cells = this.#columns.get(key) ?? this.#begun(key);
      if (cells === null) {
        rest ??= Object.create(null) as Record<string, Value>;
        rest[key] = value;
      } else if (typeof value === 'number') {
        cells.add(offset, value);
        this.#cells += 1;
      } else {
        cells.addOther(offset, value);
        this.#text += typeof value === 'string' ? value.length : SMALL_VALUE_TEXT;
        if (typeof value === 'object' && value !== null) this.#text += text.length;
      }
    }
    if (rest === null) return;
    this.#text += text.length;
    this.#besideOf(REST_COLUMN).addOther(offset, Object.fromEntries(Object.entries(rest)));
  }

  lineOf(row: number): number {
    this.#index();
    return this.#lines[row] as number;
  }

  async own(name: string): Promise<Column | null> {
    return this.columnNow(name);
  }

  columnNow(name: string): Column | null {
    const cells = this.#columns.get(name) ?? this.#beside.get(name);
    if (cells === undefined) return null;
    const rowOfOffset = this.#index();
    const numbers = new Float64Array(this.rows).fill(Number.NaN);
    const present = new Uint8Array(this.rows);
    const others = new Map<number, Value>();
    for (let at = 0; at < cells.count; at += 1) {
      const row = rowOfOffset[cells.offsets[at] as number] as number;
      numbers[row] = cells.values[at] as number;
      present[row] = 1;
    }
    for (const [offset, value] of cells.others ?? []) {
      const row = rowOfOffset[offset] as number;
      others.set(row, value);
      present[row] = 1;
    }
    if (cells.count === this.rows) return numbersColumn(numbers);
    const whole = cells.count + others.size === this.rows;
    const beside = others.size > 0 ? others : null;
    return { numbers, others: beside, present: whole ? null : present, isPlain: false };
  }

  #begun(key: string): Cells | null {
    if (this.#columns.size >= TABLE_KEYS_MAX || !isColumnName(key)) return null;
    const cells = new Cells();
    this.#columns.set(key, cells);
    return cells;
  }

  #besideOf(name: string): Cells {
    const cells = this.#beside.get(name) ?? new Cells();
    this.#beside.set(name, cells);
    return cells;
  }

  #index(): Int32Array {
    if (this.#rowOf !== null) return this.#rowOf;
    const rowOfOffset = new Int32Array(STRETCH_LINES);
    const lines: number[] = [];
    for (let offset = 0; offset < STRETCH_LINES; offset += 1) {
      rowOfOffset[offset] = lines.length;
      if (this.#written[offset] === 1) lines.push(this.from + offset);
    }
    this.#lines = lines;
    this.#rowOf = rowOfOffset;
    return rowOfOffset;
  }
}

/** A line that holds no JSON object has no keys. */
function rowOf(text: string): ValueObject | null {
  try {
    const value = parseLosslessJson(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Names that other readers of Parquet take without harm, and that lose nothing as UTF-8. */
function isColumnName(key: string): boolean {
  const fits = key.length > 0 && key.length <= COLUMN_NAME_MAX;
  return fits && !RESERVED_COLUMNS.has(key) && !CONTROL.test(key) && !hasLoneSurrogate(key);
}
