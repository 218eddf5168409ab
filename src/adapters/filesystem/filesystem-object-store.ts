import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Digest, hexOf, isDigest } from '../../domain/digest.ts';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import {
  type ByteRange,
  OBJECT_BYTES_MAX,
  type ObjectPart,
  type ObjectStore,
  type PutOptions,
  type StoredObject,
} from '../../ports/object-store.ts';
import { DurableFolders, FILE_MODE, makeDurableFolder, syncFolder } from './durable-folders.ts';
import { codeOf, guarded, isMissing } from './file-errors.ts';
import { chunksOf, ObjectIntake, objectTooLarge } from './object-intake.ts';
import { StagedParts } from './staged-parts.ts';
import { Turnstile } from './turnstile.ts';
import { verified } from './verified-stream.ts';
import { writeWhole } from './write-whole.ts';

/** A temporary file of a killed process is removed when it is older than this. */
export const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;
/** How often abandoned parts and leftovers are looked for while parts come, in milliseconds. */
export const SWEEP_EVERY_MS = 60 * 60 * 1000;
/** Small objects that are written or read at once; more wait, as open files are few. */
export const OBJECT_FILES_OPEN_MAX = 64;
/** Objects that are made of their parts at once; each reads and writes all its bytes. */
export const JOINS_AT_ONCE_MAX = 2;
/**
 * An object up to this size, in bytes, that is put again is compared with the bytes on disk. A
 * larger one takes their place without a look: reading it would cost more than the rename.
 */
export const COMPARED_BYTES_MAX = 64 * 1024 * 1024;
const READ_BLOCK_BYTES = 256 * 1024;
/** What the system says of bytes that the disk cannot give back. */
const UNREADABLE = 'EIO';
const WHAT = 'the object store';

export interface FilesystemObjectStoreOptions {
  readonly folder: string;
  readonly ids: Ids;
  readonly clock: Clock;
}

/**
 * Objects as files: `sha256/ab/cd/<64 hex digits>`, written as `incoming/<uuid>` and renamed when
 * their bytes are synced, so that a name always stands for the whole object. Parts of objects wait
 * in `staged/<upload>/<number>`. One folder may serve several processes.
 */
export async function openFilesystemObjectStore(
  options: FilesystemObjectStoreOptions,
): Promise<ObjectStore> {
  return guarded(WHAT, async () => {
    await makeDurableFolder(join(options.folder, 'incoming'));
    const store = new FilesystemObjectStore(options);
    await store.sweep();
    return store;
  });
}

class FilesystemObjectStore implements ObjectStore {
  readonly #folder: string;
  readonly #ids: Ids;
  readonly #clock: Clock;
  readonly #folders: DurableFolders;
  readonly #staged: StagedParts;
  readonly #turnstile = new Turnstile(OBJECT_FILES_OPEN_MAX);
  readonly #joins = new Turnstile(JOINS_AT_ONCE_MAX);
  #sweptAtMs = 0;

  constructor(options: FilesystemObjectStoreOptions) {
    this.#folder = options.folder;
    this.#ids = options.ids;
    this.#clock = options.clock;
    this.#folders = new DurableFolders(options.folder);
    this.#staged = new StagedParts({ ...options, folder: join(options.folder, 'staged') });
  }

  put(bytes: Readable | Uint8Array, options: PutOptions = {}): Promise<StoredObject> {
    // The stream may fail before its first byte is asked for, and without a listener that would
    // end the process. The failure itself is met again when the bytes are read.
    if (bytes instanceof Readable) bytes.on('error', () => {});
    return guarded(WHAT, async () => {
      if (options.expect !== undefined) checkDigest(options.expect);
      if (bytes instanceof Readable) return this.#putStream(bytes, options);
      return this.#turnstile.run(() => this.#putBytes(bytes, options));
    });
  }

  size(digest: Digest): Promise<number | null> {
    return guarded(WHAT, () => this.#sizeOf(checkDigest(digest)));
  }

  read(digest: Digest, sizeMax: number): Promise<Buffer | null> {
    return guarded(WHAT, async () => {
      const path = this.#pathOf(digest);
      return this.#turnstile.run(() => readObject(path, digest, sizeMax));
    });
  }

  open(digest: Digest, range?: ByteRange): Promise<Readable | null> {
    return guarded(WHAT, async () => {
      const handle = await openIfThere(this.#pathOf(digest));
      if (handle === null) return null;
      try {
        if (range !== undefined) checkRange(range, (await handle.stat()).size);
        const bytes = handle.createReadStream({ highWaterMark: READ_BLOCK_BYTES, ...range });
        return range === undefined ? verified(bytes, digest) : bytes;
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  stage(
    part: ObjectPart,
    bytes: Readable,
    { sizeMax = OBJECT_BYTES_MAX }: Pick<PutOptions, 'sizeMax'> = {},
  ): Promise<number> {
    // As with `put`, the failure is met again when the bytes are read.
    bytes.on('error', () => {});
    return guarded(WHAT, async () => {
      if (this.#clock.nowMs() - this.#sweptAtMs > SWEEP_EVERY_MS) await this.sweep();
      return this.#staged.stage(part, bytes, sizeMax);
    });
  }

  assemble(upload: string, count: number, options: PutOptions = {}): Promise<StoredObject> {
    const { sizeMax = OBJECT_BYTES_MAX } = options;
    return guarded(WHAT, () =>
      this.#joins.run(async () => {
        await this.#staged.check(upload, count, sizeMax);
        const bytes = Readable.from(this.#staged.read(upload, count), { objectMode: false });
        return this.put(bytes, options);
      }),
    );
  }

  discard(upload: string): Promise<void> {
    return guarded(WHAT, () => this.#staged.discard(upload));
  }

  /** Removes what killed processes and clients that gave up have left. */
  async sweep(): Promise<void> {
    const now = this.#clock.nowMs();
    this.#sweptAtMs = now;
    await removeLeftovers(join(this.#folder, 'incoming'), now - LEFTOVER_AGE_MS);
    await this.#staged.removeAbandoned();
  }

  async #putBytes(bytes: Uint8Array, options: PutOptions): Promise<StoredObject> {
    const intake = new ObjectIntake(options);
    intake.take(bytes);
    const object = intake.finish();
    if (await this.#renewed(object)) return object;
    await this.#withTemporary(async (handle, path) => {
      await handle.writeFile(bytes);
      await this.#keep(object, handle, path);
    });
    return object;
  }

  #putStream(stream: Readable, options: PutOptions): Promise<StoredObject> {
    const intake = new ObjectIntake(options);
    return this.#withTemporary(async (handle, path) => {
      for await (const chunk of chunksOf(stream)) {
        intake.take(chunk);
        await writeWhole(handle, chunk);
      }
      const object = intake.finish();
      await this.#keep(object, handle, path);
      return object;
    });
  }

  /** Gives the temporary file its name, unless the object is there and whole. */
  async #keep(object: StoredObject, handle: FileHandle, path: string): Promise<void> {
    if (await this.#renewed(object)) return;
    const folder = this.#folderOf(object.digest);
    await Promise.all([folder, handle.sync()]);
    await rename(path, this.#pathOf(object.digest));
    await syncFolder(await folder);
  }

  async #withTemporary<T>(work: (handle: FileHandle, path: string) => Promise<T>): Promise<T> {
    const path = join(this.#folder, 'incoming', this.#ids.uuid());
    const handle = await open(path, 'wx', FILE_MODE);
    try {
      return await work(handle, path);
    } finally {
      await handle.close();
      // After the rename there is nothing under this name any more.
      await rm(path, { force: true });
    }
  }

  /**
   * True when the object is there, whole and durable. It is then as young as a new one, so that
   * nobody takes it for old bytes that nothing refers to. A damaged file is to be replaced.
   */
  async #renewed(object: StoredObject): Promise<boolean> {
    const { digest, size } = object;
    if (size > COMPARED_BYTES_MAX || (await this.#sizeOf(digest)) !== size) return false;
    const path = this.#pathOf(digest);
    const seconds = this.#clock.nowMs() / 1_000;
    try {
      if (!(await holdsContent(path, digest))) return false;
      await utimes(path, seconds, seconds);
    } catch (error) {
      if (isMissing(error) || codeOf(error) === UNREADABLE) return false;
      throw error;
    }
    await syncFolder(await this.#folderOf(digest));
    return true;
  }

  async #sizeOf(digest: Digest): Promise<number | null> {
    try {
      return (await stat(this.#pathOf(digest))).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  #folderOf(digest: Digest): Promise<string> {
    const hex = hexOf(digest);
    return this.#folders.obtain(join('sha256', hex.slice(0, 2), hex.slice(2, 4)));
  }

  #pathOf(digest: Digest): string {
    const hex = hexOf(checkDigest(digest));
    return join(this.#folder, 'sha256', hex.slice(0, 2), hex.slice(2, 4), hex);
  }
}

async function readObject(path: string, digest: Digest, sizeMax: number): Promise<Buffer | null> {
  const handle = await openIfThere(path);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    if (size > sizeMax) throw objectTooLarge(size, sizeMax);
    return checkContent(digest, await handle.readFile());
  } finally {
    await handle.close();
  }
}

async function holdsContent(path: string, digest: Digest): Promise<boolean> {
  const hash = createHash('sha256');
  const bytes = createReadStream(path, { highWaterMark: READ_BLOCK_BYTES });
  for await (const chunk of bytes) hash.update(chunk as Buffer);
  return hash.digest('hex') === hexOf(digest);
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function removeLeftovers(incoming: string, olderThanMs: number): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    try {
      if ((await stat(path)).mtimeMs < olderThanMs) await rm(path);
    } catch (error) {
      // Another process may have finished with the file meanwhile.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

function checkDigest(digest: Digest): Digest {
  if (!isDigest(digest)) throw invalidInput('not a digest of the form sha256:<64 hex digits>');
  return digest;
}

/** A content-addressed store must not hand out bytes that it cannot vouch for. */
function checkContent(digest: Digest, bytes: Buffer): Buffer {
  if (createHash('sha256').update(bytes).digest('hex') === hexOf(digest)) return bytes;
  throw new DomainError('INTERNAL', `the stored bytes of ${digest} are damaged`);
}

function checkRange(range: ByteRange, size: number): void {
  const { start, end } = range;
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!whole || start < 0 || end < start || start >= size) {
    throw invalidInput(`bytes ${start} to ${end} are no range of an object of ${size} bytes`, {
      size,
    });
  }
}
