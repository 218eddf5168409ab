import type { ActorRef } from '../domain/actor.ts';
import type { Outcome } from '../domain/audit/leaf.ts';
import type {
  EdgeKey,
  EdgeRow,
  LogIndex,
  NodeRow,
  ThinNode,
} from '../domain/lineage/graph-rows.ts';
import type { EdgeKind, NodeKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Instant } from '../domain/time.ts';

/** Most rows that one page of a list, of edges or of facts may hold. */
export const PAGE_ROWS_MAX = 1_000;
/** Most nodes that one walk returns. */
export const WALK_NODES_MAX = 10_000;
/** Most steps that one walk takes. */
export const WALK_DEPTH_MAX = 1_000;
/** Most ids in one call of `get`. */
export const GET_IDS_MAX = 10_000;
/** Longest text that a store must be able to index, in UTF-16 units. */
export const INDEXED_TEXT_LENGTH_MAX = 2_048;

/** Where the log ends. */
export interface Head {
  /** Number of facts; the next fact gets this index. */
  readonly size: LogIndex;
  /** recordedAt of the last fact; null before the first. */
  readonly recordedAt: Instant | null;
}

/** One person's encrypted values beside a fact. Kept until their key is destroyed. */
export interface SidecarRow {
  readonly person: ActorRef;
  readonly box: Uint8Array;
}

/** A fact as stores keep it. The columns repeat what the leaf says, for finding it. */
export interface FactRow {
  readonly index: LogIndex;
  readonly id: string;
  readonly type: string;
  readonly outcome: Outcome;
  readonly actor: ActorRef;
  readonly subject: string | null;
  readonly projects: readonly string[];
  readonly recordedAt: Instant;
  readonly leaf: Uint8Array;
  readonly sidecar: readonly SidecarRow[];
  readonly idempotency: IdempotencyKey | null;
}

/** A key that a client gave, within what it may collide with. */
export interface IdempotencyKey {
  readonly actor: ActorRef;
  readonly operation: string;
  readonly key: string;
}

/** What a command wants to look at before it is decided. */
export interface Wants {
  readonly nodes: readonly NodeId[];
  /** Open edges with exactly this kind, from and to. */
  readonly edges: readonly EdgeEnds[];
  /** Open edges of this kind that leave a node; of each `most`, those that lead to low ids. */
  readonly out: readonly EdgesOut[];
  /** Open edges of this kind that lead to a node; of each the latest `most`. */
  readonly into: readonly EdgesInto[];
  readonly idempotency: readonly IdempotencyKey[];
}

export interface EdgesOut {
  readonly kind: EdgeKind;
  readonly from: NodeId;
  /** At most OPEN_EDGES_MAX, which it is when left out. */
  readonly most?: number;
}

export interface EdgesInto {
  readonly kind: EdgeKind;
  readonly to: NodeId;
  /** At most OPEN_EDGES_MAX, which it is when left out. */
  readonly most?: number;
}

/** Most open edges that one entry of `Wants.out` or `Wants.into` loads. */
export const OPEN_EDGES_MAX = 1_000;

export type EdgeEnds = Pick<EdgeKey, 'kind' | 'from' | 'to'>;

/** What was found. What is missing does not exist. Answers to `idempotency` keep its order. */
export interface Found {
  readonly nodes: readonly NodeRow[];
  readonly edges: readonly EdgeRow[];
  readonly idempotency: ReadonlyArray<FactRow | null>;
}

/** Everything that one batch adds to the store. Rows are after-images. */
export interface Commit {
  /** Consecutive indexes, the first equal to the head's size; recordedAt never goes back. */
  readonly facts: readonly FactRow[];
  readonly nodes: readonly NodeRow[];
  readonly edges: readonly EdgeRow[];
  /** Which facts set properties of which nodes. */
  readonly about: ReadonlyArray<readonly [NodeId, LogIndex]>;
}

/** A write transaction that holds the log's head. */
export interface HeadTransaction {
  readonly head: Head;
  load(wants: Wants): Promise<Found>;
  append(commit: Commit): Promise<void>;
}

/**
 * Points in the two times. Without `asOf` an edge holds that was open: at `knownAt`, or now. With
 * `asOf` an edge holds that was valid then, whether it is open or closed by now; `knownAt` beside
 * it leaves out edges that came later, and takes an edge that was closed later for one without
 * an end. A `knownAt` of -1 is the time before the first fact. Nodes are not chosen by time.
 */
export interface AsKnown {
  readonly knownAt?: LogIndex | undefined;
  readonly asOf?: Instant | undefined;
}

/**
 * What the reader may see in lists; the projections make it. Nodes without a project are in every
 * scope. Facts that speak of no project are the hub's own and are in the scope of `all` only.
 */
export type ProjectScope =
  | { readonly all: true }
  | { readonly all: false; readonly projects: readonly NodeId[] };

export interface NodeQuery {
  readonly scope: ProjectScope;
  readonly kinds?: readonly NodeKind[] | undefined;
  readonly project?: NodeId | undefined;
  /** Equal in every character; case counts. */
  readonly name?: string | undefined;
  /** Nodes that carry one of these foreign names. */
  readonly identifiers?: readonly string[] | undefined;
  /** Plain substring of the name, any case, at least three characters (code points). */
  readonly text?: string | undefined;
  /** Nodes that were deleted, with the property `deletedAt`: left out, unless asked for here. */
  readonly tombstones?: 'included' | undefined;
  /** Nodes that are only named (`isBare`): left out, unless asked for here. */
  readonly bare?: 'included' | undefined;
  /** `id`: by id. `recent`: latest made first (since descending, then id). */
  readonly order: 'id' | 'recent';
  /** Goes on behind this row; the row itself need not exist any more. */
  readonly after?: Pick<NodeRow, 'id' | 'since'> | undefined;
  readonly limit: number;
}

export interface EdgeQuery extends AsKnown {
  /** Edges at these nodes; left out, all edges of the graph in the order of their keys. */
  readonly at?: readonly NodeId[] | undefined;
  readonly direction?: 'OUT' | 'IN' | undefined;
  readonly kinds?: readonly EdgeKind[] | undefined;
  /** Closed edges too, for replay and digests; asOf and knownAt are then not looked at. */
  readonly history?: 'open' | 'all' | undefined;
  readonly after?: EdgeKey | undefined;
  readonly limit: number;
}

export interface WalkQuery extends AsKnown {
  readonly roots: readonly NodeId[];
  /** UPSTREAM follows edges from their `from` to their `to`, into the past. */
  readonly direction: 'UPSTREAM' | 'DOWNSTREAM' | 'BOTH';
  readonly kinds: readonly EdgeKind[];
  readonly depth: number;
  readonly limit: number;
}

/** A walk's answer. Nodes come nearest first; equal depths in the order of their ids. */
export interface Walk {
  readonly nodes: ReadonlyArray<ThinNode & { readonly depth: number }>;
  /** Every edge of the asked kinds between two of the nodes, each once, in key order. */
  readonly edges: readonly EdgeRow[];
  /** True when depth or limit kept nodes out. */
  readonly truncated: boolean;
  /** Ids of returned nodes with at least one neighbour that was kept out, in id order. */
  readonly frontier: readonly NodeId[];
}

export interface FactQuery {
  readonly indexes?: readonly LogIndex[] | undefined;
  readonly ids?: readonly string[] | undefined;
  /** Facts that were made under one of these keys; at most PAGE_ROWS_MAX of them. */
  readonly keys?: readonly IdempotencyKey[] | undefined;
  /** Facts that set properties of this node. */
  readonly about?: NodeId | undefined;
  readonly actor?: ActorRef | undefined;
  readonly subject?: string | undefined;
  readonly project?: NodeId | undefined;
  readonly types?: readonly string[] | undefined;
  readonly outcome?: Outcome | undefined;
  /** Recorded at `since` or later, and before `until`. */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  /** First index that may be returned, and the first that may not. */
  readonly from?: LogIndex | undefined;
  readonly to?: LogIndex | undefined;
  readonly order: 'oldest' | 'newest';
  readonly limit: number;
  /** Facts are shown whole or not at all: every project in the leaf must be in the scope. */
  readonly scope: ProjectScope;
}

/**
 * The graph, the facts and the sidecar, in one store with one transaction.
 *
 * Failures are DomainErrors only: INVALID_INPUT for rows that this store cannot hold without
 * loss, UNAVAILABLE when it cannot be reached or its outcome is not known (`details.outcome ===
 * 'unknown'`), INTERNAL for anything else. Texts are compared by their bytes: `A` is not `a`.
 *
 * Outside a transaction every row is seen whole, and everything that was committed before the
 * question. A commit that comes in meanwhile may be seen of some rows and not yet of others where
 * a store has no snapshots (decision 0015); who decides on what it reads, reads it in `transact`.
 */
export interface LineageStore {
  /**
   * Runs `work` in a write transaction that holds the head. The lock MUST be taken before the
   * head or anything else is read. When `work` returns, everything it appended MUST be durable
   * before the promise resolves; when it throws, nothing of it may remain. Transactions are
   * serial, across processes too. `work` must not call the store by any other way. A refused
   * append spoils the transaction, even when `work` goes on: then nothing of it remains.
   */
  transact<T>(work: (transaction: HeadTransaction) => Promise<T>): Promise<T>;

  head(): Promise<Head>;

  /** Rows of these nodes in the order of the ids; null for an id that is not there. */
  get(ids: readonly NodeId[]): Promise<ReadonlyArray<NodeRow | null>>;

  /** One page of nodes. Pages do not skip or repeat rows that stay while paging. */
  list(query: NodeQuery): Promise<readonly NodeRow[]>;

  /** One page of edges in the order (from, kind, to, since). */
  edges(query: EdgeQuery): Promise<readonly EdgeRow[]>;

  /**
   * Breadth-first closure from the roots, unfiltered: who may see what is not decided here.
   * MUST NOT block the event loop and MUST end on cycles. Unknown roots are left out.
   * The limit cuts after the nearest nodes; of equal depth those with the first ids stay. Only
   * nodes that have a row count: an edge to an id that nothing made yet leads nowhere.
   */
  walk(query: WalkQuery): Promise<Walk>;

  /** One page of facts with their sidecars. `indexes`, `ids`, `keys` answer what exists of them. */
  facts(query: FactQuery): Promise<readonly FactRow[]>;
}

/** A store that a process opened and must close. */
export interface OpenLineageStore extends LineageStore {
  close(): Promise<void>;
}
