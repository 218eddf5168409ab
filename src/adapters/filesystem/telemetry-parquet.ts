import { crc32 } from 'node:zlib';
import {
  ByteWriter,
  type ColumnSource,
  ParquetWriter,
  schemaFromColumnData,
} from 'hyparquet-writer';
import { encodeValue } from '../../domain/values/value.ts';
import { type Column, hasValue, LINE_COLUMN, valueAt } from './telemetry-column.ts';
import { type BlockKeys, keysOf, STEP_KEY } from './telemetry-keys.ts';
import type { TelemetryTable } from './telemetry-table.ts';

/** Key of the segment's index in the metadata of its Parquet file. */
export const INDEX_KEY = 'ledgerline.segment';
const CREATED_BY = 'ledgerline';

/** DOUBLE; BOOLEAN; UTF8 that holds the JSON of encoded values; INT64. */
export type ColumnKind = 'number' | 'bool' | 'json' | 'line';

/** Where in the file a column is: its pages lie together and are checked before they are read. */
export interface ColumnPlace {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

/** What a Parquet file of a segment says of itself, as JSON under INDEX_KEY. */
export interface SegmentIndex extends BlockKeys {
  readonly v: 1;
  /** Lines `from` (inclusive) to `to` (exclusive). */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Length of the log that it was made from, in bytes. */
  readonly logBytes: number;
  readonly columns: readonly ColumnPlace[];
}

export interface SegmentBytes {
  readonly bytes: Uint8Array;
  readonly index: SegmentIndex;
  /** Where the index is in the file, so that it is read without the rest of the footer. */
  readonly indexPlace: { readonly offset: number; readonly bytes: number; readonly crc: number };
}

/** Writes a table as a Parquet file: a row for each line, a column for each key. */
export function parquetOf(
  table: TelemetryTable,
  range: Pick<SegmentIndex, 'from' | 'to' | 'logBytes'>,
): SegmentBytes {
  const sources = [lineSource(table), ...table.names.map((name) => sourceOf(table, name))];
  const writer = new ByteWriter(8 * table.rows * sources.length);
  const schema = schemaFromColumnData({ columnData: sources.map(({ source }) => source) });
  const kvMetadata: { key: string; value: string }[] = [];
  const parquet = new ParquetWriter({
    ...{ writer, schema, kvMetadata, createdBy: CREATED_BY },
    ...{ codec: 'UNCOMPRESSED', statistics: false },
  });
  const columnData = sources.map(({ source }) => source);
  // One group and one page a column: what is read of a column is read at once.
  parquet.write({ columnData, rowGroupSize: table.rows, pageSize: 0 });
  const chunks = parquet.row_groups[0]?.columns ?? [];
  const columns = sources.map(({ source: { name }, kind }, at): ColumnPlace => {
    const meta = chunks[at]?.meta_data;
    const offset = Number(meta?.dictionary_page_offset ?? meta?.data_page_offset);
    const bytes = Number(meta?.total_compressed_size);
    const crc = crc32(Buffer.from(writer.buffer, offset, bytes));
    return { name, kind, offset, bytes, crc };
  });
  const index: SegmentIndex = { v: 1, ...range, rows: table.rows, ...keysOf(table), columns };
  const text = JSON.stringify(index);
  kvMetadata.push({ key: INDEX_KEY, value: text });
  const footer = writer.offset;
  parquet.finish();
  const bytes = writer.getBytes();
  const json = Buffer.from(text);
  const offset = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(
    json,
    footer,
  );
  return { bytes, index, indexPlace: { offset, bytes: json.byteLength, crc: crc32(json) } };
}

interface Source {
  readonly source: ColumnSource;
  readonly kind: ColumnKind;
}

function lineSource(table: TelemetryTable): Source {
  const data = BigInt64Array.from({ length: table.rows }, (_, row) => BigInt(table.lineOf(row)));
  const type = { type: 'INT64', nullable: false, encoding: 'PLAIN', statistics: true } as const;
  return { source: { name: LINE_COLUMN, data, ...type }, kind: 'line' };
}

function sourceOf(table: TelemetryTable, name: string): Source {
  const column = table.columnNow(name) as Column;
  const kind = kindOf(column);
  const data = dataOf(column, kind);
  switch (kind) {
    case 'number': {
      const statistics = name === STEP_KEY;
      return { source: { name, data, type: 'DOUBLE', encoding: 'PLAIN', statistics }, kind };
    }
    case 'bool':
      return { source: { name, data, type: 'BOOLEAN' }, kind };
    default:
      return { source: { name, data, type: 'STRING', codec: 'SNAPPY' }, kind };
  }
}

function kindOf({ numbers, others, present }: Column): ColumnKind {
  if (others === null) return 'number';
  const values = present === null ? numbers.length : present.reduce((sum, one) => sum + one, 0);
  const booleans = [...others.values()].every((value) => typeof value === 'boolean');
  return booleans && others.size === values ? 'bool' : 'json';
}

function dataOf(column: Column, kind: ColumnKind): Float64Array | unknown[] {
  if (kind === 'number' && column.present === null) return column.numbers;
  const data: unknown[] = new Array(column.numbers.length).fill(null);
  for (let row = 0; row < data.length; row += 1) {
    if (!hasValue(column, row)) continue;
    const value = valueAt(column, row) ?? null;
    data[row] = kind === 'json' ? JSON.stringify(encodeValue(value)) : value;
  }
  return data;
}
