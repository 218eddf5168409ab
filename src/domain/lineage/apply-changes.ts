import type { Instant } from '../time.ts';
import type { JsonObject } from '../values/value.ts';
import type { Change, CloseEdge, OpenEdge, PutNode } from './change.ts';
import type { EdgeKey, EdgeRow, LogIndex, NodeRow } from './graph-rows.ts';
import type { NodeId } from './node-id.ts';

/** The part of the graph that a change can touch; reading it must not block. */
export interface MutableGraph {
  node(id: NodeId): NodeRow | undefined;
  edge(key: EdgeKey): EdgeRow | undefined;
  setNode(row: NodeRow): void;
  setEdge(row: EdgeRow): void;
}

/** Where and when the changes of one fact take place. */
export interface ChangePlace {
  readonly index: LogIndex;
  readonly recordedAt: Instant;
  readonly occurredAt: Instant | null;
}

/**
 * Applies the changes of one fact, in order, and returns the ids of the nodes whose properties
 * it set: those are what the fact is ABOUT. The same function serves the write path and replay,
 * so that both arrive at the same rows.
 */
export function applyChanges(
  graph: MutableGraph,
  changes: readonly Change[],
  place: ChangePlace,
): NodeId[] {
  const about = new Set<NodeId>();
  for (const change of changes) {
    if (change.op === 'put') {
      graph.setNode(putNode(graph.node(change.id), change, place));
      about.add(change.id);
    } else if (change.op === 'open') {
      graph.setEdge(openEdge(change, place));
    } else {
      graph.setEdge(closeEdge(graph, change, place));
    }
  }
  return [...about];
}

function putNode(before: NodeRow | undefined, put: PutNode, place: ChangePlace): NodeRow {
  return {
    id: put.id,
    kind: put.kind,
    project: put.project,
    name: put.name,
    props: mergeProps(before?.props ?? {}, put.set),
    identifiers: mergeIdentifiers(before?.identifiers ?? [], put.identifiers ?? []),
    since: before?.since ?? place.index,
    last: place.index,
    recordedAt: before?.recordedAt ?? place.recordedAt,
  };
}

function mergeProps(before: JsonObject, set: PutNode['set']): JsonObject {
  const merged = new Map(Object.entries(before));
  for (const [key, value] of Object.entries(set)) {
    if (value === null) merged.delete(key);
    else if (value !== undefined) merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function mergeIdentifiers(before: readonly string[], more: readonly string[]): readonly string[] {
  if (more.every((identifier) => before.includes(identifier))) return before;
  return [...new Set([...before, ...more])].sort();
}

function openEdge(change: OpenEdge, place: ChangePlace): EdgeRow {
  return {
    kind: change.kind,
    from: change.from,
    to: change.to,
    since: place.index,
    until: null,
    recordedAt: place.recordedAt,
    validFrom: change.validFrom ?? place.occurredAt ?? place.recordedAt,
    validTo: null,
  };
}

function closeEdge(graph: MutableGraph, change: CloseEdge, place: ChangePlace): EdgeRow {
  const { kind, from, to, since } = change;
  const open = graph.edge({ kind, from, to, since });
  if (!open) throw new Error(`no edge ${kind} from ${from} to ${to} since ${since} to close`);
  return {
    ...open,
    until: place.index,
    validTo: change.validTo ?? place.occurredAt ?? place.recordedAt,
  };
}
