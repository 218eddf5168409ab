import { compareEdges, compareText, type EdgeRow } from '../../../src/domain/lineage/graph-rows.ts';
import type { NodeId } from '../../../src/domain/lineage/node-id.ts';
import type { WalkQuery } from '../../../src/ports/lineage-store.ts';

/** A walk's answer with the nodes reduced to their ids and depths. */
export interface WalkShape {
  readonly nodes: ReadonlyArray<readonly [NodeId, depth: number]>;
  readonly edges: readonly EdgeRow[];
  readonly truncated: boolean;
  readonly frontier: readonly NodeId[];
}

/** The definition of a walk over open edges, written for clearness and not for speed. */
export function referenceWalk(
  ids: readonly NodeId[],
  edges: readonly EdgeRow[],
  query: WalkQuery,
): WalkShape {
  const followed = edges.filter(({ kind, until }) => until === null && query.kinds.includes(kind));
  const known = new Set(ids);
  const neighboursOf = (id: NodeId): NodeId[] =>
    followed
      .flatMap(({ from, to }) => {
        const up = query.direction !== 'DOWNSTREAM' && from === id ? [to] : [];
        const down = query.direction !== 'UPSTREAM' && to === id ? [from] : [];
        return [...up, ...down];
      })
      .filter((neighbour) => known.has(neighbour));

  const depths = depthsFrom(
    query.roots.filter((id) => known.has(id)),
    neighboursOf,
  );
  const inReach = [...depths]
    .filter(([, depth]) => depth <= query.depth)
    .sort(([a, depthA], [b, depthB]) => depthA - depthB || compareText(a, b));
  const nodes = inReach.slice(0, query.limit);
  const kept = new Set(nodes.map(([id]) => id));
  const keptOut = (id: NodeId) => neighboursOf(id).some((neighbour) => !kept.has(neighbour));
  return {
    nodes,
    edges: followed.filter(({ from, to }) => kept.has(from) && kept.has(to)).sort(compareEdges),
    truncated: depths.size > nodes.length,
    frontier: [...kept].filter(keptOut).sort(compareText),
  };
}

/** Fewest steps from any root to each node that can be reached. */
function depthsFrom(
  roots: readonly NodeId[],
  neighboursOf: (id: NodeId) => readonly NodeId[],
): Map<NodeId, number> {
  const depths = new Map(roots.map((id) => [id, 0]));
  const queue = [...depths.keys()];
  for (const id of queue) {
    for (const neighbour of neighboursOf(id)) {
      if (depths.has(neighbour)) continue;
      depths.set(neighbour, (depths.get(id) ?? 0) + 1);
      queue.push(neighbour);
    }
  }
  return depths;
}
