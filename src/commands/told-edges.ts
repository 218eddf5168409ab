import type { ActorRef } from '../domain/actor.ts';
import { compareText } from '../domain/lineage/graph-rows.ts';
import type { EdgeKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { ToldEvent } from '../domain/lineage/told-event.ts';
import type { Instant } from '../domain/time.ts';
import type { GraphView } from '../ledger/command.ts';
import {
  differing,
  type MovedRead,
  movedReads,
  type Settling,
  stillReads,
} from './settle-reads.ts';
import type { MayWrite } from './told-alternates.ts';
import { runVersionId, type ToldNames, unwrittenVersionId } from './told-names.ts';
import type { ToldNodes } from './told-nodes.ts';
import { NOTHING_TOLD } from './told-nodes.ts';

interface EdgesPlace {
  readonly names: ToldNames;
  readonly nodes: ToldNodes;
  readonly mayWrite: MayWrite;
  readonly actor: ActorRef;
  readonly event: ToldEvent;
}

interface Ends {
  readonly kind: EdgeKind;
  readonly from: NodeId;
  readonly to: NodeId;
}

/** Edges that a fact opens and closes, each once: who is to have one and who is not. */
class EdgeChanges {
  readonly opened = new Map<string, Ends & { readonly at: Instant | null }>();
  readonly closed = new Map<string, Ends & { readonly since: number; readonly at: Instant }>();
  readonly #view: GraphView;

  constructor(view: GraphView) {
    this.#view = view;
  }

  /** Opens the edge where it is not open. */
  open(edge: Ends, at: Instant | null): void {
    const key = keyOf(edge);
    if (this.#view.openEdge(edge) === undefined) this.opened.set(key, { ...edge, at });
    else if (!this.opened.has(key)) this.closed.delete(key);
  }

  /** An edge that never held is closed at the time from which it was told to hold. */
  close(edge: Ends): void {
    const row = this.#view.openEdge(edge);
    this.opened.delete(keyOf(edge));
    if (row === undefined) return;
    this.closed.set(keyOf(edge), { ...edge, since: row.since, at: row.validFrom });
  }

  /** Closes an edge that holds from another time, and opens it anew from this one. */
  move(edge: Ends, at: Instant): void {
    const row = this.#view.openEdge(edge);
    if (row?.validFrom === at) return;
    if (row) this.close(edge);
    this.opened.set(keyOf(edge), { ...edge, at });
  }
}

function keyOf({ kind, from, to }: Ends): string {
  return `${kind} ${from} ${to}`;
}

/** Everything that an event opens and closes, and the projects of other runs that this is about. */
export function edgesOf(settling: Settling, place: EdgesPlace) {
  const { view, change } = settling;
  const changes = new EdgeChanges(view);
  if (place.names.run) ownEdges(changes, settling, place);
  else statedMembers(changes, settling, place);
  for (const [from, told] of change.alternates) {
    for (const { to } of view.openOut('ALTERNATE_OF', from)) {
      if (!told.includes(to)) changes.close({ kind: 'ALTERNATE_OF', from, to });
    }
    for (const to of told) changes.open({ kind: 'ALTERNATE_OF', from, to }, null);
  }
  const moved = movedReads(settling);
  moveReads(changes, moved, { settling, place });
  const projects = moved.flatMap(({ reader }) => view.node(reader.run)?.project ?? []);
  return {
    opened: sorted(changes.opened.values()),
    closed: sorted(changes.closed.values()),
    projects,
  };
}

function sorted<T extends Ends>(edges: Iterable<T>): T[] {
  return [...edges].sort((a, b) => compareText(keyOf(a), keyOf(b)));
}

function ownEdges(changes: EdgeChanges, settling: Settling, place: EdgesPlace): void {
  const { view, change, org, after } = settling;
  const { names, actor } = place;
  const run = names.run?.id as NodeId;
  const associated = view.openOut('WAS_ASSOCIATED_WITH', run).some(({ to }) => to === actor);
  const association = { kind: 'WAS_ASSOCIATED_WITH' as const, from: run, to: actor };
  if (!associated) changes.opened.set(keyOf(association), { ...association, at: null });
  for (const [kind, times] of [
    ['WROTE_TO', change.writes],
    ['READ_FROM', change.reads],
  ] as const) {
    for (const to of differing(view.openOut(kind, run), times)) {
      const at = times.get(to);
      if (at === undefined) changes.close({ kind, from: run, to });
      else changes.move({ kind, from: run, to }, at);
    }
  }
  statedMembers(changes, settling, place);
  for (const { of, statedId, role } of names.ends) {
    if (role === 'INPUT') {
      if (statedId) changes.open({ kind: 'USED', from: run, to: statedId }, null);
      continue;
    }
    if (statedId) changes.open({ kind: 'WAS_GENERATED_BY', from: statedId, to: run }, null);
    const own = runVersionId(org, of.id, run);
    const isStated = (after.writes.get(of.id)?.stated.length ?? 0) > 0;
    const made = { kind: 'WAS_GENERATED_BY' as const, from: own, to: run };
    const member = { kind: 'VERSION_OF' as const, from: own, to: of.id };
    if (isStated) for (const edge of [made, member]) changes.close(edge);
    else {
      changes.open(made, null);
      if (place.mayWrite(of.owner) && isThere(view, own)) changes.open(member, null);
    }
  }
}

/** Versions that are stated belong to their dataset where its owner's people say so. */
function statedMembers(changes: EdgeChanges, { view }: Settling, place: EdgesPlace): void {
  for (const { of, statedId } of place.names.ends) {
    if (statedId === null || !place.mayWrite(of.owner) || !isThere(view, statedId)) continue;
    changes.open({ kind: 'VERSION_OF', from: statedId, to: of.id }, null);
  }
}

function isThere(view: GraphView, id: NodeId): boolean {
  return view.node(id)?.props.deletedAt === undefined;
}

/** Leads runs that named no version to what they read by what is known now. */
function moveReads(
  changes: EdgeChanges,
  moved: readonly MovedRead[],
  { settling, place }: { readonly settling: Settling; readonly place: EdgesPlace },
): void {
  const { org, view } = settling;
  for (const read of moved) {
    const { reader, from, to } = read;
    const edge = { kind: 'USED' as const, from: reader.run };
    if (from !== null && !stillReads(read, settling)) changes.close({ ...edge, to: from });
    if (to === null || to !== unwrittenVersionId(org, reader.dataset)) continue;
    const row = view.node(reader.dataset);
    const dataset = place.names.ends.find(({ of }) => of.id === reader.dataset)?.of ?? {
      id: reader.dataset,
      owner: String(row?.project),
      name: String(row?.name),
      namespace: String(row?.props.namespace),
      ownName: String(row?.props.ownName),
    };
    if (view.node(to) !== undefined) continue;
    place.nodes.version({ id: to, dataset, identity: 'before', called: 'before' }, NOTHING_TOLD);
  }
  for (const { reader, to } of moved) {
    if (to !== null) changes.open({ kind: 'USED', from: reader.run, to }, reader.at);
  }
}
