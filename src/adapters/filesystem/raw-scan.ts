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
  const head = await headAt(handle, offset);
  if (head === null) return null;
  const record = await readFully(handle, offset, recordBytes(head));
  return decodeRecord(record);
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
  let offset = start;
  while (offset < size) {
    const head = await headAt(handle, offset);
    const end = head === null ? size : offset + recordBytes(head);
    if (head === null || end > size) return;
    const event = decodeRecord(await readFully(handle, offset, end - offset));
    if (event !== null) yield { offset, end, event };
    else if (end === size || (await headAt(handle, end)) === null) return;
    else onDamage({ name, offset });
    offset = end;
  }
}

async function headAt(handle: FileHandle, offset: number): Promise<RecordHead | null> {
  const head = decodeHead(await readFully(handle, offset, RECORD_HEAD_BYTES));
  return head !== null && head.eventBytes <= RAW_EVENT_BYTES_MAX ? head : null;
}

/** What there is of so many bytes. */
async function readFully(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let have = 0;
  while (have < length) {
    const { bytesRead } = await handle.read(buffer, have, length - have, offset + have);
    if (bytesRead === 0) break;
    have += bytesRead;
  }
  return buffer.subarray(0, have);
}
