import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { decodeValue, type Json, type Value } from '../../domain/values/value.ts';
import {
  type Block,
  type Column,
  columnOfValues,
  LINE_COLUMN,
  numbersColumn,
} from './telemetry-column.ts';
import type { SegmentEntry } from './telemetry-manifest.ts';
import type { ColumnPlace, SegmentIndex } from './telemetry-parquet.ts';

/** A file of columns that is not what its manifest says. */
export class SegmentFault extends Error {
  readonly file: string;

  constructor(file: string, fault: string, cause?: unknown) {
    super(`${file}: ${fault}`, { cause });
    this.file = file;
  }
}

/** The rows of one Parquet file. Each column's bytes are checked before they are believed. */
export class SegmentBlock implements Block {
  readonly #folder: string;
  readonly #entry: SegmentEntry;
  readonly #places: ReadonlyMap<string, ColumnPlace>;
  readonly index: SegmentIndex;
  #lines: Float64Array | null = null;
  #metadata: Promise<FileMetaData> | null = null;

  private constructor(folder: string, entry: SegmentEntry, index: SegmentIndex) {
    this.#folder = folder;
    this.#entry = entry;
    this.index = index;
    this.#places = new Map(index.columns.map((place) => [place.name, place]));
  }

  static open(folder: string, entry: SegmentEntry): SegmentBlock {
    const index = withFile(folder, entry, (file) => readIndex(file, entry));
    const block = new SegmentBlock(folder, entry, index);
    const isGapless = index.rows === index.to - index.from;
    if (!isGapless) block.#lines = block.#doubles(block.#placeOf(LINE_COLUMN)).numbers;
    return block;
  }

  get rows(): number {
    return this.index.rows;
  }

  lineOf(row: number): number {
    return this.#lines === null ? this.index.from + row : (this.#lines[row] as number);
  }

  async own(name: string): Promise<Column | null> {
    const place = this.#places.get(name);
    if (place === undefined) return null;
    return place.kind === 'number' || place.kind === 'line'
      ? this.#doubles(place)
      : this.#decoded(place);
  }

  #placeOf(name: string): ColumnPlace {
    const place = this.#places.get(name);
    if (place === undefined) throw new SegmentFault(this.#entry.file, `no column ${name}`);
    return place;
  }

  /** The plain pages that this hub writes, without a general reader's detours. */
  #doubles(place: ColumnPlace): Column {
    const bytes = this.#bytesOf(place);
    try {
      return plainColumn(bytes, this.rows, place);
    } catch (cause) {
      throw new SegmentFault(this.#entry.file, `column ${place.name} is no plain page`, cause);
    }
  }

  async #decoded(place: ColumnPlace): Promise<Column> {
    this.#bytesOf(place);
    try {
      const file = this.#buffer();
      const { parquetMetadataAsync } = await import('hyparquet');
      this.#metadata ??= parquetMetadataAsync(file);
      return columnOfValues(this.rows, await readValues(file, await this.#metadata, place));
    } catch (cause) {
      this.#metadata = null;
      throw new SegmentFault(this.#entry.file, `column ${place.name} cannot be read`, cause);
    }
  }

  #bytesOf(place: ColumnPlace): Buffer {
    return withFile(this.#folder, this.#entry, (file) => readChecked(file, place));
  }

  #buffer(): AsyncBuffer {
    return fileBuffer(this.#folder, this.#entry);
  }
}

/** A file as hyparquet reads one. */
export function fileBuffer(folder: string, entry: SegmentEntry): AsyncBuffer {
  return {
    byteLength: entry.bytes,
    slice: async (start, end = entry.bytes) =>
      withFile(folder, entry, (file) => {
        const bytes = Buffer.alloc(end - start);
        readSync(file, bytes, 0, bytes.byteLength, start);
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      }),
  };
}

/** Values of a column by their rows, as any reader of Parquet finds them. */
export async function readValues(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { name, kind }: Pick<ColumnPlace, 'name' | 'kind'>,
): Promise<Map<number, Value>> {
  const values = new Map<number, Value>();
  const { parquetRead } = await import('hyparquet');
  await parquetRead({
    ...{ file, metadata, columns: [name] },
    onChunk: ({ columnData, rowStart }) => {
      for (let at = 0; at < columnData.length; at += 1) {
        const value = columnData[at] as unknown;
        if (value === null || value === undefined) continue;
        const isJson = kind === 'json';
        const decoded = isJson ? decodeValue(JSON.parse(String(value)) as Json) : (value as Value);
        values.set(rowStart + at, decoded);
      }
    },
  });
  return values;
}

function withFile<T>(folder: string, entry: SegmentEntry, work: (file: number) => T): T {
  let file: number | undefined;
  try {
    file = openSync(join(folder, entry.file), 'r');
    if (fstatSync(file).size !== entry.bytes) throw new Error('its length has changed');
    return work(file);
  } catch (cause) {
    throw new SegmentFault(entry.file, cause instanceof Error ? cause.message : '', cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readIndex(file: number, entry: SegmentEntry): SegmentIndex {
  const text = readChecked(file, entry.index).toString();
  return JSON.parse(text) as SegmentIndex;
}

interface CheckedPlace {
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

/** Values of eight bytes end what is read, and lie where they can be used without a copy. */
function readChecked(file: number, { offset, bytes, crc }: CheckedPlace): Buffer {
  const padding = (8 - (bytes % 8)) % 8;
  const buffer = Buffer.from(new ArrayBuffer(padding + bytes), padding, bytes);
  const read = readSync(file, buffer, 0, bytes, offset);
  if (read !== bytes || crc32(buffer) !== crc) throw new Error(`damaged at byte ${offset}`);
  return buffer;
}

/** One page of eight bytes a value, behind one bit a row when some rows have none. */
function plainColumn(bytes: Buffer, rows: number, { kind }: ColumnPlace): Column {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset: 0 };
  const page = deserializeTCompactProtocol(reader).field_8;
  const missing = Number(page.field_2);
  const values = eightByteValues(bytes, rows - missing, kind);
  if (missing === 0) return numbersColumn(values);
  const levels: number[] = new Array(rows);
  readRleBitPackedHybrid(reader, 1, levels, Number(page.field_5));
  const numbers = new Float64Array(rows).fill(Number.NaN);
  const present = new Uint8Array(rows);
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    if (levels[row] !== 1) continue;
    present[row] = 1;
    numbers[row] = values[at] as number;
    at += 1;
  }
  return { numbers, others: null, present, isPlain: false };
}

/** The values end the page, and the page ends the column. */
function eightByteValues(bytes: Buffer, count: number, kind: string): Float64Array {
  const start = bytes.byteOffset + bytes.byteLength - 8 * count;
  if (kind !== 'line') return new Float64Array(bytes.buffer, start, count);
  return Float64Array.from(new BigInt64Array(bytes.buffer, start, count), Number);
}
