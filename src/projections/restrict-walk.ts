import { compareText, type LogIndex, type ThinNode } from '../domain/lineage/graph-rows.ts';
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
 * connected and nothing of what is hidden shows: no name, not how many nodes there are. How far
 * the way through them is shows only in how deep a walk must be asked for to get behind.
 * Depths are therefore those of the graph as the reader sees it, and of equal depths the readable
 * nodes come first: where nothing is hidden up to some node, nothing behind it changes the order
 * of those before.
 */
export function restrictWalk(walk: Walk, restriction: Restriction): ReadableWalk {
  if (walk.nodes.every((node) => restriction.mayRead(node))) return walk;
  const graph = new RestrictedGraph(walk, restriction);
  return {
    nodes: graph.elements(),
    edges: graph.edges(),
    truncated: walk.truncated,
    frontier: [...new Set(walk.frontier.map((id) => graph.idOf(id)))].sort(compareText),
  };
}

/** A walk by the places of its nodes; they come nearest first. */
class RestrictedGraph {
  readonly #walk: Walk;
  readonly #hidden: readonly boolean[];
  readonly #places: ReadonlyMap<NodeId, number>;
  /** The place of the node that stands for the one at each place: the nearest of its run. */
  readonly #stands: Int32Array;
  readonly #depths: Int32Array;
  readonly #ids: readonly string[];

  constructor(walk: Walk, { mayRead, opaqueId, direction }: Restriction) {
    this.#walk = walk;
    this.#hidden = walk.nodes.map((node) => !mayRead(node));
    this.#places = new Map(walk.nodes.map(({ id }, place) => [id, place]));
    this.#stands = Int32Array.from(walk.nodes, (_, place) => place);
    const isContracted = this.#joinRuns();
    this.#depths = Int32Array.from(walk.nodes, ({ depth }) => depth);
    if (isContracted) this.#measure(direction);
    this.#ids = walk.nodes.map(({ id }, place) =>
      this.#hidden[place] && this.#stands[place] === place ? opaqueId(id) : id,
    );
  }

  /** The id under which the reader meets a node. */
  idOf(id: NodeId): string {
    return this.#ids[this.#standOf(id)] as string;
  }

  elements(): WalkElement[] {
    const elements: WalkElement[] = [];
    this.#walk.nodes.forEach((node, place) => {
      if (this.#stands[place] !== place) return;
      const depth = this.#depths[place] as number;
      const id = this.#ids[place] as string;
      if (!this.#hidden[place]) elements.push(depth === node.depth ? node : { ...node, depth });
      else {
        elements.push({ restricted: true, id, kind: node.kind, name: RESTRICTED_NAME, depth });
      }
    });
    const rank = (element: WalkElement) => ('restricted' in element ? 1 : 0);
    return elements.sort(
      (a, b) => a.depth - b.depth || rank(a) - rank(b) || compareText(a.id, b.id),
    );
  }

  /** Edges within a run go; edges that look the same from outside are one. */
  edges(): WalkEdge[] {
    const edges: WalkEdge[] = [];
    const known = new Set<string>();
    for (const edge of this.#walk.edges) {
      const [a, b] = [this.#standOf(edge.from), this.#standOf(edge.to)];
      if (!this.#hidden[a] && !this.#hidden[b]) edges.push(edge);
      else if (a !== b) {
        const looks = `${edge.kind} ${a} ${b}`;
        if (known.has(looks)) continue;
        known.add(looks);
        const ends = { from: this.#ids[a] as string, to: this.#ids[b] as string };
        edges.push({ kind: edge.kind, ...ends, recordedAt: null, validFrom: null, since: null });
      }
    }
    return edges;
  }

  #standOf(id: NodeId): number {
    return this.#stands[this.#places.get(id) as number] as number;
  }

  /** Union by edges between hidden nodes. True when a run has more than one node. */
  #joinRuns(): boolean {
    const stands = this.#stands;
    const find = (place: number): number => {
      let at = place;
      while (stands[at] !== at) {
        stands[at] = stands[stands[at] as number] as number;
        at = stands[at] as number;
      }
      return at;
    };
    let isJoined = false;
    for (const { from, to } of this.#walk.edges) {
      const [a, b] = [this.#places.get(from) as number, this.#places.get(to) as number];
      if (a === b || !this.#hidden[a] || !this.#hidden[b]) continue;
      const [x, y] = [find(a), find(b)];
      stands[Math.max(x, y)] = Math.min(x, y);
      isJoined = true;
    }
    if (isJoined)
      for (let place = 0; place < stands.length; place += 1) stands[place] = find(place);
    return isJoined;
  }

  /** Breadth first over the elements, from those that stand for the roots. */
  #measure(direction: WalkQuery['direction']): void {
    const next = this.#neighbours(direction);
    const depths = this.#depths.fill(-1);
    const queue: number[] = [];
    this.#walk.nodes.forEach(({ depth }, place) => {
      const stand = this.#stands[place] as number;
      if (depth !== 0 || depths[stand] === 0) return;
      depths[stand] = 0;
      queue.push(stand);
    });
    for (const place of queue) {
      for (const neighbour of next[place] ?? []) {
        if (depths[neighbour] !== -1) continue;
        depths[neighbour] = (depths[place] as number) + 1;
        queue.push(neighbour);
      }
    }
  }

  /** Where one step in this direction leads from each element. */
  #neighbours(direction: WalkQuery['direction']): number[][] {
    const next: number[][] = this.#walk.nodes.map(() => []);
    for (const { from, to } of this.#walk.edges) {
      const [a, b] = [this.#standOf(from), this.#standOf(to)];
      if (a === b) continue;
      if (direction !== 'DOWNSTREAM') next[a]?.push(b);
      if (direction !== 'UPSTREAM') next[b]?.push(a);
    }
    return next;
  }
}
