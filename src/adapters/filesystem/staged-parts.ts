import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import { OBJECT_PARTS_MAX, type ObjectPart } from '../../ports/object-store.ts';
import { FILE_MODE, makeDurableFolder, syncFolder } from './durable-folders.ts';
import { fileError, isMissing } from './file-errors.ts';
import { chunksOf, objectTooLarge } from './object-intake.ts';
import { writeWhole } from './write-whole.ts';

/** Parts of an upload to which none was added for so long are removed, in milliseconds. */
export const STAGED_LIFE_MS = 48 * 60 * 60 * 1000;
const READ_BLOCK_BYTES = 256 * 1024;
const UPLOAD = /^[0-9a-z-]{1,128}$/;

export interface StagedPartsOptions {
  /** Holds a folder for each upload; made when the first part comes. */
  readonly folder: string;
  readonly ids: Ids;
  readonly clock: Clock;
}

/**
 * Parts of objects as files `<upload>/<number>`, each written under another name and renamed when
 * its bytes are synced: a number always stands for a whole part.
 */
export class StagedParts {
  readonly #folder: string;
  readonly #ids: Ids;
  readonly #clock: Clock;

  constructor({ folder, ids, clock }: StagedPartsOptions) {
    this.#folder = folder;
    this.#ids = ids;
    this.#clock = clock;
  }

  async stage({ upload, number, md5 }: ObjectPart, bytes: Readable, sizeMax: number) {
    const folder = this.#folderOf(upload);
    const path = join(folder, String(checkNumber(number)));
    await makeDurableFolder(folder);
    const draft = `${path}.${this.#ids.uuid()}`;
    try {
      const written = await writePart(draft, bytes, sizeMax);
      if (written.md5 !== md5) {
        throw invalidInput(`part ${number} has the MD5 ${written.md5}, not ${md5} as declared`);
      }
      await rename(draft, path);
      await syncFolder(folder);
      const seconds = this.#clock.nowMs() / 1_000;
      await utimes(folder, seconds, seconds);
      return written.size;
    } finally {
      // After the rename there is nothing under this name any more.
      await rm(draft, { force: true });
    }
  }

  /** Refuses parts of which one is missing, or that are too large together, without a read. */
  async check(upload: string, count: number, sizeMax: number): Promise<void> {
    const folder = this.#folderOf(upload);
    let size = 0;
    for (let number = 1; number <= checkNumber(count); number += 1) {
      try {
        size += (await stat(join(folder, String(number)))).size;
      } catch (error) {
        throw partError(error, number, count);
      }
    }
    if (size > sizeMax) throw objectTooLarge(size, sizeMax);
  }

  /** The bytes of the parts in their order. */
  async *read(upload: string, count: number): AsyncGenerator<Buffer> {
    const folder = this.#folderOf(upload);
    for (let number = 1; number <= checkNumber(count); number += 1) {
      try {
        const path = join(folder, String(number));
        yield* createReadStream(path, { highWaterMark: READ_BLOCK_BYTES });
      } catch (error) {
        throw partError(error, number, count);
      }
    }
  }

  async discard(upload: string): Promise<void> {
    await rm(this.#folderOf(upload), { recursive: true, force: true });
  }

  /** Removes uploads to which no part was added for STAGED_LIFE_MS. */
  async removeAbandoned(): Promise<void> {
    for (const upload of await this.#uploads()) {
      const folder = join(this.#folder, upload);
      const touched = await touchedMs(folder);
      if (touched !== null && touched < this.#clock.nowMs() - STAGED_LIFE_MS) {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }

  async #uploads(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  #folderOf(upload: string): string {
    if (!UPLOAD.test(upload)) {
      throw invalidInput('the name of an upload in parts is letters, digits and hyphens');
    }
    return join(this.#folder, upload);
  }
}

interface WrittenPart {
  readonly size: number;
  readonly md5: string;
}

async function writePart(path: string, bytes: Readable, sizeMax: number): Promise<WrittenPart> {
  const md5 = createHash('md5');
  let size = 0;
  const handle = await open(path, 'wx', FILE_MODE);
  try {
    for await (const chunk of chunksOf(bytes)) {
      size += chunk.byteLength;
      if (size > sizeMax) throw objectTooLarge(size, sizeMax);
      md5.update(chunk);
      await writeWhole(handle, chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { size, md5: md5.digest('base64') };
}

function partError(error: unknown, number: number, count: number): unknown {
  if (!isMissing(error)) return fileError(error, 'the object store');
  return invalidInput(`part ${number} of ${count} did not arrive`, { part: number });
}

function checkNumber(number: number): number {
  if (Number.isSafeInteger(number) && number >= 1 && number <= OBJECT_PARTS_MAX) return number;
  throw new DomainError(
    'INVALID_INPUT',
    `an object comes in parts with the numbers 1 to ${OBJECT_PARTS_MAX}`,
  );
}

async function touchedMs(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).mtimeMs;
  } catch (error) {
    // Another process may have removed it meanwhile.
    if (isMissing(error)) return null;
    throw error;
  }
}
