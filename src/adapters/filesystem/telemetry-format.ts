import { crc32 } from 'node:zlib';
import { DomainError } from '../../domain/errors.ts';
import { hasLoneSurrogate } from '../../domain/values/text.ts';
import {
  type LineRange,
  TELEMETRY_APPEND_BYTES_MAX,
  type TelemetryOperation,
} from '../../ports/telemetry-store.ts';

/*
 * The file of a stream is a row of groups, and nothing else:
 *
 *     group <position> <bytes> <crc>\n      position of this group in the file, bytes of its body,
 *                                           CRC-32 of the text before <crc> and of the body
 *     op <offset> <lines> <bytes>\n         number of the first line, how many, their bytes
 *     <bytes> <text>\n                      a line as UTF-8
 *     <bytes>u <text>\n                     a line that has no UTF-8 form, as UTF-16LE
 *
 * A group holds one or more records (`op`), a record one or more lines; every length stands before
 * what it measures, so a line may hold newlines, NUL, or text that looks like a header. A group is
 * written and synced as one, before the next one begins: what follows the last whole group was
 * never acknowledged. A long operation is several records, and may be several groups.
 */

/** A record takes no further line above this, so that a reader need not read far past its lines. */
export const RECORD_BYTES_MAX = 256 * 1024;
/** A group takes no further record above this. */
export const GROUP_BYTES_MAX = 4 * 1024 * 1024;
/** Longest line: all bytes of an operation in one, as UTF-16, which may take twice the bytes. */
const LINE_BYTES_MAX = 2 * TELEMETRY_APPEND_BYTES_MAX + 1024;
/** Longest body of a group: nearly full, then a record that is nearly full, then such a line. */
export const GROUP_BODY_BYTES_MAX = GROUP_BYTES_MAX + RECORD_BYTES_MAX + LINE_BYTES_MAX;
/** Longest header line of a group or of a record, the newline included. */
export const HEADER_BYTES_MAX = 64;
const LINE_HEADER_BYTES_MAX = 12;

const GROUP_HEADER = /^group (\d{1,16}) (\d{1,10}) ([0-9a-f]{8})\n/;
const RECORD_HEADER = /^op (\d{1,16}) (\d{1,10}) (\d{1,10})\n/;
const LINE_HEADER = /^(\d{1,10})(u?) /;
const GROUP_START = 'group ';

export interface EncodedRecord {
  readonly bytes: Buffer;
  /** Lines `from` (inclusive) to `to` (exclusive). */
  readonly from: number;
  readonly to: number;
}

/** A record in the file: where it begins and how long it is, header included. */
export interface RecordPlace extends LineRange {
  readonly position: number;
  readonly bytes: number;
}

export function encodeOperation(operation: TelemetryOperation): EncodedRecord[] {
  const records: EncodedRecord[] = [];
  let from = operation.offset;
  let to = from;
  let lines = new LineBuffer();
  for (const text of operation.lines) {
    lines.add(text);
    to += 1;
    if (lines.bytes < RECORD_BYTES_MAX) continue;
    records.push(encodeRecord({ from, to }, lines));
    from = to;
    lines = new LineBuffer();
  }
  if (to > from) records.push(encodeRecord({ from, to }, lines));
  return records;
}

/** Lines gather as one text, because turning many short texts into bytes one by one is slow. */
class LineBuffer {
  readonly #parts: Buffer[] = [];
  #text = '';
  bytes = 0;

  add(text: string): void {
    if (hasLoneSurrogate(text)) {
      this.#flush();
      const bytes = Buffer.from(text, 'utf16le');
      this.#push(Buffer.concat([Buffer.from(`${bytes.byteLength}u `), bytes, Buffer.from('\n')]));
      return;
    }
    const bytes = Buffer.byteLength(text);
    const header = `${bytes} `;
    this.#text += `${header}${text}\n`;
    this.bytes += header.length + bytes + 1;
  }

  take(): Buffer[] {
    this.#flush();
    return this.#parts;
  }

  #flush(): void {
    if (this.#text === '') return;
    this.#parts.push(Buffer.from(this.#text));
    this.#text = '';
  }

  #push(part: Buffer): void {
    this.#parts.push(part);
    this.bytes += part.byteLength;
  }
}

function encodeRecord({ from, to }: LineRange, lines: LineBuffer): EncodedRecord {
  const header = Buffer.from(`op ${from} ${to - from} ${lines.bytes}\n`);
  return { bytes: Buffer.concat([header, ...lines.take()]), from, to };
}

/** The group that stands at this position of the file. */
export function encodeGroup(position: number, records: readonly EncodedRecord[]): Buffer {
  const body = Buffer.concat(records.map(({ bytes }) => bytes));
  const start = groupStart(position, body.byteLength);
  return Buffer.concat([Buffer.from(`${start}${checkOf(start, body)}\n`), body]);
}

function groupStart(position: number, bytes: number): string {
  return `${GROUP_START}${position} ${bytes} `;
}

function checkOf(start: string, body: Buffer): string {
  return crc32(body, crc32(start)).toString(16).padStart(8, '0');
}

export interface GroupHeader {
  readonly headerBytes: number;
  readonly bodyBytes: number;
  readonly check: string;
}

/** The header at the start of these bytes, or null when it is none of a group at `position`. */
export function parseGroupHeader(bytes: Buffer, position: number): GroupHeader | null {
  const parts = GROUP_HEADER.exec(bytes.toString('latin1', 0, HEADER_BYTES_MAX));
  if (parts === null || Number(parts[1]) !== position) return null;
  const bodyBytes = Number(parts[2]);
  if (bodyBytes > GROUP_BODY_BYTES_MAX) return null;
  return { headerBytes: parts[0].length, bodyBytes, check: parts[3]! };
}

export function isWhole(header: GroupHeader, body: Buffer, position: number): boolean {
  if (body.byteLength !== header.bodyBytes) return false;
  return checkOf(groupStart(position, header.bodyBytes), body) === header.check;
}

/** True when a whole group stands anywhere in these bytes, which begin at `position`. */
export function holdsGroup(bytes: Buffer, position: number): boolean {
  for (let at = bytes.indexOf(GROUP_START); at >= 0; at = bytes.indexOf(GROUP_START, at + 1)) {
    const header = parseGroupHeader(bytes.subarray(at), position + at);
    if (header === null) continue;
    const start = at + header.headerBytes;
    const body = bytes.subarray(start, start + header.bodyBytes);
    if (isWhole(header, body, position + at)) return true;
  }
  return false;
}

/** The records of bytes that hold whole records, with or without headers of groups between. */
export function* recordsIn(bytes: Buffer, position: number): Generator<RecordPlace> {
  let at = 0;
  while (at < bytes.byteLength) {
    const head = bytes.toString('latin1', at, at + HEADER_BYTES_MAX);
    const group = GROUP_HEADER.exec(head);
    if (group !== null) {
      at += group[0].length;
      continue;
    }
    const record = RECORD_HEADER.exec(head);
    if (record === null) throw damagedAt(position + at);
    const from = Number(record[1]);
    const whole = record[0].length + Number(record[3]);
    yield { position: position + at, bytes: whole, from, to: from + Number(record[2]) };
    at += whole;
  }
}

/** Calls `visit` for each line of one record with its number and a way to get its text. */
export function visitLines(
  record: Buffer,
  place: RecordPlace,
  visit: (number: number, text: () => string) => void,
): void {
  let at = record.indexOf('\n') + 1;
  for (let number = place.from; number < place.to; number += 1) {
    const header = LINE_HEADER.exec(record.toString('latin1', at, at + LINE_HEADER_BYTES_MAX));
    if (header === null) throw damagedAt(place.position + at);
    const start = at + header[0].length;
    const end = start + Number(header[1]);
    visit(number, () => record.toString(header[2] === 'u' ? 'utf16le' : 'utf8', start, end));
    at = end + 1;
  }
}

export function damagedAt(position: number): DomainError {
  return new DomainError('INTERNAL', `a telemetry log is damaged at byte ${position}`, {
    details: { position },
  });
}
