import { createHash } from 'node:crypto';
import type { NewRawEvent, RawOrigin } from '../../ports/raw-events.ts';

/**
 * An event in a segment: a head of fixed length, what is known of the event as JSON, its bytes.
 * The head holds both lengths and a digest of everything else, so that a record tells by itself
 * whether it is whole.
 */
const MARK = Buffer.from('LRE1', 'latin1');
const DIGEST_BYTES = 32;
/** Mark, two lengths of four bytes, digest. */
export const RECORD_HEAD_BYTES = MARK.length + 2 * 4 + DIGEST_BYTES;
/** Longest JSON of what is known of an event; names have a limit that is far below. */
export const RECORD_ORIGIN_BYTES_MAX = 16 * 1024;

export interface RecordHead {
  readonly originBytes: number;
  readonly eventBytes: number;
  readonly digest: Buffer;
}

/** The record in two parts, so that the bytes of the event need not be copied. */
export function encodeRecord(event: NewRawEvent): readonly [Buffer, Uint8Array] {
  const { door, sender, project, receivedAt, digest, bytes } = event;
  const known: RawOrigin = { door, sender, project, receivedAt, digest };
  const origin = Buffer.from(JSON.stringify(known));
  const start = Buffer.alloc(RECORD_HEAD_BYTES);
  MARK.copy(start);
  start.writeUInt32BE(origin.length, MARK.length);
  start.writeUInt32BE(bytes.byteLength, MARK.length + 4);
  digestOf(start, origin, bytes).copy(start, RECORD_HEAD_BYTES - DIGEST_BYTES);
  return [Buffer.concat([start, origin]), bytes];
}

/** The head of a record, or null where none begins. */
export function decodeHead(head: Buffer): RecordHead | null {
  if (head.length < RECORD_HEAD_BYTES || !head.subarray(0, MARK.length).equals(MARK)) return null;
  const originBytes = head.readUInt32BE(MARK.length);
  const eventBytes = head.readUInt32BE(MARK.length + 4);
  if (originBytes > RECORD_ORIGIN_BYTES_MAX) return null;
  return {
    originBytes,
    eventBytes,
    digest: head.subarray(RECORD_HEAD_BYTES - DIGEST_BYTES, RECORD_HEAD_BYTES),
  };
}

export function recordBytes({ originBytes, eventBytes }: RecordHead): number {
  return RECORD_HEAD_BYTES + originBytes + eventBytes;
}

/** What a whole record says; null when it is not what was written. */
export function decodeRecord(record: Buffer): NewRawEvent | null {
  const head = decodeHead(record);
  if (head === null || record.length !== recordBytes(head)) return null;
  const origin = record.subarray(RECORD_HEAD_BYTES, RECORD_HEAD_BYTES + head.originBytes);
  const bytes = record.subarray(RECORD_HEAD_BYTES + head.originBytes);
  if (!digestOf(record, origin, bytes).equals(head.digest)) return null;
  return { ...(JSON.parse(origin.toString('utf8')) as RawOrigin), bytes };
}

function digestOf(head: Buffer, origin: Buffer, bytes: Uint8Array): Buffer {
  const hash = createHash('sha256').update(head.subarray(0, RECORD_HEAD_BYTES - DIGEST_BYTES));
  return hash.update(origin).update(bytes).digest();
}
