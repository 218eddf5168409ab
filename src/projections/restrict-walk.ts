import {
  compareText,
  type EdgeRow,
  type LogIndex,
  type ThinNode,
} from '../domain/lineage/graph-rows.ts';
import type { EdgeKind, NodeKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Instant } from '../domain/time.ts';
import type { Walk, WalkQuery } from '../ports/lineage-store.ts';

/** Name of every element that stands in for what the reader may not see. */
export const RESTRICTED_NAME = 'restricted';

/** A connected run of hidden nodes, as one element. */
export interface RestrictedElement {
  readonly restricted: true;
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: typeof RESTRICTED_NAME;
}

export type WalkElement = (ThinNode | RestrictedElement) & { readonly depth: number };

/** An edge between two elements; what it tells of a hidden node's past is null. */
export interface WalkEdge {
  readonly kind: EdgeKind;
  readonly from: string;
  readonly to: string;
  readonly recordedAt: Instant | null;
  readonly validFrom: Instant | null;
  readonly since: LogIndex | null;
}

export interface ReadableWalk {
  readonly nodes: readonly WalkElement[];
  readonly edges: readonly WalkEdge[];
  readonly truncated: boolean;
  readonly frontier: readonly string[];
}

export interface Restriction {
  readonly direction: WalkQuery['direction'];
  mayRead(node: ThinNode): boolean;
  /** The id under which the reader meets a hidden node. */
  opaqueId(id: NodeId): string;
}

/**
 * Replaces each connected run of hidden nodes by one Restricted element, so that lineage stays
 * connected and nothing of what is hidden shows: not how many nodes there are, not how far the
 * way through them is. Depths are therefore those of the graph as the reader sees it.
 */
export function restrictWalk(walk: Walk, restriction: Restriction): ReadableWalk {
  const hidden = walk.nodes.filter((node) => !restriction.mayRead(node));
  if (hidden.length === 0) return { ...walk, edges: walk.edges };
  const stands = standIns(hidden, walk.edges, restriction);
  const idOf = (id: NodeId) => stands.get(id)?.id ?? id;
  const elements = new Map<string, WalkElement>();
  for (const node of walk.nodes) {
    const element = stands.get(node.id) ?? node;
    if (!elements.has(element.id)) elements.set(element.id, { ...element, depth: node.depth });
  }
  const edges = contractEdges(walk.edges, stands);
  const roots = walk.nodes.filter(({ depth }) => depth === 0).map(({ id }) => idOf(id));
  return {
    nodes: nearestFirst(elements, edges, { roots, direction: restriction.direction }),
    edges,
    truncated: walk.truncated,
    frontier: [...new Set(walk.frontier.map(idOf))].sort(compareText),
  };
}

type Hidden = Walk['nodes'][number];

/** For each hidden node the element that stands for its run. Walks come nearest first. */
function standIns(
  hidden: readonly Hidden[],
  edges: readonly EdgeRow[],
  { opaqueId }: Restriction,
): Map<NodeId, RestrictedElement> {
  const ids = new Set(hidden.map(({ id }) => id));
  const inner = edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
  const next = neighbours(inner, 'BOTH');
  const stands = new Map<NodeId, RestrictedElement>();
  for (const nearest of hidden) {
    if (stands.has(nearest.id)) continue;
    const element: RestrictedElement = {
      restricted: true,
      id: opaqueId(nearest.id),
      kind: nearest.kind,
      name: RESTRICTED_NAME,
    };
    const run = [nearest.id];
    for (const id of run) {
      if (stands.has(id)) continue;
      stands.set(id, element);
      run.push(...(next.get(id) ?? []));
    }
  }
  return stands;
}

/** Edges within a run go; edges that look the same from outside are one. */
function contractEdges(
  edges: readonly EdgeRow[],
  stands: ReadonlyMap<NodeId, RestrictedElement>,
): WalkEdge[] {
  const contracted = new Map<string, WalkEdge>();
  for (const edge of edges) {
    const [from, to] = [stands.get(edge.from), stands.get(edge.to)];
    if (!from && !to) {
      contracted.set(`${edge.kind} ${edge.from} ${edge.to} ${edge.since}`, edge);
    } else if (from !== to) {
      const ends = { from: from?.id ?? edge.from, to: to?.id ?? edge.to };
      const nothing = { recordedAt: null, validFrom: null, since: null };
      contracted.set(`${edge.kind} ${ends.from} ${ends.to}`, {
        kind: edge.kind,
        ...ends,
        ...nothing,
      });
    }
  }
  return [...contracted.values()];
}

function nearestFirst(
  elements: ReadonlyMap<string, WalkElement>,
  edges: readonly WalkEdge[],
  { roots, direction }: { roots: readonly string[]; direction: WalkQuery['direction'] },
): WalkElement[] {
  const next = neighbours(edges, direction);
  const depths = new Map(roots.map((id) => [id, 0]));
  for (const [id, depth] of depths) {
    for (const neighbour of next.get(id) ?? []) {
      if (!depths.has(neighbour)) depths.set(neighbour, depth + 1);
    }
  }
  return [...elements.values()]
    .map((element) => ({ ...element, depth: depths.get(element.id) ?? element.depth }))
    .sort((a, b) => a.depth - b.depth || compareText(a.id, b.id));
}

/** Where a walk gets from each node in one step of this direction. */
function neighbours(
  edges: ReadonlyArray<{ readonly from: string; readonly to: string }>,
  direction: WalkQuery['direction'],
): Map<string, string[]> {
  const next = new Map<string, string[]>();
  const add = (a: string, b: string) => {
    const known = next.get(a);
    if (known) known.push(b);
    else next.set(a, [b]);
  };
  for (const { from, to } of edges) {
    if (direction !== 'DOWNSTREAM') add(from, to);
    if (direction !== 'UPSTREAM') add(to, from);
  }
  return next;
}
