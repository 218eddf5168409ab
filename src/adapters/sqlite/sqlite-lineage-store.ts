import { DomainError } from '../../domain/errors.ts';
import type { EdgeRow, NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import {
  checkEdgeQuery,
  checkFactQuery,
  checkIds,
  checkNodeQuery,
  checkWalkQuery,
} from '../../ports/check-query.ts';
import type {
  EdgeQuery,
  FactQuery,
  FactRow,
  Head,
  HeadTransaction,
  NodeQuery,
  OpenLineageStore,
  Walk,
  WalkQuery,
} from '../../ports/lineage-store.ts';
import { decodeFacts, decodeWalk } from './decode.ts';
import { HeadLock } from './head-lock.ts';
import { readAll, readEdge, readNode } from './packed-rows.ts';
import type { WorkerRole } from './protocol.ts';
import { ReaderPool } from './reader-pool.ts';
import { WorkerLink } from './worker-link.ts';

/** Reader threads when none are asked for. */
export const READERS_DEFAULT = 2;
/** Most reader threads. */
export const READERS_MAX = 16;
/** How long the work of one transaction may hold the head. */
export const TRANSACTION_MS_MAX = 30_000;
/** Most transactions that wait for the head in one process. */
export const TRANSACTIONS_WAITING_MAX = 10_000;

export interface SqliteLineageStoreOptions {
  /** Path of the database; the folder must exist. */
  readonly file: string;
  /** `read-only` never makes a file and refuses `transact`. */
  readonly access?: 'read-write' | 'read-only';
  readonly readers?: number;
  /** Which projection builds the graph; left out by who only reads and does not mind. */
  readonly projectionVersion?: number;
}

/** Opens the store of a file; several processes may have one open at once. */
export async function openSqliteLineageStore(
  options: SqliteLineageStoreOptions,
): Promise<OpenLineageStore> {
  const { file, access = 'read-write', readers = READERS_DEFAULT } = options;
  if (!Number.isInteger(readers) || readers < 1 || readers > READERS_MAX) {
    throw new DomainError('INVALID_INPUT', `readers must be from 1 to ${READERS_MAX}`);
  }
  const projectionVersion = options.projectionVersion ?? null;
  const role: WorkerRole = { role: 'writer', file, projectionVersion };
  // Both threads start at once; the writer makes the tables before the reader looks for them.
  const writer = access === 'read-only' ? undefined : { role, link: new WorkerLink() };
  const reader = new WorkerLink();
  try {
    await writer?.link.take(role);
    const pool = await ReaderPool.open({ ...role, role: 'reader' }, reader, readers);
    return new SqliteLineageStore(pool, writer);
  } catch (error) {
    await Promise.allSettled([writer?.link.close(), reader.terminate()]);
    throw error;
  }
}

interface Writer {
  readonly role: WorkerRole;
  link: WorkerLink;
}

/** The lineage store in one SQLite file: one writing thread, some reading ones. */
export class SqliteLineageStore implements OpenLineageStore {
  readonly #readers: ReaderPool;
  readonly #writer: Writer | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closing: Promise<void> | undefined;

  constructor(readers: ReaderPool, writer: Writer | undefined) {
    this.#readers = readers;
    this.#writer = writer;
  }

  async transact<T>(work: (transaction: HeadTransaction) => Promise<T>): Promise<T> {
    const writer = this.#writer;
    if (writer === undefined) {
      throw new DomainError('UNAVAILABLE', 'the lineage store is open for reading only');
    }
    this.#refuseWhenClosed();
    if (this.#waiting >= TRANSACTIONS_WAITING_MAX) {
      const fault = `${TRANSACTIONS_WAITING_MAX} transactions wait for the lineage store`;
      throw new DomainError('UNAVAILABLE', fault);
    }
    this.#waiting += 1;
    const turn = this.#queue.then(() => transactOn(writer, work));
    this.#queue = turn.then(ignore, ignore);
    return turn.finally(() => {
      this.#waiting -= 1;
    });
  }

  async head(): Promise<Head> {
    this.#refuseWhenClosed();
    return this.#readers.ask('head', null);
  }

  async get(ids: readonly NodeId[]): Promise<ReadonlyArray<NodeRow | null>> {
    this.#refuseWhenClosed();
    checkIds(ids);
    if (ids.length === 0) return [];
    const rows = await readAll(await this.#readers.ask('get', [...new Set(ids)]), readNode);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  async list(query: NodeQuery): Promise<readonly NodeRow[]> {
    this.#refuseWhenClosed();
    checkNodeQuery(query);
    return readAll(await this.#readers.ask('list', query), readNode);
  }

  async edges(query: EdgeQuery): Promise<readonly EdgeRow[]> {
    this.#refuseWhenClosed();
    checkEdgeQuery(query);
    return readAll(await this.#readers.ask('edges', query), readEdge);
  }

  async walk(query: WalkQuery): Promise<Walk> {
    this.#refuseWhenClosed();
    checkWalkQuery(query);
    return decodeWalk(await this.#readers.ask('walk', query));
  }

  async facts(query: FactQuery): Promise<readonly FactRow[]> {
    this.#refuseWhenClosed();
    checkFactQuery(query);
    return decodeFacts(await this.#readers.ask('facts', query));
  }

  /** Waits for the transactions that have begun or wait, then lets go of the file. */
  close(): Promise<void> {
    this.#closing ??= this.#queue.then(async () => {
      await this.#readers.close();
      await this.#writer?.link.close();
    });
    return this.#closing;
  }

  #refuseWhenClosed(): void {
    if (this.#closing === undefined) return;
    throw new DomainError('UNAVAILABLE', 'the lineage store is closed');
  }
}

async function transactOn<T>(
  writer: Writer,
  work: (transaction: HeadTransaction) => Promise<T>,
): Promise<T> {
  // A thread that has ended took its connection with it; the next transaction has a fresh one.
  if (!writer.link.alive) writer.link = await WorkerLink.open(writer.role);
  const lock = await HeadLock.take(writer.link);
  let answer: T;
  try {
    answer = await inTime(work(lock));
  } catch (error) {
    await lock.rollback();
    throw error;
  }
  await lock.commit();
  return answer;
}

/** Work that never ends would keep every other writer out for ever. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const fault = `a transaction held the head for longer than ${TRANSACTION_MS_MAX} ms`;
      reject(new DomainError('UNAVAILABLE', fault));
    }, TRANSACTION_MS_MAX);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function ignore(): void {}
