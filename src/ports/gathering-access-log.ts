import { DomainError, invalidInput } from '../domain/errors.ts';
import { type Instant, instantFromMs } from '../domain/time.ts';
import { AccessBuffer, type PackedReadings } from './access-buffer.ts';
import {
  ACCESS_KEPT_DAYS,
  ACCESS_PAGE_ENTRIES_MAX,
  type AccessEntry,
  type AccessLog,
  type AccessNote,
  type AccessQuery,
} from './access-log.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** Most different notes that wait to be written: twenty large pages at once. */
export const ACCESS_WAITING_MAX = 20_000;
/** Most entries that are removed at once because they are too old. */
export const ACCESS_SWEEP_ENTRIES_MAX = 250;
/** Notes wait this long to be written together, in milliseconds, */
const FLUSH_AFTER_MS = 1_000;
/** or until so many wait, so that many large pages within a second lose none. */
const FLUSH_AT_ENTRIES = ACCESS_WAITING_MAX / 4;
/**
 * Most entries of one transaction. Whoever else writes there waits for no more than one.
 */
const FLUSH_ENTRIES_MAX = 1_000;
/** What is left of a sweep follows after so many milliseconds. */
const SWEEP_ON_MS = 250;
const DAY_MS = 86_400_000;

type Timer = ReturnType<typeof setTimeout>;

export interface AccessSweep {
  readonly before: Instant;
  readonly entriesMax: number;
}

/** Where a log's entries are kept. */
export interface AccessTable {
  /** All of them, or none when it fails. */
  write(readings: PackedReadings): Promise<unknown>;
  /** Removes the oldest of the entries that began before a time; tells how many those were. */
  sweep(sweep: AccessSweep): Promise<number>;
  list(query: AccessQuery): Promise<readonly AccessEntry[]>;
  close(): Promise<void>;
}

export interface GatheringOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long entries are kept; left out, ACCESS_KEPT_DAYS. */
  readonly keptDays?: number | undefined;
}

/** An access log that gathers notes in memory: noting costs requests no more than that. */
export class GatheringAccessLog implements AccessLog {
  readonly #table: AccessTable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #keptMs: number;
  readonly #waiting = new AccessBuffer(ACCESS_WAITING_MAX);
  #flushTimer: Timer | null = null;
  #sweepTimer: Timer | null = null;
  /** The latest flush, and the one that has not begun yet. */
  #flushed: Promise<void> = Promise.resolve();
  #nextFlush: Promise<void> | undefined;
  /** Whether the last writing failed, which is logged when it begins to. */
  #failing = false;
  #closing: Promise<void> | undefined;
  /** What was too old at the start is gone, or could not be removed. */
  readonly #started: Promise<unknown>;
  /** The latest sweep. */
  #swept: Promise<void>;

  constructor(table: AccessTable, options: GatheringOptions) {
    this.#table = table;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#keptMs = (options.keptDays ?? ACCESS_KEPT_DAYS) * DAY_MS;
    this.#swept = this.#sweep();
    this.#started = this.#swept;
  }

  note(note: AccessNote): void {
    if (this.#closing !== undefined) return;
    this.#waiting.add(note, this.#clock.nowMs());
    this.#flushTimer ??= this.#flushLater();
    if (this.#waiting.size >= FLUSH_AT_ENTRIES && !this.#failing) void this.#flush();
  }

  async list(query: AccessQuery): Promise<readonly AccessEntry[]> {
    checkQuery(query);
    this.#refuseClosed();
    await Promise.all([this.#started, this.#flush()]);
    this.#refuseClosed();
    return this.#table.list(query);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    for (const timer of [this.#flushTimer, this.#sweepTimer]) if (timer) clearTimeout(timer);
    // A sweep whose table is closed under it would fail, or wait for an answer that cannot come.
    await Promise.all([this.#flush(), this.#swept]);
    const entries = this.#waiting.size;
    if (entries > 0) {
      const notes = this.#waiting.takeLost();
      this.#log.warn({ entries, notes }, 'the last notes of reading could not be written');
    }
    await this.#table.close();
  }

  /** Tries to write all that waits now, behind a flush that is under way. */
  #flush(): Promise<void> {
    if (this.#nextFlush === undefined) {
      this.#nextFlush = this.#flushed.then(() => this.#writeWaiting());
      this.#flushed = this.#nextFlush;
    }
    return this.#nextFlush;
  }

  /** Group after group, so that no more than one is under way. */
  async #writeWaiting(): Promise<void> {
    this.#nextFlush = undefined;
    let groups = Math.ceil(this.#waiting.size / FLUSH_ENTRIES_MAX);
    while (groups > 0 && (await this.#writeGroup())) groups -= 1;
    if (this.#waiting.size === 0 || this.#closing !== undefined) return;
    this.#flushTimer ??= this.#flushLater();
  }

  /** Writes the oldest notes; false when that failed, and they wait on. */
  async #writeGroup(): Promise<boolean> {
    try {
      await this.#table.write(this.#waiting.take(FLUSH_ENTRIES_MAX));
      this.#waiting.written();
      this.#failing = false;
      this.#tellLost();
      return true;
    } catch (error) {
      this.#waiting.putBack();
      const fields = { error: String(error), entries: this.#waiting.size };
      if (!this.#failing) this.#log.warn(fields, 'notes of reading wait: they cannot be written');
      this.#failing = true;
      return false;
    }
  }

  #flushLater(): Timer {
    return later(FLUSH_AFTER_MS, () => {
      this.#flushTimer = null;
      void this.#flush();
    });
  }

  /** Once for all that were lost while there was no place. */
  #tellLost(): void {
    const notes = this.#waiting.takeLost();
    if (notes > 0) this.#log.warn({ notes }, 'notes of reading were lost: too many had to wait');
  }

  /** Removes some of what is too old, soon again while there is more, else a day later. */
  async #sweep(): Promise<void> {
    const removed = await this.#sweepSome();
    if (this.#closing !== undefined) return;
    const waitMs = removed === ACCESS_SWEEP_ENTRIES_MAX ? SWEEP_ON_MS : DAY_MS;
    this.#sweepTimer = later(waitMs, () => {
      this.#swept = this.#sweep();
    });
  }

  async #sweepSome(): Promise<number> {
    try {
      const before = instantFromMs(this.#clock.nowMs() - this.#keptMs);
      return await this.#table.sweep({ before, entriesMax: ACCESS_SWEEP_ENTRIES_MAX });
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'old notes of reading could not be removed');
      return 0;
    }
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}

/** A timer that keeps no process alive. */
function later(ms: number, work: () => void): Timer {
  const timer = setTimeout(work, ms);
  timer.unref();
  return timer;
}

function checkQuery({ limit, after }: AccessQuery): void {
  if (!Number.isSafeInteger(limit) || limit < 1) throw invalidInput(`no page of ${limit} entries`);
  if (limit > ACCESS_PAGE_ENTRIES_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `a page of ${limit} entries; at most ${ACCESS_PAGE_ENTRIES_MAX} are listed at once`,
      { details: { entriesMax: ACCESS_PAGE_ENTRIES_MAX } },
    );
  }
  if (after && (typeof after.firstAt !== 'string' || typeof after.id !== 'string')) {
    throw invalidInput('the place to go on from is none of an access log');
  }
}

export function closedError(): DomainError {
  return new DomainError('UNAVAILABLE', 'the access log is closed');
}
