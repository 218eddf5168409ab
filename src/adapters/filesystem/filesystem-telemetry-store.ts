import { join } from 'node:path';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import {
  COLUMN_STREAMS,
  type ColumnStream,
  type TelemetryColumns,
} from '../../ports/telemetry-columns.ts';
import {
  type LineRange,
  type SealedStream,
  type StreamState,
  TELEMETRY_APPEND_BYTES_MAX,
  TELEMETRY_READ_LINES_MAX,
  TELEMETRY_STREAMS,
  type TelemetryLine,
  type TelemetryOperation,
  type TelemetryStore,
  type TelemetryStream,
} from '../../ports/telemetry-store.ts';
import { BoundedCache } from './bounded-cache.ts';
import { DurableFolders, makeDurableFolder } from './durable-folders.ts';
import { guarded } from './file-errors.ts';
import { FilesystemTelemetryColumns } from './filesystem-telemetry-columns.ts';
import { type OnFault, TelemetryCompactor } from './telemetry-compactor.ts';
import { encodeOperation } from './telemetry-format.ts';
import { TelemetryLogLock } from './telemetry-log-lock.ts';
import { readManifest } from './telemetry-manifest.ts';
import { type Extent, TelemetryStreamColumns } from './telemetry-stream-columns.ts';
import { TelemetryStreamLog } from './telemetry-stream-log.ts';
import { TelemetryThread } from './telemetry-thread.ts';
import { Turnstile } from './turnstile.ts';

/** Streams whose length, digest and index are remembered; others are scanned when needed. */
export const STREAMS_CACHED_MAX = 4_000;
/** Files of streams that are open at once. */
export const STREAM_FILES_OPEN_MAX = 64;

const WHAT = 'the telemetry store';
const RUN = /^run_([A-Za-z0-9_-]{2})[A-Za-z0-9_-]{41}$/;

export interface FilesystemTelemetryStoreOptions {
  readonly folder: string;
  /** `read`: files of columns are used and never made, beside a process that makes them. */
  readonly columns?: 'make' | 'read';
  /** Told when files of columns could not be made. Nothing is lost: the log has the lines. */
  readonly onFault?: OnFault;
  /** Told by a seal that found a damaged log, once of each log while it is remembered. */
  readonly onDamage?: OnDamage;
  /** Given where several processes append to the folder: their locks are named by it. */
  readonly severalWriters?: Ids | undefined;
}

export type OnDamage = (
  stream: { readonly run: string; readonly stream: TelemetryStream },
  error: Error,
) => void;

/**
 * Operation logs as files: `<first two characters of the hash>/<run id>/<stream>.log`, in the
 * format that telemetry-format.ts describes, and beside each log of rows a folder of Parquet files
 * that are made from it, `<stream>.columns`. Several processes may append if all are told so.
 */
export async function openFilesystemTelemetryStore(
  options: FilesystemTelemetryStoreOptions,
): Promise<TelemetryStore> {
  await guarded(WHAT, () => makeDurableFolder(options.folder));
  return new FilesystemTelemetryStore(options);
}

class FilesystemTelemetryStore implements TelemetryStore {
  readonly #root: string;
  readonly #severalWriters: Ids | undefined;
  readonly #folders: DurableFolders;
  readonly #turnstile = new Turnstile(STREAM_FILES_OPEN_MAX);
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #logs = new BoundedCache<string, TelemetryStreamLog>(
    STREAMS_CACHED_MAX,
    (log) => log.isIdle,
  );
  readonly #columnsOf = new BoundedCache<string, TelemetryStreamColumns>(
    STREAMS_CACHED_MAX,
    (columns) => !columns.isBusy,
  );
  readonly #damaged = new BoundedCache<string, true>(STREAMS_CACHED_MAX, () => true);
  readonly #onDamage: OnDamage;
  readonly #thread = new TelemetryThread();
  readonly #compactor: TelemetryCompactor | null;
  readonly columns: TelemetryColumns;
  #closed = false;

  constructor(options: FilesystemTelemetryStoreOptions) {
    const { folder, columns = 'make', onFault = () => {}, onDamage = () => {} } = options;
    this.#root = folder;
    this.#severalWriters = options.severalWriters;
    this.#onDamage = onDamage;
    this.#folders = new DurableFolders(folder);
    this.#compactor =
      columns === 'make' ? new TelemetryCompactor(new TelemetryThread(), onFault) : null;
    this.columns = new FilesystemTelemetryColumns({
      thread: this.#thread,
      compactor: this.#compactor,
      columnsOf: (run, stream) => this.#columnsOfStream(run, stream),
      work: (run, work) =>
        this.#work(async () => {
          checkRun(run);
          return work();
        }),
    });
  }

  append(run: string, operations: readonly TelemetryOperation[]): Promise<readonly StreamState[]> {
    return this.#work(async () => {
      checkRun(run);
      for (const operation of operations) checkOperation(operation);
      // Nothing may be under way any more when the caller hears of a failure.
      const outcomes = await Promise.allSettled(
        TELEMETRY_STREAMS.map((stream) => this.#appendTo(run, stream, operations)),
      );
      return outcomes.flatMap((outcome) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      });
    });
  }

  states(run: string): Promise<readonly StreamState[]> {
    return this.#work(async () => {
      checkRun(run);
      const states = TELEMETRY_STREAMS.map((stream) => this.#stateOf(run, stream));
      return (await Promise.all(states)).flat();
    });
  }

  seal(run: string): Promise<readonly SealedStream[]> {
    return this.#work(async () => {
      checkRun(run);
      const sealed = TELEMETRY_STREAMS.map((stream) => this.#sealStream(run, stream));
      const states = (await Promise.all(sealed)).flat();
      for (const { stream, digest } of states) {
        if (digest !== null) this.#compactLater(run, stream);
      }
      return states;
    });
  }

  read(run: string, stream: TelemetryStream, range: LineRange): Promise<readonly TelemetryLine[]> {
    return this.#work(async () => {
      checkRun(run);
      checkStream(stream);
      checkRange(range);
      return this.#log(run, stream).read(range);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    // First, and with a limit: readers who wait for files read the log instead.
    await this.#compactor?.close();
    await Promise.allSettled(this.#underWay);
    await this.#thread.close();
  }

  async #sealStream(run: string, stream: TelemetryStream): Promise<SealedStream[]> {
    const log = this.#log(run, stream);
    const sealed = await log.seal();
    if (sealed === null) return [];
    const { bytes, lines, digest, damage } = sealed;
    if (damage !== undefined && this.#damaged.get(log.path) === undefined) {
      this.#damaged.set(log.path, true);
      this.#onDamage({ run, stream }, damage);
    }
    return [{ stream, bytes, lines, digest }];
  }

  /** The state of the stream after the operations; none when there are none for it. */
  async #appendTo(
    run: string,
    stream: TelemetryStream,
    operations: readonly TelemetryOperation[],
  ): Promise<StreamState[]> {
    const own = operations.filter((operation) => operation.stream === stream);
    if (own.length === 0) return [];
    const records = own.flatMap(encodeOperation);
    if (records.length === 0) return this.#stateOf(run, stream);
    this.#compactor?.noteWrite();
    const state = await this.#log(run, stream).append(records);
    if (isColumnStream(stream) && this.#columnsOfStream(run, stream).noteGrowth(state)) {
      this.#compact(run, stream, 'whole');
    }
    return [{ stream, ...state }];
  }

  /** In the background: whoever wrote or sealed does not wait for files of columns. */
  #compact(run: string, stream: TelemetryStream, extent: Extent): void {
    if (!isColumnStream(stream)) return;
    void this.#compactor?.request(this.#columnsOfStream(run, stream), extent);
  }

  /** Reads are answered from the log meanwhile, or make the files that they need. */
  #compactLater(run: string, stream: TelemetryStream): void {
    if (!isColumnStream(stream)) return;
    this.#columnsOfStream(run, stream).noteSeal();
    const name = columnsFolderOf(run, stream);
    this.#compactor?.requestLater(name, () => this.#columnsOfStream(run, stream));
  }

  async #stateOf(run: string, stream: TelemetryStream): Promise<StreamState[]> {
    const state = await this.#log(run, stream).state();
    return state === null ? [] : [{ stream, ...state }];
  }

  #log(run: string, stream: TelemetryStream): TelemetryStreamLog {
    const folder = folderOf(run);
    const path = join(this.#root, folder, `${stream}.log`);
    const known = this.#logs.get(path);
    if (known !== undefined) return known;
    const log = new TelemetryStreamLog({
      path,
      folder,
      folders: this.#folders,
      turnstile: this.#turnstile,
      lock: this.#severalWriters && new TelemetryLogLock(path, this.#severalWriters),
      ...(isColumnStream(stream) && { checkpoint: () => this.#checkpointOf(run, stream) }),
    });
    this.#logs.set(path, log);
    return log;
  }

  async #checkpointOf(run: string, stream: ColumnStream) {
    return (await readManifest(join(this.#root, columnsFolderOf(run, stream)))).log;
  }

  #columnsOfStream(run: string, stream: ColumnStream): TelemetryStreamColumns {
    const below = columnsFolderOf(run, stream);
    const known = this.#columnsOf.get(below);
    if (known !== undefined) return known;
    const place = { below, root: this.#root, folders: this.#folders };
    const columns = new TelemetryStreamColumns(this.#log(run, stream), place);
    this.#columnsOf.set(below, columns);
    return columns;
  }

  async #work<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new DomainError('UNAVAILABLE', 'the telemetry store is closed');
    const running = guarded(WHAT, work);
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }
}

function folderOf(run: string): string {
  return join(RUN.exec(run)?.[1] ?? '', run);
}

function columnsFolderOf(run: string, stream: ColumnStream): string {
  return join(folderOf(run), `${stream}.columns`);
}

function isColumnStream(stream: TelemetryStream): stream is ColumnStream {
  return (COLUMN_STREAMS as readonly TelemetryStream[]).includes(stream);
}

function checkRun(run: string): string {
  if (!RUN.test(run)) throw invalidInput('not the id of a run: run_ and 43 of A-Z a-z 0-9 _ -');
  return run;
}

function checkStream(stream: TelemetryStream): void {
  if (!TELEMETRY_STREAMS.includes(stream)) throw invalidInput(`no such stream: ${stream}`);
}

function checkOperation({ stream, offset, lines }: TelemetryOperation): void {
  checkStream(stream);
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw invalidInput(`${offset} is no line number of a stream`);
  }
  if (!Number.isSafeInteger(offset + lines.length)) {
    throw invalidInput(`line numbers from ${offset} on are too large`);
  }
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  if (bytes > TELEMETRY_APPEND_BYTES_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `an operation of ${bytes} bytes; at most ${TELEMETRY_APPEND_BYTES_MAX} are taken at once`,
      { details: { bytes, bytesMax: TELEMETRY_APPEND_BYTES_MAX } },
    );
  }
}

function checkRange({ from, to }: LineRange): void {
  const whole = Number.isSafeInteger(from) && Number.isSafeInteger(to);
  if (!whole || from < 0 || to < from) throw invalidInput(`no range of lines: ${from} to ${to}`);
  if (to - from > TELEMETRY_READ_LINES_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `${to - from} lines are asked for; at most ${TELEMETRY_READ_LINES_MAX} are read at once`,
      { details: { linesMax: TELEMETRY_READ_LINES_MAX } },
    );
  }
}
