import { compareText } from '../domain/lineage/graph-rows.ts';
import type { NodeKind } from '../domain/lineage/kinds.ts';
import type { ReadableWalk } from './restrict-walk.ts';

export interface WalkCut {
  readonly kinds: readonly NodeKind[];
  readonly first: number;
}

/**
 * Keeps the nearest nodes of the asked kinds and the edges between them. When more were found
 * than asked for, the frontier is that of a walk that stopped at the last node kept: everything
 * left out is reached from there.
 */
export function cutWalk(walk: ReadableWalk, { kinds, first }: WalkCut): ReadableWalk {
  const asked = walk.nodes.filter(({ kind }) => kinds.includes(kind));
  const nodes = asked.slice(0, first);
  const kept = new Set(nodes.map(({ id }) => id));
  const edges = walk.edges.filter(({ from, to }) => kept.has(from) && kept.has(to));
  if (asked.length <= first) return { ...walk, nodes, edges };
  return { nodes, edges, truncated: true, frontier: frontierOf(walk, nodes.at(-1)?.id) };
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
