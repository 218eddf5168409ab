import { DomainError } from '../../domain/errors.ts';
import { type Database, type DatabaseOptions, openDatabase } from './driver.ts';
import {
  checkProjectionVersion,
  holdProjectionVersion,
  migrate,
  refuseOtherSchema,
} from './migrate.ts';
import type { Operations, ReadOperations, WorkerRole, WriteOperations } from './protocol.ts';
import { readEdges } from './read-edges.ts';
import { readFacts, readHead } from './read-facts.ts';
import { readNodes, readNodesById } from './read-nodes.ts';
import { type Handlers, serveThread } from './serve-thread.ts';
import { WALK_TABLES, walkGraph } from './walk-graph.ts';
import { WriteTransaction } from './write-transaction.ts';

/** How long opening waits for another process that is opening the same file. */
const OPEN_WAIT_MS_MAX = 5_000;
/**
 * Page cache of one connection in KiB, negative as SQLite wants it. Mapping the file into memory
 * measured no faster, and would turn a fault of the disk into the end of the process.
 */
const CACHE_KIB = -64 * 1024;

/**
 * The thread that holds one connection. A writer runs transactions; a reader answers questions,
 * each in a snapshot of its own that ends with the answer.
 */
function start(role: WorkerRole): Handlers<Operations> {
  return role.role === 'writer' ? startWriter(role) : startReader(role);
}

function startWriter({ file, projectionVersion }: WorkerRole): Handlers<Operations> {
  const database = connect(file, 'read-write');
  database.exec('pragma journal_mode = wal');
  database.exec('pragma synchronous = full');
  // The write transaction bounds the log itself.
  database.exec('pragma wal_autocheckpoint = 0');
  tune(database);
  migrate(database);
  holdProjectionVersion(database, projectionVersion);
  database.exec('pragma busy_timeout = 0');
  const transaction = new WriteTransaction(database, file);
  const operations: WriteOperations = {
    begin: () => transaction.begin(),
    load: (input) => transaction.load(input),
    commit: (appended) => {
      transaction.commit(appended);
      return null;
    },
    rollback: () => {
      transaction.rollback();
      return null;
    },
  };
  const close = () => {
    transaction.close();
    return end(database);
  };
  return { ...operations, close };
}

function startReader({ file, projectionVersion }: WorkerRole): Handlers<Operations> {
  const database = connect(file, 'read-only');
  tune(database);
  refuseOtherSchema(database);
  checkProjectionVersion(database, projectionVersion);
  database.exec(WALK_TABLES);
  const operations: ReadOperations = {
    head: () => readHead(database),
    get: (ids) => readNodesById(database, ids),
    list: (query) => readNodes(database, query),
    edges: (query) => readEdges(database, query),
    walk: (query) => inSnapshot(database, () => walkGraph(database, query)),
    facts: (query) => inSnapshot(database, () => readFacts(database, query)),
  };
  return { ...operations, close: () => end(database) };
}

function connect(file: string, access: DatabaseOptions['access']): Database {
  try {
    return openDatabase({ file, access, busyMsMax: OPEN_WAIT_MS_MAX });
  } catch (cause) {
    throw new DomainError('UNAVAILABLE', `cannot open the lineage store ${file}`, { cause });
  }
}

function tune(database: Database): void {
  database.exec('pragma temp_store = memory');
  database.exec(`pragma cache_size = ${CACHE_KIB}`);
}

function inSnapshot<T>(database: Database, read: () => T): T {
  database.exec('begin');
  try {
    return read();
  } finally {
    database.exec('rollback');
  }
}

function end(database: Database): null {
  database.close();
  return null;
}

serveThread<Operations>(start);
