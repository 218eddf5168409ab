import { parentPort } from 'node:worker_threads';
import { DomainError } from '../../domain/errors.ts';
import { type Database, type DatabaseOptions, openDatabase } from './driver.ts';
import { failureOf } from './failures.ts';
import {
  checkProjectionVersion,
  holdProjectionVersion,
  migrate,
  refuseOtherSchema,
} from './migrate.ts';
import type {
  Operations,
  ReadOperations,
  ReplyMessage,
  RequestMessage,
  WorkerRole,
  WriteOperations,
} from './protocol.ts';
import { readEdges } from './read-edges.ts';
import { readFacts, readHead } from './read-facts.ts';
import { readNodes, readNodesById } from './read-nodes.ts';
import { WALK_TABLES, walkGraph } from './walk-graph.ts';
import { WriteTransaction } from './write-transaction.ts';

/** How long opening waits for another process that is opening the same file. */
const OPEN_WAIT_MS_MAX = 5_000;
/**
 * Page cache of one connection in KiB, negative as SQLite wants it. Mapping the file into memory
 * measured no faster, and would turn a fault of the disk into the end of the process.
 */
const CACHE_KIB = -64 * 1024;

/** What this worker answers; at first only who it shall be. */
type Handlers = { readonly [O in keyof Operations]?: Operations[O] };

/**
 * The thread that holds one connection. A writer runs transactions; a reader answers questions,
 * each in a snapshot of its own that ends with the answer.
 */
function start(role: WorkerRole): Handlers {
  return role.role === 'writer' ? startWriter(role) : startReader(role);
}

function startWriter({ file, projectionVersion }: WorkerRole): Handlers {
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

function startReader({ file, projectionVersion }: WorkerRole): Handlers {
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

function reply(message: ReplyMessage): void {
  const buffers = 'output' in message ? buffersIn(message.output) : [];
  parentPort?.postMessage(message, buffers);
}

/** Packed rows are handed over, not copied. */
function buffersIn(output: unknown): ArrayBuffer[] {
  if (output === null || typeof output !== 'object') return [];
  const parts: unknown[] = Object.values(output).flat();
  return parts.flatMap((part) => (part instanceof Uint8Array ? [part.buffer as ArrayBuffer] : []));
}

let handlers: Handlers = {
  open: (role) => {
    handlers = start(role);
    return null;
  },
};

function serve({ id, operation, input }: RequestMessage): void {
  try {
    const handler = handlers[operation] as ((input: unknown) => unknown) | undefined;
    if (handler === undefined) throw new Error(`this worker does not know ${operation}`);
    reply({ id, output: handler(input) });
  } catch (error) {
    reply({ id, failure: failureOf(error) });
  }
}

parentPort?.on('message', serve);
