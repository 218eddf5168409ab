import type { ErrorCode, ErrorDetails } from '../../domain/errors.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type {
  EdgeQuery,
  FactQuery,
  Head,
  NodeQuery,
  WalkQuery,
  Wants,
} from '../../ports/lineage-store.ts';
import type { Cell } from './driver.ts';
import type { PackedBytes, PackedRows } from './packed-rows.ts';

/** What a worker is to be, said once and first. */
export interface WorkerRole {
  readonly role: 'writer' | 'reader';
  readonly file: string;
  readonly projectionVersion: number | null;
}

/** Every question with its answer. The keys are the operations that workers know. */
export interface ReadOperations {
  head: (input: null) => Head;
  get: (ids: readonly NodeId[]) => PackedRows;
  list: (query: NodeQuery) => PackedRows;
  edges: (query: EdgeQuery) => PackedRows;
  walk: (query: WalkQuery) => PackedWalk;
  facts: (query: FactQuery) => PackedFacts;
}

export interface WriteOperations {
  begin: (input: null) => Head;
  load: (input: LoadInput) => PackedFound;
  commit: (rows: readonly EncodedCommit[]) => null;
  rollback: (input: null) => null;
}

export interface LifeOperations {
  open: (role: WorkerRole) => null;
  close: (input: null) => null;
}

export type Operations = ReadOperations & WriteOperations & LifeOperations;
export type Operation = keyof Operations;
export type Input<O extends Operation> = Parameters<Operations[O]>[0];
export type Output<O extends Operation> = ReturnType<Operations[O]>;

/** What was appended since the last load goes along, so that it costs no journey of its own. */
export interface LoadInput {
  readonly appended: readonly EncodedCommit[];
  readonly wants: Wants;
}

export interface PackedFound {
  readonly nodes: PackedRows;
  /** Edges may come more than once. */
  readonly edges: readonly PackedRows[];
  readonly idempotency: PackedFacts;
  /** For each key asked for, its place in `idempotency`, or -1. */
  readonly places: readonly number[];
}

export interface PackedWalk {
  /** Depth, rank by id, frontier flag and the thin columns of each node. */
  readonly nodes: PackedRows;
  /** Edge rows with ranks for ids, by the rank of `from`; else in no certain order. */
  readonly edges: PackedRows;
  /** The limit kept nodes out, though perhaps none next to a returned one. */
  readonly cut: boolean;
}

/** Facts as rows of cells, their bytes end to end in one buffer. */
export interface PackedFacts {
  readonly rows: readonly (readonly Cell[])[];
  readonly sidecars: readonly (readonly Cell[])[];
  readonly bytes: PackedBytes;
}

/** Rows of one append in the order of the tables' columns, checked. */
export interface EncodedCommit {
  readonly facts: readonly EncodedFact[];
  readonly nodes: readonly (readonly Cell[])[];
  readonly edges: readonly (readonly Cell[])[];
  readonly about: readonly (readonly [NodeId, number])[];
  /** Leaves and sidecar boxes, end to end. */
  readonly bytes: PackedBytes;
}

export interface EncodedFact {
  /** Columns of `fact` without subject, project list and leaf. */
  readonly cells: readonly Cell[];
  readonly subject: string | null;
  readonly projects: readonly string[];
  readonly leafLength: number;
  readonly sidecar: readonly { readonly person: string; readonly length: number }[];
}

export interface RequestMessage {
  readonly id: number;
  readonly operation: string;
  readonly input: unknown;
}

export type ReplyMessage =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly failure: Failure };

/** A DomainError in a form that survives the journey between threads. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly cause: string;
}
