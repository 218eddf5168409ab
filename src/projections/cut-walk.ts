import { compareText } from '../domain/lineage/graph-rows.ts';
import type { NodeKind } from '../domain/lineage/kinds.ts';
import type { ReadableWalk } from './restrict-walk.ts';

export interface WalkCut {
  /** Kinds that stay; all when left out. */
  readonly kinds?: readonly NodeKind[] | undefined;
  /** How many of the nodes that stay were shown already, on earlier pages. */
  readonly from?: number;
  readonly first: number;
}

export interface WalkPage extends ReadableWalk {
  /** How many of the nodes that stay were shown up to here; null when that is all of them. */
  readonly next: number | null;
}

/**
 * One page of a walk: the nearest nodes of the asked kinds from a place on, and the edges that
 * lead from them to each other and to nodes of earlier pages, so that all pages together hold
 * every edge once. The frontier is that of a walk that stopped at the last node of the page:
 * everything left out is reached from there.
 */
export function cutWalk(walk: ReadableWalk, { kinds, from = 0, first }: WalkCut): WalkPage {
  // Most first pages are whole walks of their own.
  if (!kinds && from === 0 && walk.nodes.length <= first) return { ...walk, next: null };
  const asked = kinds ? walk.nodes.filter(({ kind }) => kinds.includes(kind)) : walk.nodes;
  const nodes = asked.slice(from, from + first);
  const end = from + nodes.length;
  const places = new Map(asked.slice(0, end).map(({ id }, place) => [id, place]));
  const edges = walk.edges.filter((edge) => {
    const [a, b] = [places.get(edge.from), places.get(edge.to)];
    return a !== undefined && b !== undefined && Math.max(a, b) >= from;
  });
  if (end >= asked.length) return { ...walk, nodes, edges, next: null };
  const frontier = frontierOf(walk, nodes.at(-1)?.id);
  return { nodes, edges, truncated: true, frontier, next: end };
}

function frontierOf(walk: ReadableWalk, last: string | undefined): string[] {
  const end = walk.nodes.findIndex(({ id }) => id === last) + 1;
  const walked = new Set(walk.nodes.slice(0, end).map(({ id }) => id));
  const frontier = new Set(walk.frontier.filter((id) => walked.has(id)));
  for (const { from, to } of walk.edges) {
    if (walked.has(from) === walked.has(to)) continue;
    frontier.add(walked.has(from) ? from : to);
  }
  return [...frontier].sort(compareText);
}
