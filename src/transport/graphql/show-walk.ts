import type { AsKnown } from '../../ports/lineage-store.ts';
import type { ReadableWalk, WalkEdge, WalkElement } from '../../projections/restrict-walk.ts';
import { showNode } from './shown-node.ts';

/** A walk as a Subgraph. Its nodes are thin: what more is asked of them is loaded by need. */
export function showWalk(walk: ReadableWalk, times: AsKnown) {
  return {
    nodes: walk.nodes.map((element) => showElement(element, times)),
    edges: walk.edges.map(showEdge),
    truncated: walk.truncated,
    frontier: walk.frontier,
    depths: walk.nodes.map(({ depth }) => depth),
  };
}

function showElement(element: WalkElement, times: AsKnown) {
  if (!('restricted' in element)) return showNode(element, times);
  const { id, kind, name } = element;
  return { __typename: 'Restricted', id, kind, name };
}

export type ShownEdge = ReturnType<typeof showEdge>;

function showEdge({ kind, from, to, recordedAt, validFrom, since }: WalkEdge) {
  return { kind, from, to, recordedAt, occurredAt: validFrom, since };
}
