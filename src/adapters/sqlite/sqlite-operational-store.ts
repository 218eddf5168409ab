import { DomainError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  checkKey,
  checkPage,
  checkSwap,
  checkValue,
  expiryOf,
  listedEntry,
} from '../../ports/operational-rules.ts';
import type {
  ListedEntry,
  OperationalEntry,
  OperationalPage,
  OperationalRoom,
  OperationalStore,
  OperationalSwap,
} from '../../ports/operational-store.ts';
import type { Database } from './driver.ts';
import { openOperational } from './open-operational.ts';
import { namedFailures } from './operational-failures.ts';
import { behindPrefix } from './prefix-range.ts';

/** Most expired entries that are removed beside one group of writes. */
export const SWEEP_ENTRIES_MAX = 200;
/** Most writes of one transaction; further ones wait for the next. */
const GROUP_WRITES_MAX = 1_000;
/** Waiting for another connection's lock holds up this thread, so it is short. */
const BUSY_MS_MAX = 1_000;

const SET_ENTRY =
  'insert into entry (room, key, value, expires_ms) values (?, ?, ?, ?) on conflict (room, key) ' +
  'do update set value = excluded.value, expires_ms = excluded.expires_ms';
const DELETE_ENTRY = 'delete from entry where room = ? and key = ?';
const GET_VALUE =
  'select value from entry where room = ? and key = ? and (expires_ms is null or expires_ms > ?)';
const SWEEP =
  'delete from entry where (room, key) in (select room, key from entry ' +
  'where expires_ms <= ? order by expires_ms limit ?)';

export interface SqliteOperationalStoreOptions {
  readonly file: string;
  readonly clock: Clock;
}

/**
 * Operational entries in an SQLite file of their own, so that a backup or a copy of the record
 * need not hold them. Statements are short and run on this thread; writes that arrive in one turn
 * of the event loop share a transaction and its sync.
 */
export async function openSqliteOperationalStore(
  options: SqliteOperationalStoreOptions,
): Promise<OperationalStore> {
  const { file, clock } = options;
  return namedFailures(
    () => new SqliteOperationalStore(openOperational({ file, busyMsMax: BUSY_MS_MAX }), clock),
  );
}

interface Write {
  readonly apply: () => void;
  readonly resolve: () => void;
  readonly reject: (error: DomainError) => void;
}

class SqliteOperationalStore implements OperationalStore {
  readonly #database: Database;
  readonly #clock: Clock;
  #waiting: Write[] = [];
  #scheduled = false;
  #closed = false;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async get(room: OperationalRoom, key: string): Promise<string | null> {
    return this.#reading(() => {
      const row = this.#database.prepare(GET_VALUE).all(room, checkKey(key), this.#nowMs())[0];
      return row === undefined ? null : String(row[0]);
    });
  }

  async list(room: OperationalRoom, page: OperationalPage): Promise<readonly ListedEntry[]> {
    return this.#reading(() => {
      checkPage(page);
      const conditions = ['room = ?', 'key >= ?', '(expires_ms is null or expires_ms > ?)'];
      const values: Array<string | number> = [room, page.prefix, this.#nowMs()];
      const behind = behindPrefix(page.prefix);
      if (behind !== null) {
        conditions.push('key < ?');
        values.push(behind);
      }
      if (page.after !== undefined) {
        conditions.push('key > ?');
        values.push(page.after);
      }
      const where = conditions.join(' and ');
      const sql = `select key, value, expires_ms from entry where ${where} order by key limit ?`;
      const rows = this.#database.prepare(sql).all(...values, page.limit);
      return rows.map((row) => listedEntry(row));
    });
  }

  async put(
    room: OperationalRoom,
    entries: readonly OperationalEntry[],
    lifeMs?: number,
  ): Promise<void> {
    for (const { key, value } of entries) {
      checkKey(key);
      checkValue(value);
    }
    const expiresMs = expiryOf(this.#nowMs(), lifeMs);
    if (entries.length === 0) return;
    return this.#writing(() => {
      const statement = this.#database.prepare(SET_ENTRY);
      for (const { key, value } of entries) statement.run(room, key, value, expiresMs);
    });
  }

  async delete(room: OperationalRoom, keys: readonly string[]): Promise<void> {
    for (const key of keys) checkKey(key);
    if (keys.length === 0) return;
    return this.#writing(() => {
      const statement = this.#database.prepare(DELETE_ENTRY);
      for (const key of keys) statement.run(room, key);
    });
  }

  async swap(room: OperationalRoom, swap: OperationalSwap, lifeMs?: number): Promise<boolean> {
    checkSwap(swap);
    const { key, was, value } = swap;
    const expiresMs = expiryOf(this.#nowMs(), lifeMs);
    let isSwapped = false;
    await this.#writing(() => {
      const row = this.#database.prepare(GET_VALUE).all(room, key, this.#nowMs())[0];
      isSwapped = (row === undefined ? null : String(row[0])) === was;
      if (isSwapped) this.#database.prepare(SET_ENTRY).run(room, key, value, expiresMs);
    });
    return isSwapped;
  }

  /** Writes what was asked for before, then closes. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#waiting.length > 0) this.#flush();
    this.#database.close();
  }

  #reading<T>(work: () => T): T {
    this.#refuseClosed();
    return namedFailures(work);
  }

  #writing(apply: () => void): Promise<void> {
    this.#refuseClosed();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ apply, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#flush();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const group = this.#waiting.splice(0, GROUP_WRITES_MAX);
    if (group.length === 0) return;
    try {
      namedFailures(() => this.#commit(group));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error as DomainError);
    }
  }

  #commit(group: readonly Write[]): void {
    this.#database.exec('begin immediate');
    try {
      for (const { apply } of group) apply();
      this.#database.prepare(SWEEP).run(this.#nowMs(), SWEEP_ENTRIES_MAX);
      this.#database.exec('commit');
    } catch (error) {
      // Some errors, a full disk among them, end the transaction by themselves.
      if (this.#database.inTransaction()) this.#database.exec('rollback');
      throw error;
    }
  }

  #nowMs(): number {
    return Math.floor(this.#clock.nowMs());
  }

  #refuseClosed(): void {
    if (this.#closed) throw new DomainError('UNAVAILABLE', 'the operational store is closed');
  }
}
