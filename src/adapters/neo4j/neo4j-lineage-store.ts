import { DomainError } from '../../domain/errors.ts';
import type { EdgeRow, NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { Instant } from '../../domain/time.ts';
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
import { Bolt, type BoltOptions, inTime } from './bolt.ts';
import { HeadLock, planTransactions } from './head-lock.ts';
import { checkSchema, migrate } from './migrate.ts';
import { decodeEdge, edgesStatement } from './read-edges.ts';
import { decodeFact, decodeHead, factsStatement, firstAt, READ_HEAD } from './read-facts.ts';
import { decodeNode, listStatement, nodesById } from './read-nodes.ts';
import { walkGraph } from './walk-graph.ts';
import type { KnownLists } from './write-rows.ts';

/** How long one transaction may hold the head, however its process fares, in milliseconds. */
export const HEAD_MS_MAX = 5_000;
/** Most transactions that wait for the head in one process. */
export const TRANSACTIONS_WAITING_MAX = 10_000;

export interface Neo4jLineageStoreOptions extends BoltOptions {
  /** `read-only` changes no schema and refuses `transact`. */
  readonly access?: 'read-write' | 'read-only';
  /** Which projection builds the graph; left out by who only reads and does not mind. */
  readonly projectionVersion?: number;
  /** HEAD_MS_MAX when left out. */
  readonly headMsMax?: number;
}

/** Opens the store in a Neo4j database; several processes may have it open at once. */
export async function openNeo4jLineageStore(
  options: Neo4jLineageStoreOptions,
): Promise<OpenLineageStore> {
  const bolt = new Bolt(options);
  const projection = options.projectionVersion ?? null;
  try {
    await bolt.check();
    if (options.access === 'read-only') {
      await checkSchema(bolt, projection);
    } else {
      await migrate(bolt, projection);
      await planTransactions(bolt);
    }
    return new Neo4jLineageStore(bolt, options);
  } catch (error) {
    await bolt.close();
    throw error;
  }
}

/** The lineage store in a Neo4j database. */
export class Neo4jLineageStore implements OpenLineageStore {
  readonly #bolt: Bolt;
  readonly #readOnly: boolean;
  readonly #timeoutMs: number;
  readonly #known: KnownLists = new Set();
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closing: Promise<void> | undefined;

  constructor(bolt: Bolt, { access, headMsMax }: Neo4jLineageStoreOptions) {
    this.#bolt = bolt;
    this.#readOnly = access === 'read-only';
    this.#timeoutMs = headMsMax ?? HEAD_MS_MAX;
  }

  async transact<T>(work: (transaction: HeadTransaction) => Promise<T>): Promise<T> {
    if (this.#readOnly) {
      throw new DomainError('UNAVAILABLE', 'the lineage store is open for reading only');
    }
    this.#refuseWhenClosed();
    if (this.#waiting >= TRANSACTIONS_WAITING_MAX) {
      const fault = `${TRANSACTIONS_WAITING_MAX} transactions wait for the lineage store`;
      throw new DomainError('UNAVAILABLE', fault);
    }
    this.#waiting += 1;
    const turn = this.#queue.then(() => this.#transactNow(work));
    this.#queue = turn.then(ignore, ignore);
    return turn.finally(() => {
      this.#waiting -= 1;
    });
  }

  async head(): Promise<Head> {
    this.#refuseWhenClosed();
    return decodeHead(await this.#bolt.read(READ_HEAD));
  }

  async get(ids: readonly NodeId[]): Promise<ReadonlyArray<NodeRow | null>> {
    this.#refuseWhenClosed();
    checkIds(ids);
    if (ids.length === 0) return [];
    const rows = (await this.#bolt.read(nodesById(ids))).map(decodeNode);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  async list(query: NodeQuery): Promise<readonly NodeRow[]> {
    this.#refuseWhenClosed();
    checkNodeQuery(query);
    return (await this.#bolt.read(listStatement(query))).map(decodeNode);
  }

  async edges(query: EdgeQuery): Promise<readonly EdgeRow[]> {
    this.#refuseWhenClosed();
    checkEdgeQuery(query);
    if (query.kinds?.length === 0 || query.at?.length === 0) return [];
    return (await this.#bolt.read(edgesStatement(query))).map(decodeEdge);
  }

  async walk(query: WalkQuery): Promise<Walk> {
    this.#refuseWhenClosed();
    checkWalkQuery(query);
    return this.#bolt.readTogether((run) => walkGraph(run, query));
  }

  async facts(query: FactQuery): Promise<readonly FactRow[]> {
    this.#refuseWhenClosed();
    checkFactQuery(query);
    const { since, until, from = 0, to = Number.MAX_SAFE_INTEGER } = query;
    const first = Math.max(from, since === undefined ? 0 : await this.#indexAt(since));
    const end = Math.min(to, until === undefined ? to : await this.#indexAt(until));
    const statement = factsStatement(query, { from: first, to: end });
    return (await this.#bolt.read(statement)).map(decodeFact);
  }

  /** Waits for the transactions that have begun or wait, then lets go of the database. */
  close(): Promise<void> {
    this.#closing ??= this.#queue.then(() => this.#bolt.close());
    return this.#closing;
  }

  async #transactNow<T>(work: (transaction: HeadTransaction) => Promise<T>): Promise<T> {
    const timeoutMs = this.#timeoutMs;
    const lock = await HeadLock.take({ bolt: this.#bolt, timeoutMs, known: this.#known });
    let answer: T;
    try {
      // The server ends a transaction after that time, so that its work is for nothing then.
      answer = await inTime(work(lock), timeoutMs);
    } catch (error) {
      await lock.rollback();
      throw error;
    }
    await lock.commit();
    return answer;
  }

  /** The index of the first fact at a time or later; beyond all of them when there is none. */
  async #indexAt(time: Instant): Promise<number> {
    const [row] = await this.#bolt.read(firstAt(time));
    return (row?.[0] as number | undefined) ?? Number.MAX_SAFE_INTEGER;
  }

  #refuseWhenClosed(): void {
    if (this.#closing === undefined) return;
    throw new DomainError('UNAVAILABLE', 'the lineage store is closed');
  }
}

function ignore(): void {}
