import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Digest } from '../../domain/digest.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import type { LineRange, TelemetryLine } from '../../ports/telemetry-store.ts';
import { type DurableFolders, FILE_MODE, syncFolder } from './durable-folders.ts';
import { isMissing } from './file-errors.ts';
import { FoundLines } from './found-lines.ts';
import { type LogCheckpoint, stateOfCheckpoint } from './telemetry-checkpoint.ts';
import {
  damagedAt,
  type EncodedRecord,
  encodeGroup,
  GROUP_BYTES_MAX,
  recordsIn,
} from './telemetry-format.ts';
import { TelemetryIndex } from './telemetry-index.ts';
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
}

export interface LogState {
  readonly bytes: number;
  readonly lines: number;
}

/** Without a digest when the log is damaged. */
interface SealedLog extends LogState {
  readonly digest: Digest | null;
  readonly damage?: DomainError;
}

interface Waiting {
  readonly records: readonly EncodedRecord[];
  taken: number;
  readonly resolve: (state: LogState) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The operation log of one stream. What is known of it (length, running digest, index of lines)
 * covers durable groups only and is learned once: from the file, or up to a checkpoint from there.
 * One object, in one process, may append to a file at a time; others may read, and notice when it
 * grows.
 */
export class TelemetryStreamLog {
  readonly #file: StreamFile;
  readonly #index = new TelemetryIndex();
  readonly #hash: Hash = createHash('sha256');
  /** How far the digest has come; only a seal needs it, and catches up. */
  #hashed = 0;
  #last: LogCheckpoint['last'] | null = null;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #nameDurable = false;
  #broken = false;
  #pumping = false;
  #uses = 0;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(file: StreamFile) {
    this.#file = file;
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
    return this.#using(() => {
      const appended = new Promise<LogState>((resolve, reject) => {
        this.#waiting.push({ records, taken: 0, resolve, reject });
      });
      if (!this.#pumping) void this.#pump();
      return appended;
    });
  }

  /** What is durable, or null when nothing was written yet. */
  state(): Promise<LogState | null> {
    return this.#using(async () => {
      await this.#inTurn(() => this.#catchUp());
      return this.#bytes === 0 ? null : this.#state;
    });
  }

  seal(): Promise<SealedLog | null> {
    return this.#using(async () => {
      return this.#inTurn(async () => {
        const damage = await this.#damageOfSealed();
        if (damage !== null) return { ...this.#state, digest: null, damage };
        if (this.#bytes === 0) return null;
        const digest: Digest = `sha256:${this.#hash.copy().digest('hex')}`;
        return { ...this.#state, digest };
      });
    });
  }

  read(range: LineRange): Promise<TelemetryLine[]> {
    return this.#using(async () => {
      await this.#inTurn(() => this.#catchUp());
      const within = { from: range.from, to: Math.min(range.to, this.#index.lines) };
      if (within.from >= within.to) return [];
      return this.#file.turnstile.run(() => this.#collect(within));
    });
  }

  /** What is known of the log at one moment, caught up with its file. */
  look<T>(see: (index: TelemetryIndex, state: LogState) => T): Promise<T> {
    return this.#using(async () => {
      await this.#inTurn(() => this.#catchUp());
      return see(this.#index, this.#state);
    });
  }

  /** Whether this is the log of a checkpoint, and at least as long as it was then. */
  reaches({ bytes, last }: LogCheckpoint): Promise<boolean> {
    return this.#using(() =>
      this.#file.turnstile.run(async () => {
        if ((await this.#size()) < bytes) return false;
        const handle = await open(this.#file.path, 'r');
        try {
          const head = { position: last.position, bytes: last.header.length + 1 };
          return (await readPart(handle, head)).toString('latin1') === `${last.header}\n`;
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
    return this.look((index, { bytes }) => {
      if (this.#last === null) return null;
      const chunks = index.chunks.map(({ position, bytes, from, to }) => {
        return [position, bytes, from, to] as const;
      });
      const stretches = index
        .stretches()
        .map(({ number, end, rewrittenAt }) => [number, end, rewrittenAt] as const);
      return { bytes, last: this.#last, chunks, stretches };
    });
  }

  get #state(): LogState {
    return { bytes: this.#bytes, lines: this.#index.lines };
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

  async #pump(): Promise<void> {
    this.#pumping = true;
    while (this.#waiting.length > 0) {
      const { records, from } = this.#nextGroup();
      try {
        await this.#inTurn(() => this.#write(records));
        const state = this.#state;
        for (const each of from) if (each.taken === each.records.length) each.resolve(state);
      } catch (error) {
        for (const each of from) each.reject(error);
        // A call that was begun in this group must not go on in the next.
        if (from.includes(this.#waiting[0]!)) this.#waiting.shift();
      }
    }
    this.#pumping = false;
  }

  /** Takes records in the order of their calls; a long call may need several groups. */
  #nextGroup(): { readonly records: EncodedRecord[]; readonly from: Waiting[] } {
    const records: EncodedRecord[] = [];
    const from: Waiting[] = [];
    let bytes = 0;
    for (const call of this.#waiting) {
      if (bytes >= GROUP_BYTES_MAX) break;
      from.push(call);
      for (; call.taken < call.records.length && bytes < GROUP_BYTES_MAX; call.taken += 1) {
        const record = call.records[call.taken]!;
        records.push(record);
        bytes += record.bytes.byteLength;
      }
    }
    const begun = from.at(-1);
    const unfinished = begun !== undefined && begun.taken < begun.records.length ? 1 : 0;
    this.#waiting = this.#waiting.slice(from.length - unfinished);
    return { records, from };
  }

  async #write(records: readonly EncodedRecord[]): Promise<void> {
    if (this.#broken) throw this.#unusable();
    await this.#file.folders.obtain(this.#file.folder);
    const handle = await open(this.#file.path, READ_WRITE, FILE_MODE);
    try {
      await this.#learn(handle, (await handle.stat()).size);
      await this.#cutTail(handle);
      const group = encodeGroup(this.#bytes, records);
      await this.#writeDurably(handle, group);
      await this.#makeNameDurable();
      this.#adopt(this.#bytes, group);
    } finally {
      await handle.close();
    }
  }

  async #writeDurably(handle: FileHandle, group: Buffer): Promise<void> {
    try {
      let written = 0;
      while (written < group.byteLength) {
        const length = group.byteLength - written;
        const position = this.#bytes + written;
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
      await handle.truncate(this.#bytes);
      await handle.datasync();
    } catch {
      this.#broken = true;
    }
  }

  /** Learns what others have appended, for readers, who leave a torn tail alone. */
  async #catchUp(): Promise<void> {
    const size = await this.#size();
    if (size === this.#bytes || this.#broken) return;
    const handle = await open(this.#file.path, 'r+');
    try {
      await this.#learn(handle, size);
      await this.#makeNameDurable();
    } finally {
      await handle.close();
    }
  }

  /** Takes in whole groups behind what is known. Whoever wrote them may not have synced them. */
  async #learn(handle: FileHandle, size: number): Promise<void> {
    if (size < this.#bytes) throw damagedAt(size);
    if (size === this.#bytes) return;
    await handle.datasync();
    if (this.#bytes === 0) await this.#resume(handle, size);
    for await (const { position, bytes } of scanGroups(handle, { from: this.#bytes, to: size })) {
      this.#adopt(position, bytes);
    }
    if (this.#bytes < size) await refuseDamage(handle, { from: this.#bytes, to: size });
  }

  /** Takes up what a checkpoint says, if it speaks of this very log. */
  async #resume(handle: FileHandle, size: number): Promise<void> {
    const checkpoint = (await this.#file.checkpoint?.()) ?? null;
    if (checkpoint === null || checkpoint.bytes > size) return;
    const { last } = checkpoint;
    const [group] = await onlyGroup(handle, { from: last.position, to: checkpoint.bytes });
    if (group === undefined || headerLineOf(group) !== last.header) return;
    const { chunks, stretches } = stateOfCheckpoint(checkpoint);
    this.#index.restore(chunks, stretches);
    this.#last = last;
    this.#bytes = checkpoint.bytes;
  }

  /** Makes the digest cover what is there; what is damaged is told once more by each seal. */
  async #damageOfSealed(): Promise<DomainError | null> {
    try {
      await this.#catchUp();
      await this.#hashOn();
      return null;
    } catch (error) {
      if (isDomainError(error) && error.code === 'INTERNAL') return error;
      throw error;
    }
  }

  /** Reads what the digest lacks; what was damaged since it was written is noticed here. */
  async #hashOn(): Promise<void> {
    if (this.#hashed === this.#bytes) return;
    const handle = await open(this.#file.path, 'r');
    try {
      const part = { from: this.#hashed, to: this.#bytes };
      for await (const { position, bytes } of scanGroups(handle, part)) {
        this.#hash.update(bytes);
        this.#hashed = position + bytes.byteLength;
      }
    } finally {
      await handle.close();
    }
    if (this.#hashed < this.#bytes) throw damagedAt(this.#hashed);
  }

  async #cutTail(handle: FileHandle): Promise<void> {
    if ((await handle.stat()).size === this.#bytes) return;
    await handle.truncate(this.#bytes);
    await handle.datasync();
  }

  #adopt(position: number, group: Buffer): void {
    for (const record of recordsIn(group, position)) this.#index.add(record);
    if (this.#hashed === position) {
      this.#hash.update(group);
      this.#hashed = position + group.byteLength;
    }
    this.#last = { position, header: headerLineOf(group) };
    this.#bytes = position + group.byteLength;
  }

  async #makeNameDurable(): Promise<void> {
    if (this.#nameDurable) return;
    await this.#file.folders.obtain(this.#file.folder);
    await syncFolder(dirname(this.#file.path));
    this.#nameDurable = true;
  }

  async #size(): Promise<number> {
    try {
      return (await stat(this.#file.path)).size;
    } catch (error) {
      if (isMissing(error) && this.#bytes === 0) return 0;
      throw isMissing(error) ? damagedAt(0) : error;
    }
  }

  /** Latest writes first: a line that was found needs no look at older chunks. */
  async #collect(range: LineRange): Promise<TelemetryLine[]> {
    const found = new FoundLines(range);
    const handle = await open(this.#file.path, 'r');
    try {
      for (const chunk of this.#index.latestFirst(range)) {
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
