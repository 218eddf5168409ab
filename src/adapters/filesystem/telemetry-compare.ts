import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadataAsync } from 'hyparquet';
import { encodeValue, type Value } from '../../domain/values/value.ts';
import { type Column, LINE_COLUMN, numbersColumn, valueAt } from './telemetry-column.ts';
import type { SegmentEntry } from './telemetry-manifest.ts';
import { INDEX_KEY, type SegmentIndex } from './telemetry-parquet.ts';
import type { Input } from './telemetry-protocol.ts';
import { fillTable, withFile } from './telemetry-reader.ts';
import { fileBuffer, readValues } from './telemetry-segment.ts';
import { TelemetryTable } from './telemetry-table.ts';

/** Longest value that a difference repeats, in characters. */
const SHOWN_VALUE_MAX = 80;

/**
 * Compares a Parquet file, read as any reader of Parquet does, with the lines of the log that it
 * was made from. Tells the first difference in words, or null when there is none.
 */
export async function compareSegment(input: Input<'compare'>): Promise<string | null> {
  const { folder, segment } = input;
  const bytes = bytesOf(folder, segment);
  if (typeof bytes === 'string') return bytes;
  const table = new TelemetryTable(segment.from);
  withFile(input.log, (file) => fillTable(file, input.loose, table));
  const difference = await firstDifference(folder, segment, table).catch((error: unknown) =>
    unreadable(segment, error),
  );
  if (difference !== null) return difference;
  const digest = createHash('sha256').update(bytes).digest('hex');
  return digest === segment.sha256 ? null : `${segment.file} has another SHA-256 than when made`;
}

/** In words why there are none, as of a file that is gone. */
function bytesOf(folder: string, segment: SegmentEntry): Buffer | string {
  try {
    return readFileSync(join(folder, segment.file));
  } catch (error) {
    return unreadable(segment, error);
  }
}

function unreadable({ file }: SegmentEntry, error: unknown): string {
  return `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

async function firstDifference(
  folder: string,
  segment: SegmentEntry,
  table: TelemetryTable,
): Promise<string | null> {
  const file = fileBuffer(folder, segment);
  const metadata = await parquetMetadataAsync(file);
  const text = metadata.key_value_metadata?.find(({ key }) => key === INDEX_KEY)?.value;
  const { columns } = JSON.parse(text ?? '') as SegmentIndex;
  const named = new Set(columns.map(({ name }) => name));
  const absent = table.names.find((name) => !named.has(name));
  if (absent !== undefined) return `${segment.file} has no column for the key ${absent}`;
  let first: Difference | null = null;
  for (const { name, kind } of columns) {
    const found = await readValues(file, metadata, { name, kind });
    const difference = differenceIn({ name, found, table });
    if (difference !== null && (first === null || difference.row < first.row)) first = difference;
  }
  if (first === null) return null;
  const { row, name, logged, kept } = first;
  return (
    `line ${table.lineOf(row)}, ${name}: the log has ${shown(logged)}, ` +
    `${segment.file} has ${shown(kept)}`
  );
}

interface Difference {
  readonly row: number;
  readonly name: string;
  readonly logged: Value | undefined;
  readonly kept: Value | undefined;
}

interface Compared {
  readonly name: string;
  readonly found: ReadonlyMap<number, Value>;
  readonly table: TelemetryTable;
}

function differenceIn({ name, found, table }: Compared): Difference | null {
  const column = name === LINE_COLUMN ? lineColumn(table) : table.columnNow(name);
  const rows = Math.max(table.rows, ...[...found.keys()].slice(-1).map((row) => row + 1));
  for (let row = 0; row < rows; row += 1) {
    const logged = column === null || row >= table.rows ? undefined : valueAt(column, row);
    const raw = found.get(row);
    const kept = name === LINE_COLUMN && typeof raw === 'bigint' ? Number(raw) : raw;
    if (!isSame(logged, kept)) return { row, name, logged, kept };
  }
  return null;
}

function lineColumn(table: TelemetryTable): Column {
  const numbers = Float64Array.from({ length: table.rows }, (_, row) => table.lineOf(row));
  return numbersColumn(numbers);
}

function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  return JSON.stringify(encodeValue(one)) === JSON.stringify(encodeValue(other));
}

function shown(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(encodeValue(value));
  return text.length > SHOWN_VALUE_MAX ? `${text.slice(0, SHOWN_VALUE_MAX)}…` : text;
}
