import { SYSTEM_ACTOR } from '../domain/actor.ts';
import type { MutableGraph } from '../domain/lineage/apply-changes.ts';
import type { EdgeKey, EdgeRow, NodeRow } from '../domain/lineage/graph-rows.ts';
import { compareEdges, compareText } from '../domain/lineage/graph-rows.ts';
import type { EdgeKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import {
  type EdgeEnds,
  type EdgesInto,
  type EdgesOut,
  type Found,
  OPEN_EDGES_MAX,
  type Wants,
} from '../ports/lineage-store.ts';
import type { CommandWants, GraphView } from './command.ts';

/**
 * The part of the graph that a batch has loaded, with the changes of the commands decided so
 * far on top. A command works on a fork of it; what it did is kept only when all of it applied.
 * What a fork is taken of stays as it is for as long as the fork is in use.
 */
export class Overlay implements GraphView, MutableGraph {
  readonly #parent: Overlay | null;
  readonly #nodes = new Map<NodeId, NodeRow | null>();
  /**
   * Nodes that the store does not have, and so no edge of theirs either: no fact opens an edge
   * of a node that is not made by then, but for the hub itself, which has none.
   */
  readonly #absent = new Set<NodeId>();
  /** Open edges by kind and from, then by to; null stands for "closed here". */
  readonly #open = new Map<string, Map<NodeId, EdgeRow | null>>();
  /** The same edges by kind and to, then by from. */
  readonly #openInto = new Map<string, Map<NodeId, EdgeRow | null>>();
  readonly #askedEdges = new Set<string>();
  /** How many edges of a kind were asked for at a node. */
  readonly #askedOut = new Map<string, number>();
  readonly #askedInto = new Map<string, number>();
  /** Lists that were asked for, until one of their edges changes: sorting long ones is dear. */
  readonly #listsInto = new Map<string, readonly EdgeRow[]>();
  readonly #dirtyNodes = new Map<NodeId, NodeRow>();
  readonly #dirtyEdges = new Map<string, EdgeRow>();

  constructor(parent: Overlay | null = null) {
    this.#parent = parent;
  }

  fork(): Overlay {
    return new Overlay(this);
  }

  node(id: NodeId): NodeRow | undefined {
    const row = this.#lookUp(id);
    if (row === undefined) throw new Error(`node ${id} was not loaded`);
    return row ?? undefined;
  }

  knows(id: NodeId): boolean {
    return this.#lookUp(id) !== undefined;
  }

  openEdge({ kind, from, to }: EdgeEnds): EdgeRow | undefined {
    const place = placeOf(kind, from);
    const row = this.#lookUpOpen(place, to);
    if (row !== undefined) return row ?? undefined;
    if (!this.#isAsked({ kind, from, to }))
      throw new Error(`edge ${place} to ${to} was not loaded`);
    return undefined;
  }

  knowsOut(kind: EdgeKind, from: NodeId): boolean {
    return this.#isAbsent(from) || this.#askedOutAt(placeOf(kind, from)) > 0;
  }

  openOut(kind: EdgeKind, from: NodeId): readonly EdgeRow[] {
    const place = placeOf(kind, from);
    if (!this.knowsOut(kind, from)) throw new Error(`edges ${place} were not loaded`);
    const rows = new Map<NodeId, EdgeRow | null>();
    this.#collectOpen(place, rows);
    return [...rows.values()].filter((row) => row !== null).sort(compareEdges);
  }

  knowsInto(kind: EdgeKind, to: NodeId): boolean {
    return this.#isAbsent(to) || this.#askedIntoAt(placeOf(kind, to)) > 0;
  }

  openInto(kind: EdgeKind, to: NodeId): readonly EdgeRow[] {
    const place = placeOf(kind, to);
    const listed = this.#listsInto.get(place);
    if (listed !== undefined) return listed;
    if (!this.knowsInto(kind, to)) throw new Error(`edges into ${place} were not loaded`);
    const rows = new Map<NodeId, EdgeRow | null>();
    this.#collectInto(place, rows);
    const open = [...rows.values()].filter((row) => row !== null);
    open.sort((a, b) => b.since - a.since || compareEdges(a, b));
    this.#listsInto.set(place, open);
    return open;
  }

  edge(key: EdgeKey): EdgeRow | undefined {
    const row = this.#lookUpOpen(placeOf(key.kind, key.from), key.to) ?? undefined;
    return row?.since === key.since ? row : undefined;
  }

  setNode(row: NodeRow): void {
    this.#nodes.set(row.id, row);
    this.#dirtyNodes.set(row.id, row);
  }

  setEdge(row: EdgeRow): void {
    this.#setOpen(row, row.until === null ? row : null);
    this.#dirtyEdges.set(keyOf(row), row);
  }

  /** Which of the wishes are not met yet, each once. */
  missing(wants: CommandWants): Omit<Wants, 'idempotency'> {
    return {
      nodes: [...new Set(wants.nodes ?? [])].filter((id) => !this.knows(id)),
      edges: onceEach(wants.edges ?? [], endsText).filter(({ kind, from, to }) => {
        const isKnown = this.#lookUpOpen(placeOf(kind, from), to) !== undefined;
        return !isKnown && !this.#isAsked({ kind, from, to });
      }),
      out: onceEach(wants.out ?? [], outPlace).filter(
        (want) => !this.#isAbsent(want.from) && this.#askedOutAt(outPlace(want)) < mostOf(want),
      ),
      into: onceEach(wants.into ?? [], intoPlace).filter(
        (want) => !this.#isAbsent(want.to) && this.#askedIntoAt(intoPlace(want)) < mostOf(want),
      ),
    };
  }

  /** Takes in what the store found for these wishes. */
  learn(wants: Omit<Wants, 'idempotency'>, found: Pick<Found, 'nodes' | 'edges'>): void {
    // What this batch did to a node or an edge is newer than what the store says of it.
    const fresh = (id: NodeId) => !this.#dirtyNodes.has(id);
    for (const id of wants.nodes.filter(fresh)) {
      this.#nodes.set(id, null);
      if (id !== SYSTEM_ACTOR.ref) this.#absent.add(id);
    }
    for (const row of found.nodes.filter(({ id }) => fresh(id))) {
      this.#nodes.set(row.id, row);
      this.#absent.delete(row.id);
    }
    for (const ends of wants.edges) this.#askedEdges.add(endsText(ends));
    for (const want of wants.out) this.#askedOut.set(outPlace(want), mostOf(want));
    for (const want of wants.into) this.#askedInto.set(intoPlace(want), mostOf(want));
    for (const row of found.edges) {
      const known = this.#lookUpOpen(placeOf(row.kind, row.from), row.to);
      if (known === undefined) this.#setOpen(row, row);
    }
  }

  /** Moves everything that a fork did into this one. */
  absorb(child: Overlay): void {
    for (const row of child.#dirtyNodes.values()) this.setNode(row);
    for (const row of child.#dirtyEdges.values()) this.setEdge(row);
  }

  /** After-images of everything that changed, in the order of ids and keys. */
  changed(): { nodes: NodeRow[]; edges: EdgeRow[] } {
    return {
      nodes: [...this.#dirtyNodes.values()].sort((a, b) => compareText(a.id, b.id)),
      edges: [...this.#dirtyEdges.values()].sort(compareEdges),
    };
  }

  #lookUp(id: NodeId): NodeRow | null | undefined {
    const own = this.#nodes.get(id);
    if (own !== undefined) return own;
    return this.#parent === null ? undefined : this.#parent.#lookUp(id);
  }

  #lookUpOpen(place: string, to: NodeId): EdgeRow | null | undefined {
    const own = this.#open.get(place)?.get(to);
    if (own !== undefined) return own;
    return this.#parent === null ? undefined : this.#parent.#lookUpOpen(place, to);
  }

  #isAbsent(id: NodeId): boolean {
    if (this.#absent.has(id)) return true;
    return this.#parent === null ? false : this.#parent.#isAbsent(id);
  }

  #isAsked({ kind, from, to }: EdgeEnds): boolean {
    return this.#isAbsent(from) || this.#isAbsent(to) || this.#asked(placeOf(kind, from), to);
  }

  #asked(place: string, to: NodeId): boolean {
    const isAsked = (this.#askedOut.get(place) ?? 0) >= OPEN_EDGES_MAX;
    if (isAsked || this.#askedEdges.has(`${place} ${to}`)) return true;
    const parent = this.#parent;
    return parent === null ? false : parent.#asked(place, to);
  }

  #askedOutAt(place: string): number {
    const parent = this.#parent;
    const before = parent === null ? 0 : parent.#askedOutAt(place);
    return Math.max(this.#askedOut.get(place) ?? 0, before);
  }

  #askedIntoAt(place: string): number {
    const parent = this.#parent;
    const before = parent === null ? 0 : parent.#askedIntoAt(place);
    return Math.max(this.#askedInto.get(place) ?? 0, before);
  }

  #collectInto(place: string, rows: Map<NodeId, EdgeRow | null>): void {
    if (this.#parent !== null) this.#parent.#collectInto(place, rows);
    for (const [from, row] of this.#openInto.get(place) ?? []) rows.set(from, row);
  }

  #collectOpen(place: string, rows: Map<NodeId, EdgeRow | null>): void {
    if (this.#parent !== null) this.#parent.#collectOpen(place, rows);
    for (const [to, row] of this.#open.get(place) ?? []) rows.set(to, row);
  }

  #setOpen(ends: EdgeEnds, row: EdgeRow | null): void {
    const { kind, from, to } = ends;
    setIn(this.#open, placeOf(kind, from), [to, row]);
    setIn(this.#openInto, placeOf(kind, to), [from, row]);
    this.#listsInto.delete(placeOf(kind, to));
  }
}

function setIn<V>(
  rows: Map<string, Map<NodeId, V>>,
  place: string,
  [end, row]: readonly [NodeId, V],
): void {
  const byEnd = rows.get(place) ?? new Map<NodeId, V>();
  byEnd.set(end, row);
  rows.set(place, byEnd);
}

type Wish = Pick<EdgesOut, 'kind' | 'most'>;

/** Of wishes for the same, the first that asks for the most. */
function onceEach<W extends Wish>(wishes: readonly W[], textOf: (wish: W) => string): W[] {
  const largest = new Map<string, W>();
  for (const wish of wishes) {
    const text = textOf(wish);
    const other = largest.get(text);
    if (other === undefined || mostOf(other) < mostOf(wish)) largest.set(text, wish);
  }
  return [...largest.values()];
}

function mostOf({ most = OPEN_EDGES_MAX }: Wish): number {
  return most;
}

function endsText({ kind, from, to }: EdgeEnds): string {
  return `${placeOf(kind, from)} ${to}`;
}

function outPlace({ kind, from }: EdgesOut): string {
  return placeOf(kind, from);
}

function intoPlace({ kind, to }: EdgesInto): string {
  return placeOf(kind, to);
}

function placeOf(kind: EdgeKind, node: NodeId): string {
  return `${kind} ${node}`;
}

function keyOf({ kind, from, to, since }: EdgeKey): string {
  return `${kind} ${from} ${to} ${since}`;
}
