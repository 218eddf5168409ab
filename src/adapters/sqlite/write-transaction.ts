import { statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { DomainError } from '../../domain/errors.ts';
import type { Head } from '../../ports/lineage-store.ts';
import { type Database, isSqliteError } from './driver.ts';
import { outcomeUnknown } from './failures.ts';
import { loadWants } from './load-wants.ts';
import type { EncodedCommit, LoadInput, PackedFound } from './protocol.ts';
import { readHead } from './read-facts.ts';
import { RowWriter } from './write-rows.ts';

/** How long a transaction waits for another process to let go of the head. */
export const LOCK_WAIT_MS_MAX = 5_000;
/** How often it asks. SQLite's own waiting backs off to 100 ms and starves under load. */
const LOCK_POLL_MS = 2;
/**
 * A write-ahead log longer than this is moved into the database even when writers are busy. Moving
 * it every 4 MB, as SQLite does by itself, wrote the same pages again and again.
 */
const WAL_BYTES_MAX = 64 * 1024 * 1024;
/** After so much quiet the log is moved into the database and cut. */
const QUIET_MS = 250;
/** How long moving the log waits for readers; it is tried again later. */
const CHECKPOINT_WAIT_MS = 50;

/** The writing side of the worker: one transaction after another on one connection. */
export class WriteTransaction {
  readonly #database: Database;
  readonly #walFile: string;
  readonly #rows: RowWriter;
  #quiet: NodeJS.Timeout | undefined;
  /** Put off by as much each time that readers are in the way. */
  #cutAtBytes = WAL_BYTES_MAX;

  constructor(database: Database, file: string) {
    this.#database = database;
    this.#walFile = `${file}-wal`;
    this.#rows = new RowWriter(database);
  }

  /** Takes the lock before it reads anything, so that the head is the newest there is. */
  begin(): Head {
    clearTimeout(this.#quiet);
    if (this.#database.inTransaction()) this.rollback();
    this.#lock();
    this.#rows.begin();
    return readHead(this.#database);
  }

  load({ appended, wants }: LoadInput): PackedFound {
    this.#write(appended);
    return loadWants(this.#database, wants);
  }

  commit(appended: readonly EncodedCommit[]): void {
    this.#write(appended);
    try {
      this.#database.exec('commit');
    } catch (error) {
      this.#abandon();
      // A full disk took no whole commit; after another fault one may come back with a restart.
      if (isSqliteError(error) && error.code.startsWith('SQLITE_FULL')) throw error;
      throw outcomeUnknown(error);
    }
    this.#boundWal();
  }

  rollback(): void {
    this.#rows.forgetKeys();
    if (this.#database.inTransaction()) this.#database.exec('rollback');
  }

  close(): void {
    clearTimeout(this.#quiet);
    this.rollback();
  }

  #write(appended: readonly EncodedCommit[]): void {
    if (!this.#database.inTransaction()) {
      throw new DomainError('INTERNAL', 'no transaction holds the head');
    }
    try {
      for (const commit of appended) this.#rows.write(commit);
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  /** Rolls back after a fault that matters more than one of the rollback, which `begin` repeats. */
  #abandon(): void {
    try {
      this.rollback();
    } catch {
      this.#rows.forgetKeys();
    }
  }

  #lock(): void {
    const end = performance.now() + LOCK_WAIT_MS_MAX;
    const nobody = new Int32Array(new SharedArrayBuffer(4));
    for (;;) {
      try {
        this.#database.exec('begin immediate');
        return;
      } catch (error) {
        const busy = isSqliteError(error) && error.code.startsWith('SQLITE_BUSY');
        if (!busy || performance.now() > end) throw error;
        Atomics.wait(nobody, 0, 0, LOCK_POLL_MS);
      }
    }
  }

  /** Runs after a commit that is durable already, so nothing here may fail it. */
  #boundWal(): void {
    const size = this.#walBytes();
    if (size > this.#cutAtBytes) {
      const cut = this.#cutWal();
      this.#cutAtBytes = cut ? WAL_BYTES_MAX : size + WAL_BYTES_MAX;
    } else if (size > 0) {
      this.#quiet = setTimeout(() => this.#cutWal(), QUIET_MS);
    }
  }

  /** A log that cannot be looked at now is looked at after the next commit. */
  #walBytes(): number {
    try {
      return statSync(this.#walFile, { throwIfNoEntry: false })?.size ?? 0;
    } catch {
      return 0;
    }
  }

  /** False when a reader or another process is in the way; what could be moved was moved. */
  #cutWal(): boolean {
    try {
      this.#database.exec(`pragma busy_timeout = ${CHECKPOINT_WAIT_MS}`);
      const [row] = this.#database.prepare('pragma wal_checkpoint(truncate)').all();
      this.#database.exec('pragma busy_timeout = 0');
      return row?.[0] === 0;
    } catch {
      // The log keeps what the database did not take.
      return false;
    }
  }
}
