import { compareText } from '../domain/lineage/graph-rows.ts';
import type { NodeKind } from '../domain/lineage/kinds.ts';
import type { ReadableWalk, WalkElement } from './restrict-walk.ts';

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
  const places = placesIn(walk);
  const placeOf = (node: WalkElement | undefined) => (node && places.nodes.get(node.id)) ?? -1;
  const [begin, last] = [placeOf(nodes[0]), placeOf(nodes.at(-1))];
  const isAsked = (place: number) => !kinds || kinds.includes(walk.nodes[place]?.kind as NodeKind);
  const edges = walk.edges.filter((_, at) => {
    const [near, far] = [places.near[at] as number, places.far[at] as number];
    return far >= begin && far <= last && isAsked(near) && isAsked(far);
  });
  const end = from + nodes.length;
  if (end >= asked.length) return { ...walk, nodes, edges, next: null };
  return { nodes, edges, truncated: true, frontier: frontierBehind(walk, last), next: end };
}

/** The frontier of the walk when it had stopped at this place. */
function frontierBehind(walk: ReadableWalk, last: number): string[] {
  const { nodes, near, far } = placesIn(walk);
  const frontier = new Set(walk.frontier.filter((id) => (nodes.get(id) as number) <= last));
  for (const [at, place] of near.entries()) {
    if (place <= last && (far[at] as number) > last) frontier.add(walk.nodes[place]?.id as string);
  }
  return [...frontier].sort(compareText);
}

/** Where nodes stand in a walk, and for each edge which of its ends comes first and last. */
interface Places {
  readonly nodes: ReadonlyMap<string, number>;
  readonly near: Int32Array;
  readonly far: Int32Array;
}

/** Worked out once for all pages that are cut from a walk. */
const PLACES = new WeakMap<ReadableWalk, Places>();

function placesIn(walk: ReadableWalk): Places {
  const known = PLACES.get(walk);
  if (known) return known;
  const nodes = new Map(walk.nodes.map(({ id }, place) => [id, place]));
  const [near, far] = [new Int32Array(walk.edges.length), new Int32Array(walk.edges.length)];
  for (const [at, edge] of walk.edges.entries()) {
    const [a, b] = [nodes.get(edge.from) as number, nodes.get(edge.to) as number];
    near[at] = Math.min(a, b);
    far[at] = Math.max(a, b);
  }
  const places = { nodes, near, far };
  PLACES.set(walk, places);
  return places;
}
