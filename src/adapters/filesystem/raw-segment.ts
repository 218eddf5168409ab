import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { invalidInput } from '../../domain/errors.ts';
import { FILE_MODE, syncFolder } from './durable-folders.ts';

/** A segment takes no more after so many bytes, or so long after its first. */
export const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;
export const SEGMENT_AGE_MS_MAX = 10 * 60_000;

const SEGMENT_NAME = /^(\d{15})-[0-9a-f]{16}\.raw$/;
const TIME_DIGITS = 15;
/** Bytes of chance in a name: several processes may begin segments in the same millisecond. */
export const SEGMENT_CHANCE_BYTES = 8;
const REF = /^(\d{15}-[0-9a-f]{16})@(\d{1,15})$/;

export function segmentName(nowMs: number, chance: Buffer): string {
  return `${String(nowMs).padStart(TIME_DIGITS, '0')}-${chance.toString('hex')}.raw`;
}

/** When the segment was begun, in milliseconds since 1970; null for a file that is none. */
export function segmentTime(name: string): number | null {
  const digits = SEGMENT_NAME.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Where a record is. */
export interface RawPlace {
  readonly name: string;
  readonly offset: number;
}

export function refOf({ name, offset }: RawPlace): string {
  return `${name.slice(0, -'.raw'.length)}@${offset}`;
}

export function placeOfRef(ref: string): RawPlace {
  const [, name, offset] = REF.exec(ref) ?? [];
  if (name === undefined) {
    throw invalidInput(`not a ref of a raw event: ${JSON.stringify(ref.slice(0, 64))}`);
  }
  return { name: `${name}.raw`, offset: Number(offset) };
}

/** A file that grows by whole groups of records. It is written by one process, in one life. */
export class RawSegment {
  readonly name: string;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #startedMs: number;
  #bytes = 0;

  private constructor(path: string, handle: FileHandle, name: string) {
    this.#path = path;
    this.#handle = handle;
    this.name = name;
    this.#startedMs = segmentTime(name) as number;
  }

  static async begin(folder: string, name: string): Promise<RawSegment> {
    const path = join(folder, name);
    const segment = new RawSegment(path, await open(path, 'wx', FILE_MODE), name);
    try {
      await syncFolder(folder);
    } catch (error) {
      await segment.abandon();
      throw error;
    }
    return segment;
  }

  /** Where the next record will be. */
  get bytes(): number {
    return this.#bytes;
  }

  takesMore(nowMs: number): boolean {
    const age = nowMs - this.#startedMs;
    return this.#bytes < SEGMENT_BYTES_MAX && age >= 0 && age < SEGMENT_AGE_MS_MAX;
  }

  /** Durable when it resolves. After a failure the segment is to be abandoned. */
  async append(parts: readonly Uint8Array[]): Promise<void> {
    const group = Buffer.concat(parts);
    let written = 0;
    while (written < group.length) {
      const { bytesWritten } = await this.#handle.write(group, written);
      written += bytesWritten;
    }
    await this.#handle.datasync();
    this.#bytes += group.length;
  }

  /** Takes away what was not acknowledged, as far as the disk lets it, and writes no more. */
  async abandon(): Promise<void> {
    const ignored = () => undefined;
    await this.#handle.truncate(this.#bytes).catch(ignored);
    await this.#handle.close().catch(ignored);
    if (this.#bytes === 0) await unlink(this.#path).catch(ignored);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
