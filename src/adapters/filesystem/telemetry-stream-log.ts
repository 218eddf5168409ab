import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Digest } from '../../domain/digest.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import type { LineRange, TelemetryLine } from '../../ports/telemetry-store.ts';
import { type DurableFolders, FILE_MODE, syncFolder } from './durable-folders.ts';
import { isMissing } from './file-errors.ts';
import { FoundLines } from './found-lines.ts';
import { TelemetryAppendQueue } from './telemetry-append-queue.ts';
import type { LogCheckpoint } from './telemetry-checkpoint.ts';
import { damagedAt, type EncodedRecord, encodeGroup } from './telemetry-format.ts';
import type { TelemetryIndex } from './telemetry-index.ts';
import { type LogState, TelemetryKnownLog } from './telemetry-known-log.ts';
import { ALONE, type LogGuard, type TelemetryLogLock } from './telemetry-log-lock.ts';
import { headerLineOf, onlyGroup, readPart, refuseDamage, scanGroups } from './telemetry-scan.ts';
import type { Turnstile } from './turnstile.ts';

const READ_WRITE = constants.O_RDWR | constants.O_CREAT;

export interface StreamFile {
  readonly path: string;
  /** The folder of the file, relative to the root of `folders`. */
  readonly folder: string;
  readonly folders: DurableFolders;
  readonly turnstile: Turnstile;
  /** What is known of the log already, if anything is: it spares reading it from its start. */
  readonly checkpoint?: () => Promise<LogCheckpoint | null>;
  /** Given where other processes append too. */
  readonly lock?: TelemetryLogLock | undefined;
}

/** What the system says of a file. */
interface FileLook {
  readonly size: number;
  readonly ino: number;
}

/** Without a digest when the log is damaged. */
interface SealedLog extends LogState {
  readonly digest: Digest | null;
  readonly damage?: DomainError;
}

/**
 * The operation log of one stream. What is known of it (length, running digest, index of lines)
 * covers durable groups only and is learned once: from the file, or up to a checkpoint from there.
 * Others may append too, if all of them do so under the log's lock: what they wrote is learned when
 * the file has grown, and all is learned anew when another file has taken its place.
 */
export class TelemetryStreamLog {
  readonly #file: StreamFile;
  readonly #queue: TelemetryAppendQueue;
  #known = new TelemetryKnownLog();
  /** How long the log was when this process was done writing to it last. */
  #written = 0;
  #nameDurable = false;
  #broken = false;
  #uses = 0;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(file: StreamFile) {
    this.#file = file;
    this.#queue = new TelemetryAppendQueue((records) => this.#inTurn(() => this.#write(records)));
  }

  /**
   * True when the object may be forgotten and made anew: nothing is under way, and there is no
   * failed write to remember, which the file itself does not show.
   */
  get isIdle(): boolean {
    return this.#uses === 0 && !this.#broken;
  }

  /** Appends the records; those of calls that come meanwhile share a group and its sync. */
  append(records: readonly EncodedRecord[]): Promise<LogState> {
    return this.#using(() => this.#queue.append(records));
  }

  /** What is durable, or null when nothing was written yet. */
  state(): Promise<LogState | null> {
    return this.#using(async () => {
      await this.#inTurn(() => this.#catchUp());
      return this.#known.bytes === 0 ? null : this.#known.state;
    });
  }

  seal(): Promise<SealedLog | null> {
    return this.#using(() => this.#inTurn(() => this.#sealNow()));
  }

  read(range: LineRange): Promise<TelemetryLine[]> {
    return this.#using(async () => {
      await this.#inTurn(() => this.#catchUp());
      const { index } = this.#known;
      const within = { from: range.from, to: Math.min(range.to, index.lines) };
      if (within.from >= within.to) return [];
      return this.#file.turnstile.run(() => this.#collect(index, within));
    });
  }

  /** What is known of the log at one moment, caught up with its file. */
  look<T>(see: (index: TelemetryIndex, state: LogState) => T): Promise<T> {
    return this.#using(async () => {
      await this.#inTurn(() => this.#catchUp());
      return see(this.#known.index, this.#known.state);
    });
  }

  /** Whether this is the log of a checkpoint, and at least as long as it was then. */
  reaches({ bytes, last }: LogCheckpoint): Promise<boolean> {
    return this.#using(() =>
      this.#file.turnstile.run(async () => {
        if ((await this.#look()).size < bytes) return false;
        const handle = await open(this.#file.path, 'r');
        try {
          return await hasHeader(handle, last);
        } finally {
          await handle.close();
        }
      }),
    );
  }

  get path(): string {
    return this.#file.path;
  }

  /** What is known, for who opens the log later; null while nothing is written. */
  checkpoint(): Promise<LogCheckpoint | null> {
    return this.look(() => this.#known.checkpoint());
  }

  async #using<T>(work: () => Promise<T>): Promise<T> {
    this.#uses += 1;
    try {
      return await work();
    } finally {
      this.#uses -= 1;
    }
  }

  /** One at a time for whatever changes what is known of the file. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => this.#file.turnstile.run(work));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Under the log's lock, if it has one. */
  #locked<T>(work: (guard: LogGuard) => Promise<T>): Promise<T> {
    return this.#file.lock?.run(work) ?? work(ALONE);
  }

  async #write(records: readonly EncodedRecord[]): Promise<LogState> {
    await this.#file.folders.obtain(this.#file.folder);
    await this.#locked((guard) => this.#writeGroup(records, guard));
    return this.#known.state;
  }

  /** The file is opened before the lock is looked at: it is the one that was there under it. */
  async #writeGroup(records: readonly EncodedRecord[], guard: LogGuard): Promise<void> {
    if (this.#broken) throw this.#unusable();
    const handle = await open(this.#file.path, READ_WRITE, FILE_MODE);
    try {
      await guard.check();
      await this.#learn(handle, await handle.stat());
      await this.#cutTail(handle);
      const group = encodeGroup(this.#known.bytes, records);
      await this.#writeDurably(handle, group);
      await this.#makeNameDurable();
      await guard.check();
      this.#known.adopt(this.#known.bytes, group);
      this.#written = this.#known.bytes;
    } finally {
      await handle.close();
    }
  }

  async #writeDurably(handle: FileHandle, group: Buffer): Promise<void> {
    try {
      let written = 0;
      while (written < group.byteLength) {
        const length = group.byteLength - written;
        const position = this.#known.bytes + written;
        written += (await handle.write(group, written, length, position)).bytesWritten;
      }
      await handle.datasync();
    } catch (error) {
      await this.#takeBack(handle);
      throw error;
    }
  }

  /**
   * After a failed sync the system may claim later that the bytes are on disk although they are
   * not, so they are cut off; if even that fails, the log is not written to until a restart.
   */
  async #takeBack(handle: FileHandle): Promise<void> {
    try {
      await handle.truncate(this.#known.bytes);
      await handle.datasync();
    } catch {
      this.#broken = true;
    }
  }

  /** Learns what others have appended, for readers, who leave a torn tail alone. */
  async #catchUp(): Promise<void> {
    const found = await this.#look();
    if (this.#isKnown(found) || this.#broken) return;
    try {
      await this.#learnFile();
    } catch (error) {
      if (this.#isAlone || !isDamage(error)) throw error;
      // Another process may have written over a torn tail while it was looked at.
      this.#known = new TelemetryKnownLog();
      await this.#learnFile();
    }
  }

  async #learnFile(): Promise<void> {
    const handle = await open(this.#file.path, 'r+');
    try {
      await this.#learn(handle, await handle.stat());
      await this.#makeNameDurable();
    } finally {
      await handle.close();
    }
  }

  #isKnown({ size, ino }: FileLook): boolean {
    const { bytes, file } = this.#known;
    return size === bytes && (bytes === 0 || this.#isAlone || file === ino);
  }

  get #isAlone(): boolean {
    return this.#file.lock === undefined;
  }

  /** Takes in whole groups behind what is known. Whoever wrote them may not have synced them. */
  async #learn(handle: FileHandle, found: FileLook): Promise<void> {
    if (this.#isKnown(found)) return;
    if (!this.#isAlone) await this.#forgetIfReplaced(handle, found);
    const { size } = found;
    if (size < this.#known.bytes) throw damagedAt(size);
    await handle.datasync();
    if (this.#known.bytes === 0) await this.#resume(handle, size);
    this.#known.file = found.ino;
    const part = { from: this.#known.bytes, to: size };
    for await (const { position, bytes } of scanGroups(handle, part)) {
      this.#known.adopt(position, bytes);
    }
    const { bytes } = this.#known;
    if (bytes < size) await refuseDamage(handle, { from: bytes, to: size });
    if (bytes < this.#written) throw damagedAt(bytes);
  }

  /** A group that was never acknowledged may have been known, and then have gone again. */
  async #forgetIfReplaced(handle: FileHandle, { size }: FileLook): Promise<void> {
    const { last, bytes } = this.#known;
    if (last === null || (size >= bytes && (await hasHeader(handle, last)))) return;
    this.#known = new TelemetryKnownLog();
  }

  /** Takes up what a checkpoint says, if it speaks of this very log. */
  async #resume(handle: FileHandle, size: number): Promise<void> {
    const checkpoint = (await this.#file.checkpoint?.()) ?? null;
    if (checkpoint === null || checkpoint.bytes > size) return;
    const { last } = checkpoint;
    const [group] = await onlyGroup(handle, { from: last.position, to: checkpoint.bytes });
    if (group === undefined || headerLineOf(group) !== last.header) return;
    this.#known.restore(checkpoint);
  }

  /** Under the lock: nothing may be under way that is taken back or replaced later. */
  async #sealNow(): Promise<SealedLog | null> {
    if (this.#known.bytes === 0 && (await this.#look()).size === 0) return null;
    return this.#locked(async (guard) => {
      const damage = await this.#damageOfSealed();
      await guard.check();
      if (damage !== null) return { ...this.#known.state, digest: null, damage };
      if (this.#known.bytes === 0) return null;
      return { ...this.#known.state, digest: this.#known.digest() };
    });
  }

  /** Makes the digest cover what is there; what is damaged is told once more by each seal. */
  async #damageOfSealed(): Promise<DomainError | null> {
    try {
      await this.#catchUp();
      await this.#hashOn();
      return null;
    } catch (error) {
      if (isDamage(error)) return error;
      throw error;
    }
  }

  /** Reads what the digest lacks; what was damaged since it was written is noticed here. */
  async #hashOn(): Promise<void> {
    const known = this.#known;
    if (known.hashed === known.bytes) return;
    const handle = await open(this.#file.path, 'r');
    try {
      const part = { from: known.hashed, to: known.bytes };
      for await (const { position, bytes } of scanGroups(handle, part)) known.hash(position, bytes);
    } finally {
      await handle.close();
    }
    if (known.hashed < known.bytes) throw damagedAt(known.hashed);
  }

  async #cutTail(handle: FileHandle): Promise<void> {
    if ((await handle.stat()).size === this.#known.bytes) return;
    await handle.truncate(this.#known.bytes);
    await handle.datasync();
  }

  async #makeNameDurable(): Promise<void> {
    if (this.#nameDurable) return;
    await this.#file.folders.obtain(this.#file.folder);
    await syncFolder(dirname(this.#file.path));
    this.#nameDurable = true;
  }

  async #look(): Promise<FileLook> {
    try {
      return await stat(this.#file.path);
    } catch (error) {
      if (isMissing(error) && this.#known.bytes === 0) return { size: 0, ino: 0 };
      throw isMissing(error) ? damagedAt(0) : error;
    }
  }

  /** Latest writes first: a line that was found needs no look at older chunks. */
  async #collect(index: TelemetryIndex, range: LineRange): Promise<TelemetryLine[]> {
    const found = new FoundLines(range);
    const handle = await open(this.#file.path, 'r');
    try {
      for (const chunk of index.latestFirst(range)) {
        if (found.isComplete) break;
        found.addOlder(await readPart(handle, chunk), chunk.position);
      }
    } finally {
      await handle.close();
    }
    return found.inOrder();
  }

  #unusable(): DomainError {
    const stream = basename(this.#file.path, '.log');
    return new DomainError(
      'UNAVAILABLE',
      `the ${stream} log of the run takes no more lines: an earlier write failed half-way and ` +
        'could not be taken back; check the disk and restart the hub',
    );
  }
}

/** Whether this group begins where it is said to: no two groups of one log share a header. */
async function hasHeader(handle: FileHandle, group: LogCheckpoint['last']): Promise<boolean> {
  const head = { position: group.position, bytes: group.header.length + 1 };
  return (await readPart(handle, head)).toString('latin1') === `${group.header}\n`;
}

function isDamage(error: unknown): error is DomainError {
  return isDomainError(error) && error.code === 'INTERNAL';
}
