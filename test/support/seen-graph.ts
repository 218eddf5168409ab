import type { EdgeRow, NodeRow } from '../../src/domain/lineage/graph-rows.ts';
import type { WalkQuery } from '../../src/ports/lineage-store.ts';

export interface Sight {
  readonly direction: WalkQuery['direction'];
  readonly depth: number;
  mayRead(node: NodeRow): boolean;
  opaqueId(id: string): string;
}

export interface SeenGraph {
  /** Id, name and depth, nearest first. */
  readonly nodes: ReadonlyArray<readonly [id: string, name: string, depth: number]>;
  readonly edges: ReadonlyArray<Pick<EdgeRow, 'kind' | 'from' | 'to'>>;
  /** There is more behind the depth. */
  readonly truncated: boolean;
}

interface Graph {
  readonly nodes: readonly NodeRow[];
  readonly edges: readonly EdgeRow[];
}

/**
 * What a reader is to see of a graph from a node on, worked out the slow and plain way: of what
 * lies within so many steps, hidden nodes that hang together are one; then steps are counted anew.
 */
export function seenFrom(root: string, graph: Graph, sight: Sight): SeenGraph {
  const all = stepsFrom(root, graph.edges, sight.direction);
  const far = new Map([...all].filter(([, steps]) => steps <= sight.depth));
  const reached = graph.nodes.filter(({ id }) => far.has(id));
  const inside = graph.edges.filter(({ from, to }) => far.has(from) && far.has(to));
  const hidden = new Set(reached.filter((node) => !sight.mayRead(node)).map(({ id }) => id));
  const between = inside.filter(({ from, to }) => hidden.has(from) && hidden.has(to));
  const show = (id: string) => {
    if (!hidden.has(id)) return id;
    const [nearest = id] = [...stepsFrom(id, between, 'BOTH').keys()].sort(
      (a, b) => (far.get(a) as number) - (far.get(b) as number) || (a < b ? -1 : 1),
    );
    return sight.opaqueId(nearest);
  };
  const seenEdges = new Map(
    inside
      .map(({ kind, from, to }) => ({ kind, from: show(from), to: show(to) }))
      .filter(({ from, to }) => from !== to)
      .map((edge) => [JSON.stringify(edge), edge]),
  );
  const edges = [...seenEdges.values()];
  const depths = stepsFrom(show(root), edges, sight.direction);
  const nodes = reached.map(
    ({ id, name }) =>
      [show(id), hidden.has(id) ? 'restricted' : name, depths.get(show(id)) as number] as const,
  );
  const rank = (name: string) => (name === 'restricted' ? 1 : 0);
  return {
    nodes: [...new Map(nodes.map((node) => [node[0], node])).values()].sort(
      (a, b) => a[2] - b[2] || rank(a[1]) - rank(b[1]) || (a[0] < b[0] ? -1 : 1),
    ),
    edges,
    truncated: far.size < all.size,
  };
}

/** How many steps in a direction lead to each node that can be reached. */
function stepsFrom(
  root: string,
  edges: ReadonlyArray<{ readonly from: string; readonly to: string }>,
  direction: WalkQuery['direction'],
): Map<string, number> {
  const steps = new Map([[root, 0]]);
  for (const [id, depth] of steps) {
    for (const { from, to } of edges) {
      if (direction !== 'DOWNSTREAM' && from === id && !steps.has(to)) steps.set(to, depth + 1);
      if (direction !== 'UPSTREAM' && to === id && !steps.has(from)) steps.set(from, depth + 1);
    }
  }
  return steps;
}
