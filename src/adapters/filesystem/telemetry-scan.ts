import type { FileHandle } from 'node:fs/promises';
import {
  damagedAt,
  GROUP_BODY_BYTES_MAX,
  HEADER_BYTES_MAX,
  holdsGroup,
  isWhole,
  parseGroupHeader,
} from './telemetry-format.ts';

const SCAN_BLOCK_BYTES = 1024 * 1024;

export interface ScannedPart {
  readonly from: number;
  /** Size of the file. */
  readonly to: number;
}

/** One whole group, header included. The bytes are valid until the next group is asked for. */
export interface ScannedGroup {
  readonly position: number;
  readonly bytes: Buffer;
}

/** The whole groups from a position on, up to the first that is not whole. */
export async function* scanGroups(
  handle: FileHandle,
  part: ScannedPart,
): AsyncGenerator<ScannedGroup> {
  const window = new FileWindow(handle, part.to);
  let position = part.from;
  while (position < part.to) {
    const head = await window.bytes(position, HEADER_BYTES_MAX);
    const header = parseGroupHeader(head, position);
    if (header === null) return;
    const whole = header.headerBytes + header.bodyBytes;
    const bytes = await window.bytes(position, whole);
    if (!isWhole(header, bytes.subarray(header.headerBytes), position)) return;
    yield { position, bytes };
    position += whole;
  }
}

/** The header of a group as text, which no two groups of one log share. */
export function headerLineOf(group: Buffer): string {
  return group.toString('latin1', 0, group.indexOf('\n'));
}

/**
 * Tells a torn tail from a damaged log. Only one group is written at a time, so a tail that was
 * never acknowledged is shorter than the longest group and no whole group follows it. In any other
 * case acknowledged lines stand behind the damage, and cutting them off would lose them. Damage of
 * the last group itself looks like a torn write; only a seal that covers it can tell.
 */
export async function refuseDamage(handle: FileHandle, tail: ScannedPart): Promise<void> {
  const length = tail.to - tail.from;
  if (length > GROUP_BODY_BYTES_MAX + HEADER_BYTES_MAX) throw damagedAt(tail.from);
  const bytes = await readPart(handle, { position: tail.from, bytes: length });
  if (holdsGroup(bytes, tail.from)) throw damagedAt(tail.from);
}

/** Bytes of a file; fewer when it ends before. */
export async function readPart(
  handle: FileHandle,
  part: { readonly position: number; readonly bytes: number },
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(part.bytes);
  let read = 0;
  while (read < part.bytes) {
    const length = part.bytes - read;
    const { bytesRead } = await handle.read(buffer, read, length, part.position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return buffer.subarray(0, read);
}

/** Reads a file forwards in blocks, so that many short groups cost few reads. */
class FileWindow {
  readonly #handle: FileHandle;
  readonly #end: number;
  #position = 0;
  #block: Buffer = Buffer.alloc(0);

  constructor(handle: FileHandle, end: number) {
    this.#handle = handle;
    this.#end = end;
  }

  async bytes(position: number, count: number): Promise<Buffer> {
    const wanted = Math.min(count, this.#end - position);
    const held = this.#position <= position && position + wanted <= this.#blockEnd;
    if (!held) {
      const bytes = Math.min(Math.max(wanted, SCAN_BLOCK_BYTES), this.#end - position);
      this.#block = await readPart(this.#handle, { position, bytes });
      this.#position = position;
    }
    const start = position - this.#position;
    return this.#block.subarray(start, start + wanted);
  }

  get #blockEnd(): number {
    return this.#position + this.#block.byteLength;
  }
}

/** The group that is the whole part, or nothing. */
export async function onlyGroup(handle: FileHandle, part: ScannedPart): Promise<Buffer[]> {
  for await (const { bytes } of scanGroups(handle, part)) {
    return part.from + bytes.byteLength === part.to ? [bytes] : [];
  }
  return [];
}
