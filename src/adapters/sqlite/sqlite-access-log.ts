import { setImmediate as turn } from 'node:timers/promises';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import {
  ACCESS_KEPT_DAYS,
  ACCESS_PAGE_ENTRIES_MAX,
  type AccessEntry,
  type AccessLog,
  type AccessNote,
  type AccessQuery,
} from '../../ports/access-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { AccessBuffer } from './access-buffer.ts';
import type { Database } from './driver.ts';
import { openOperational } from './open-operational.ts';
import { namedFailures } from './operational-failures.ts';
import { readAccess } from './read-access.ts';

/** Most different notes that wait to be written: twenty large pages at once. */
export const ACCESS_WAITING_MAX = 20_000;
/** Most entries that are removed at once because they are too old. */
export const ACCESS_SWEEP_ENTRIES_MAX = 1_000;
/** Notes wait this long to be written together, in milliseconds. */
const FLUSH_AFTER_MS = 1_000;
/** Most entries of one transaction; requests have their turn before the next. */
const FLUSH_ENTRIES_MAX = 250;
/** What is left of a sweep follows after so many milliseconds. */
const SWEEP_ON_MS = 1_000;
const DAY_MS = 86_400_000;
/** Whoever holds the file makes notes wait in memory, and nobody else. */
const BUSY_MS_MAX = 0;

const WRITE =
  'insert into access (id, actor, via, subject, project, how, door, first_at, last_at, count) ' +
  'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set ' +
  'last_at = max(last_at, excluded.last_at), count = count + excluded.count';
const SWEEP =
  'delete from access where id in ' +
  '(select id from access where first_at < ? order by first_at limit ?)';

export interface SqliteAccessLogOptions {
  /** The operational store's file. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long entries are kept; left out, ACCESS_KEPT_DAYS. */
  readonly keptDays?: number | undefined;
}

/**
 * The access log as a table of the operational store's file, over a connection of its own.
 * Statements are short and run on this thread, as those of the operational store do.
 */
export async function openSqliteAccessLog(options: SqliteAccessLogOptions): Promise<AccessLog> {
  const { file } = options;
  return namedFailures(
    () => new SqliteAccessLog(openOperational({ file, busyMsMax: BUSY_MS_MAX }), options),
  );
}

type Timer = ReturnType<typeof setTimeout>;

class SqliteAccessLog implements AccessLog {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #keptMs: number;
  readonly #waiting = new AccessBuffer(ACCESS_WAITING_MAX);
  #flushTimer: Timer | null = null;
  #sweepTimer: Timer | null = null;
  /** Whether the last writing failed, which is logged when it begins to. */
  #failing = false;
  #closed = false;

  constructor(database: Database, options: SqliteAccessLogOptions) {
    this.#database = database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#keptMs = (options.keptDays ?? ACCESS_KEPT_DAYS) * DAY_MS;
    this.#sweep();
  }

  note(note: AccessNote): void {
    if (this.#closed) return;
    this.#waiting.add(note, this.#clock.nowMs());
    this.#flushTimer ??= later(FLUSH_AFTER_MS, () => this.#flushInTurns());
  }

  async list(query: AccessQuery): Promise<readonly AccessEntry[]> {
    checkQuery(query);
    this.#refuseClosed();
    let groups = Math.ceil(this.#waiting.size / FLUSH_ENTRIES_MAX);
    for (; groups > 0 && this.#flush(); groups -= 1) {
      await turn();
      this.#refuseClosed();
    }
    return namedFailures(() => readAccess(this.#database, query));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of [this.#flushTimer, this.#sweepTimer]) if (timer) clearTimeout(timer);
    while (this.#waiting.size > 0 && this.#flush());
    const entries = this.#waiting.size;
    if (entries > 0) {
      const notes = this.#waiting.takeLost();
      this.#log.warn({ entries, notes }, 'the last notes of reading could not be written');
    }
    this.#database.close();
  }

  /** One transaction; what is left over waits for a later turn, or for the next try. */
  #flushInTurns(): void {
    this.#flushTimer = null;
    if (this.#closed || this.#waiting.size === 0) return;
    const isWritten = this.#flush();
    if (this.#waiting.size === 0) return;
    const waitMs = isWritten ? 0 : FLUSH_AFTER_MS;
    this.#flushTimer = later(waitMs, () => this.#flushInTurns());
  }

  /** Writes the oldest notes; false when that failed, and they wait on. */
  #flush(): boolean {
    try {
      const entries = this.#waiting.oldest(FLUSH_ENTRIES_MAX);
      if (entries.length === 0) return true;
      this.#commit(() => {
        for (const entry of entries) this.#write(entry);
      });
      this.#waiting.drop(entries.length);
      this.#failing = false;
      this.#tellLost();
      return true;
    } catch (error) {
      const fields = { error: String(error), entries: this.#waiting.size };
      if (!this.#failing) this.#log.warn(fields, 'notes of reading wait: they cannot be written');
      this.#failing = true;
      return false;
    }
  }

  /** Once for all that were lost while there was no place. */
  #tellLost(): void {
    const notes = this.#waiting.takeLost();
    if (notes > 0) this.#log.warn({ notes }, 'notes of reading were lost: too many had to wait');
  }

  #write(entry: AccessEntry): void {
    const { id, actor, via, subject, project, how, door, firstAt, lastAt, count } = entry;
    const statement = this.#database.prepare(WRITE);
    statement.run(id, actor, via, subject, project, how, door, firstAt, lastAt, count);
  }

  /** Removes some of what is too old, at once again while there is more, else a day later. */
  #sweep(): void {
    if (this.#closed) return;
    const removed = this.#sweepSome();
    const waitMs = removed === ACCESS_SWEEP_ENTRIES_MAX ? SWEEP_ON_MS : DAY_MS;
    this.#sweepTimer = later(waitMs, () => this.#sweep());
  }

  #sweepSome(): number {
    try {
      const before = instantFromMs(this.#clock.nowMs() - this.#keptMs);
      return this.#database.prepare(SWEEP).run(before, ACCESS_SWEEP_ENTRIES_MAX);
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'old notes of reading could not be removed');
      return 0;
    }
  }

  #refuseClosed(): void {
    if (this.#closed) throw new DomainError('UNAVAILABLE', 'the access log is closed');
  }

  #commit(work: () => void): void {
    this.#database.exec('begin immediate');
    try {
      work();
      this.#database.exec('commit');
    } catch (error) {
      // Some errors, a full disk among them, end the transaction by themselves.
      if (this.#database.inTransaction()) this.#database.exec('rollback');
      throw error;
    }
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
