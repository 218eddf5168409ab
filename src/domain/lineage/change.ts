import type { Instant } from '../time.ts';
import type { Json } from '../values/value.ts';
import type { LogIndex } from './graph-rows.ts';
import type { EdgeKind, NodeKind } from './kinds.ts';
import type { NodeId } from './node-id.ts';

/** Makes a node, or sets properties of it; a property set to null is taken away. */
export interface PutNode {
  readonly op: 'put';
  readonly id: NodeId;
  readonly kind: NodeKind;
  readonly project: NodeId | null;
  readonly name: string;
  readonly set: Readonly<Record<string, Json | undefined>>;
  /** Foreign names to add; they only ever accumulate. */
  readonly identifiers?: readonly string[];
}

/** Opens an edge; its `since` is the fact's index. */
export interface OpenEdge {
  readonly op: 'open';
  readonly kind: EdgeKind;
  readonly from: NodeId;
  readonly to: NodeId;
  /** World time from which it holds; the fact's time when left out. */
  readonly validFrom?: Instant;
}

/** Closes the edge with exactly this `since`; its `until` is the fact's index. */
export interface CloseEdge {
  readonly op: 'close';
  readonly kind: EdgeKind;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly since: LogIndex;
  readonly validTo?: Instant;
}

/** What a fact does to the graph. A pure function of the fact makes the list. */
export type Change = PutNode | OpenEdge | CloseEdge;
