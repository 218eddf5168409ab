import { DomainError, isDomainError } from '../../domain/errors.ts';
import { type Database, isSqliteError, openDatabase } from './driver.ts';
import type { JobOperations, JobRole } from './job-protocol.ts';
import { countJobs, readDead, writeJobs } from './job-rows.ts';
import { applyNumbered } from './numbered-schema.ts';
import { type Handlers, serveThread } from './serve-thread.ts';

/** How long a statement waits for other processes that write, in milliseconds. */
const BUSY_MS_MAX = 5_000;

/** Codes of SQLite that say that the queue cannot serve now; the first prefix that fits counts. */
const UNAVAILABLE: ReadonlyArray<readonly [prefix: string, why: string]> = [
  ['SQLITE_FULL', 'cannot write: the disk is full'],
  ['SQLITE_BUSY', 'is locked by another writer'],
  ['SQLITE_IOERR', 'cannot use its disk, which is full or fails'],
  ['SQLITE_CANTOPEN', 'cannot be opened'],
  ['SQLITE_READONLY', 'is in a file that cannot be written'],
];

/** The thread that holds a connection to the job queue's file. */
function start({ file }: JobRole): Handlers<JobOperations> {
  const database = named(() => open(file));
  return {
    write: (batch) => named(() => writeJobs(database, batch)),
    counts: ({ queue, nowMs }) => named(() => countJobs(database, queue, nowMs)),
    dead: ({ queue, page }) => named(() => readDead(database, queue, page)),
    close: () => {
      named(() => database.close());
      return null;
    },
  };
}

function open(file: string): Database {
  const database = openDatabase({ file, access: 'read-write', busyMsMax: BUSY_MS_MAX });
  try {
    database.prepare('pragma journal_mode = wal').all();
    database.exec('pragma synchronous = full');
    applyNumbered(database, { folder: 'sqlite-jobs', owner: 'the job queue' });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function named<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isDomainError(cause)) throw cause;
    const code = isSqliteError(cause) ? cause.code : '';
    const why = UNAVAILABLE.find(([prefix]) => code.startsWith(prefix))?.[1];
    if (why === undefined) throw new DomainError('INTERNAL', 'the job queue failed', { cause });
    throw new DomainError('UNAVAILABLE', `the job queue ${why}`, { cause });
  }
}

serveThread<JobOperations>(start);
