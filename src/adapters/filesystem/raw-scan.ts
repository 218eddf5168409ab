import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type NewRawEvent, RAW_EVENT_BYTES_MAX } from '../../ports/raw-events.ts';
import { isMissing } from './file-errors.ts';
import {
  decodeHead,
  decodeRecord,
  RECORD_HEAD_BYTES,
  type RecordHead,
  recordBytes,
} from './raw-record.ts';
import type { RawPlace } from './raw-segment.ts';

/** Bytes that are read at once: of a segment from end to end, and of one event. */
const SCAN_READ_BYTES = 256 * 1024;
const SINGLE_READ_BYTES = 8 * 1024;

/** Told of a record that is not what was written, and of how many bytes it has. */
export type OnRawDamage = (place: RawPlace) => void;

export interface ScannedRecord {
  readonly offset: number;
  /** Offset of what comes behind it. */
  readonly end: number;
  readonly event: NewRawEvent;
}

/** A segment as it is read, or null when it was removed. */
export async function withSegment<T>(
  folder: string,
  name: string,
  work: (handle: FileHandle) => Promise<T>,
): Promise<T | null> {
  let handle: FileHandle;
  try {
    handle = await open(join(folder, name), 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

/** The whole record at an offset; null when there is none. */
export async function recordAt(handle: FileHandle, offset: number): Promise<NewRawEvent | null> {
  const file = new ReadAhead(handle, SINGLE_READ_BYTES);
  const head = await headAt(file, offset);
  if (head === null) return null;
  return decodeRecord(await file.read(offset, recordBytes(head)));
}

/**
 * The whole records from an offset on. A record that is cut off is the end: a crash left it, or
 * it is being written. One that is damaged is passed over when another begins behind it.
 */
export async function* recordsFrom(
  handle: FileHandle,
  { name, offset: start }: RawPlace,
  onDamage: OnRawDamage,
): AsyncGenerator<ScannedRecord> {
  const { size } = await handle.stat();
  const file = new ReadAhead(handle, SCAN_READ_BYTES);
  let offset = start;
  while (offset < size) {
    const head = await headAt(file, offset);
    const end = head === null ? size : offset + recordBytes(head);
    if (head === null || end > size) return;
    const event = decodeRecord(await file.read(offset, end - offset));
    if (event !== null) yield { offset, end, event };
    else if (end === size || (await headAt(file, end)) === null) return;
    else onDamage({ name, offset });
    offset = end;
  }
}

async function headAt(file: ReadAhead, offset: number): Promise<RecordHead | null> {
  const head = decodeHead(await file.read(offset, RECORD_HEAD_BYTES));
  return head !== null && head.eventBytes <= RAW_EVENT_BYTES_MAX ? head : null;
}

/** Reads more than it is asked for, since what comes next is asked for next. */
class ReadAhead {
  readonly #handle: FileHandle;
  readonly #aheadBytes: number;
  #block: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(handle: FileHandle, aheadBytes: number) {
    this.#handle = handle;
    this.#aheadBytes = aheadBytes;
  }

  /** What there is of so many bytes. They stay as they are when more is read. */
  async read(offset: number, length: number): Promise<Buffer> {
    const from = offset - this.#start;
    if (from < 0 || from + length > this.#block.length) {
      this.#block = await this.#fill(offset, Math.max(length, this.#aheadBytes));
      this.#start = offset;
    }
    const at = offset - this.#start;
    return this.#block.subarray(at, at + length);
  }

  async #fill(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    let have = 0;
    while (have < length) {
      const place = offset + have;
      const { bytesRead } = await this.#handle.read(buffer, have, length - have, place);
      if (bytesRead === 0) break;
      have += bytesRead;
    }
    return buffer.subarray(0, have);
  }
}
