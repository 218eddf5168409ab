import type { Instant } from '../time.ts';
import type { JsonObject } from '../values/value.ts';
import type { EdgeKind, NodeKind } from './kinds.ts';
import type { NodeId } from './node-id.ts';

/** Index of a fact in the log, from 0, without gaps. A safe integer. */
export type LogIndex = number;

/**
 * A node as every store keeps it: the present state, and the facts that made it and touched it
 * last. `props` holds encoded values; a key is absent rather than null.
 */
export interface NodeRow {
  readonly id: NodeId;
  readonly kind: NodeKind;
  /** Id of the project that owns it; null for what belongs to a team or to the hub. */
  readonly project: NodeId | null;
  readonly name: string;
  readonly props: JsonObject;
  /** Foreign names of the same thing, `scheme:value`, sorted, each once. */
  readonly identifiers: readonly string[];
  /** The fact that made it. */
  readonly since: LogIndex;
  /** The last fact that changed it. */
  readonly last: LogIndex;
  /** Hub time of the fact `since`. */
  readonly recordedAt: Instant;
}

/** What makes an edge this edge and no other. */
export interface EdgeKey {
  readonly kind: EdgeKind;
  readonly from: NodeId;
  readonly to: NodeId;
  /** Index of the fact that opened it; reopening makes another edge. */
  readonly since: LogIndex;
}

/** Edge in the two times: since/until in log indexes, validFrom/validTo in the world's time. */
export interface EdgeRow extends EdgeKey {
  /** Index of the fact that closed it; live at i if and only if since <= i < until. */
  readonly until: LogIndex | null;
  readonly recordedAt: Instant;
  readonly validFrom: Instant;
  /** Live at t if and only if validFrom <= t < validTo. */
  readonly validTo: Instant | null;
}

/** What a walk returns of a node: enough to draw it and to decide who may see it. */
export type ThinNode = Pick<NodeRow, 'id' | 'kind' | 'project' | 'name' | 'since' | 'recordedAt'>;

export function compareEdges(a: EdgeKey, b: EdgeKey): number {
  return (
    compareText(a.from, b.from) ||
    compareText(a.kind, b.kind) ||
    compareText(a.to, b.to) ||
    a.since - b.since
  );
}

/** Order by UTF-16 units; ids are ASCII, so it is the order of their bytes in every store. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
