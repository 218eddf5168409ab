import { compareText, type ThinNode } from '../domain/lineage/graph-rows.ts';
import { LINEAGE_EDGES } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import {
  type AsKnown,
  WALK_DEPTH_MAX,
  WALK_NODES_MAX,
  type Walk,
  type WalkQuery,
} from '../ports/lineage-store.ts';
import { opaqueIdOf } from './opaque-ids.ts';
import { mayRead } from './readable-by.ts';
import { type ReadableWalk, type Restriction, restrictWalk } from './restrict-walk.ts';
import { rootOf, type WalkSource } from './walk-lineage.ts';

export interface PathQuestion {
  /** Ids of nodes, or of Restricted elements of this reader. */
  readonly from: string;
  readonly to: string;
  readonly times: AsKnown;
}

/** The elements of the path in their order; depths are steps from its start. */
export type LineagePath = ReadableWalk;

type Way = Exclude<WalkQuery['direction'], 'BOTH'>;

const OPPOSITE: Readonly<Record<Way, Way>> = { UPSTREAM: 'DOWNSTREAM', DOWNSTREAM: 'UPSTREAM' };

/**
 * One shortest path between two nodes along the edges of lineage, all of them followed upstream
 * or all downstream: a way that turns around joins things that merely have something in common.
 * It is the shortest in the graph as the reader sees it, where a connected run of hidden nodes is
 * one element, so that the answer does not tell how far the way through them is. Without a path
 * the answer is empty; `truncated` then says that the search ended at its bound.
 */
export async function findPath(
  { from, to, times }: PathQuestion,
  source: WalkSource,
): Promise<LineagePath> {
  const start = await rootOf(from, times, source);
  const end = await rootOf(to, times, source);
  // Every walk of the answer looks at the same graph, whatever is recorded meanwhile.
  const knownAt = times.knownAt ?? (await source.store.head()).size - 1;
  const question = { from: start, to: end, times: { ...times, knownAt } };
  const [up, down] = await Promise.all([
    pathAlong('UPSTREAM', question, source),
    pathAlong('DOWNSTREAM', question, source),
  ]);
  if (up.nodes.length === 0 && down.nodes.length === 0) {
    return noPath({ truncated: up.truncated || down.truncated });
  }
  const isUp = down.nodes.length === 0 || (up.nodes.length > 0 && isShort(up, down));
  return isUp ? up : down;
}

function isShort(path: LineagePath, other: LineagePath): boolean {
  return path.nodes.length <= other.nodes.length;
}

/** The path in one direction. A search that its bound cut is tried from the other end too. */
async function pathAlong(
  way: Way,
  { from, to, times }: PathQuestion,
  source: WalkSource,
): Promise<LineagePath> {
  const ahead = await searchPath({ from, to, times }, way, source);
  if (ahead.nodes.length > 0 || !ahead.truncated) return ahead;
  return reversed(await searchPath({ from: to, to: from, times }, OPPOSITE[way], source));
}

async function searchPath(
  { from, to, times }: PathQuestion,
  direction: Way,
  { store, reader, secret }: WalkSource,
): Promise<LineagePath> {
  const kinds = LINEAGE_EDGES;
  const reach = { depth: WALK_DEPTH_MAX, limit: WALK_NODES_MAX };
  const walk = await store.walk({ roots: [from], direction, kinds, ...reach, ...times });
  if (!walk.nodes.some(({ id }) => id === to)) return noPath(walk);
  const key = { reader: reader.actor.ref, secret };
  const restriction: Restriction = {
    direction,
    mayRead: (node: ThinNode) => mayRead(reader, node),
    opaqueId: (id) => opaqueIdOf(id, key),
  };
  const shown = restrictWalk(walk, restriction);
  const ends = shownIds(walk, restriction);
  return shortestPath(shown, { from: ends(from), to: ends(to), direction });
}

/** The ids under which a restricted walk shows the nodes that it was made of. */
function shownIds(walk: Walk, { mayRead: isOpen, opaqueId }: Restriction): (id: NodeId) => string {
  const hidden = new Set(walk.nodes.filter((node) => !isOpen(node)).map(({ id }) => id));
  return (id) => {
    if (!hidden.has(id)) return id;
    const inner = walk.edges.filter(({ from, to }) => hidden.has(from) && hidden.has(to));
    const next = stepsOf(inner, 'BOTH');
    const run = new Set([id]);
    for (const here of run) for (const there of next.get(here) ?? []) run.add(there);
    // Walks come nearest first, and the nearest node stands for its run.
    return opaqueId(walk.nodes.find((node) => run.has(node.id))?.id ?? id);
  };
}

export interface PathEnds {
  readonly from: string;
  readonly to: string;
  readonly direction: Way;
}

/** The shortest path within a walk; of several, the one whose elements come first by their ids. */
export function shortestPath(walk: ReadableWalk, { from, to, direction }: PathEnds): LineagePath {
  const steps = stepsOf(walk.edges, direction);
  const cameFrom = new Map<string, string | null>([[from, null]]);
  for (const [here] of cameFrom) {
    if (here === to) break;
    for (const there of [...(steps.get(here) ?? [])].sort(compareText)) {
      if (!cameFrom.has(there)) cameFrom.set(there, here);
    }
  }
  if (!cameFrom.has(to)) return noPath({ truncated: false });
  const ids: string[] = [];
  for (let at: string | null | undefined = to; at != null; at = cameFrom.get(at)) ids.unshift(at);
  return pathOf(walk, ids, direction);
}

/** The elements with these ids, and every edge that leads from one to the next. */
function pathOf(walk: ReadableWalk, ids: readonly string[], direction: Way): LineagePath {
  const places = new Map(ids.map((id, depth) => [id, depth]));
  const nodes = walk.nodes
    .flatMap((node) => {
      const depth = places.get(node.id);
      return depth === undefined ? [] : [{ ...node, depth }];
    })
    .sort((a, b) => a.depth - b.depth);
  const edges = walk.edges.filter(({ from, to }) => {
    const [here, there] = direction === 'UPSTREAM' ? [from, to] : [to, from];
    const place = places.get(here);
    return place !== undefined && places.get(there) === place + 1;
  });
  return { nodes, edges, truncated: false, frontier: [] };
}

function reversed({ nodes, ...path }: LineagePath): LineagePath {
  const turned = [...nodes].reverse().map((node, depth) => ({ ...node, depth }));
  return { ...path, nodes: turned };
}

function noPath({ truncated }: Pick<Walk, 'truncated'>): LineagePath {
  return { nodes: [], edges: [], truncated, frontier: [] };
}

/** Where one step leads from each node. */
function stepsOf(
  edges: ReadonlyArray<{ readonly from: string; readonly to: string }>,
  direction: WalkQuery['direction'],
): Map<string, Set<string>> {
  const steps = new Map<string, Set<string>>();
  const add = (here: string, there: string) => {
    const known = steps.get(here);
    if (known) known.add(there);
    else steps.set(here, new Set([there]));
  };
  for (const { from, to } of edges) {
    if (direction !== 'DOWNSTREAM') add(from, to);
    if (direction !== 'UPSTREAM') add(to, from);
  }
  return steps;
}
