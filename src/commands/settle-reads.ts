import type { EdgeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type RunAt, writingRead } from '../domain/lineage/resolve-reads.ts';
import type { CommandWants, GraphView } from '../ledger/command.ts';
import {
  DatasetWorld,
  isBeyond,
  knowsAlternates,
  type WorldChange,
  wantsOfAlternates,
  withAlternates,
} from './dataset-world.ts';
import { type Ends, endsOf } from './told-ends.ts';
import { runVersionId, unwrittenVersionId } from './told-names.ts';

/** What an event changes of the world, and of its own run's outputs. */
export interface Settling {
  readonly org: string;
  readonly view: GraphView;
  readonly change: WorldChange;
  /** What the run writes and reads, before the event and after it. */
  readonly before: { readonly writes: Ends };
  readonly after: { readonly writes: Ends; readonly reads: Ends };
}

/** A reader that is led to another version than before. */
export interface MovedRead {
  readonly reader: RunAt;
  /** The dataset that `from` is a version of. */
  readonly fromDataset: NodeId;
  readonly from: NodeId | null;
  readonly to: NodeId | null;
}

/**
 * How far other names are followed from what changes: readers of another name of a dataset may
 * have read what was written under a third, and may read that by a fourth too.
 */
const HOPS = 3;

/** What must be loaded next before it can be said who is led elsewhere; null when all is. */
export function wantsOfSettling(settling: Settling): CommandWants | null {
  const { view } = settling;
  const touched = touchedBy(settling);
  if (touched === null) return null;
  const { written, read } = touched;
  const first = [...written, ...read];
  const worlds = worldsOf(settling);
  let around = new Set<NodeId>(first);
  for (let hop = 0; hop < HOPS; hop += 1) {
    if (!knowsAlternates(view, around)) return wantsOfAlternates(around);
    around = withAlternates(around, worlds);
  }
  const readers = withAlternates(written, worlds);
  const into = [
    ...[...around].map((to) => ({ kind: 'WROTE_TO' as const, to })),
    ...[...readers].map((to) => ({ kind: 'READ_FROM' as const, to })),
  ];
  if (into.some(({ kind, to }) => !view.knowsInto(kind, to))) return { into };
  const moves = movesOf(settling);
  const nodes = moves.flatMap(({ reader, oldRun, newRun }) => [
    ...[reader.run, oldRun?.run, newRun?.run].filter((id) => id !== undefined),
    reader.dataset,
  ]);
  if (nodes.some((id) => !view.knows(id))) return { into, ...likelyOf(settling, moves, nodes) };
  const moved = movedOf(settling, moves);
  return {
    into,
    nodes: [...nodes, ...moved.flatMap(({ from, to }) => [from, to].filter((id) => id !== null))],
    edges: moved.flatMap(({ reader, from, to }) =>
      [from, to].flatMap((id) =>
        id === null ? [] : { kind: 'USED' as const, from: reader.run, to: id },
      ),
    ),
  };
}

/** What is wanted next if no run states which version it wrote, as few do, at once with this. */
function likelyOf({ org }: Settling, moves: readonly Move[], nodes: readonly NodeId[]) {
  const reads = moves.flatMap(({ reader, oldRun, newRun }) =>
    [oldRun, newRun].map((writing) => ({
      from: reader.run,
      to: writing
        ? runVersionId(org, writing.dataset, writing.run)
        : unwrittenVersionId(org, reader.dataset),
    })),
  );
  return {
    nodes: [...nodes, ...reads.map(({ to }) => to)],
    edges: reads.map((ends) => ({ kind: 'USED' as const, ...ends })),
  };
}

/** Datasets whose writings or names change, and those that the run itself reads otherwise. */
function touchedBy({ view, change, before, after }: Settling) {
  const { run, alternates } = change;
  const written = new Set<NodeId>();
  const read = new Set<NodeId>();
  if (run !== null) {
    if (!view.knowsOut('WROTE_TO', run) || !view.knowsOut('READ_FROM', run)) return null;
    for (const id of differing(view.openOut('WROTE_TO', run), change.writes)) written.add(id);
    for (const id of differing(view.openOut('READ_FROM', run), change.reads)) read.add(id);
    for (const [id, end] of after.writes) {
      if (end.version?.id !== before.writes.get(id)?.version?.id) written.add(id);
    }
  }
  for (const [from, told] of alternates) {
    const old = view.knowsOut('ALTERNATE_OF', from) ? view.openOut('ALTERNATE_OF', from) : [];
    const both = new Set([...told, ...old.map(({ to }) => to)]);
    const same = both.size === told.length && both.size === old.length;
    if (!same) for (const id of [from, ...both]) written.add(id);
  }
  return { written, read };
}

/** The datasets to which a run's edge is to be opened, closed or opened at another time. */
export function differing(
  edges: readonly EdgeRow[],
  wanted: ReadonlyMap<NodeId, string>,
): NodeId[] {
  const open = new Map(edges.map(({ to, validFrom }) => [to, validFrom as string]));
  const all = new Set([...open.keys(), ...wanted.keys()]);
  return [...all].filter((id) => open.get(id) !== wanted.get(id));
}

interface Move {
  readonly reader: RunAt;
  /** Whether the run read so before, and whether it does now. */
  readonly was: boolean;
  readonly is: boolean;
  readonly oldRun: RunAt | null;
  readonly newRun: RunAt | null;
}

/** Who wrote and read before the event, and after it. */
function worldsOf({ view, change }: Settling): [DatasetWorld, DatasetWorld] {
  return [new DatasetWorld(view), new DatasetWorld(view, change)];
}

/** Readers for whom another writing counts than before, by who wrote. */
function movesOf(settling: Settling): Move[] {
  const touched = touchedBy(settling);
  if (touched === null) return [];
  const [old, now] = worldsOf(settling);
  const moves: Move[] = [];
  const own = (world: 'old' | 'now') => (dataset: NodeId) => ownReads(settling, world, dataset);
  const since = earliestChange(settling, touched.written);
  for (const dataset of withAlternates(touched.written, [old, now])) {
    for (const reader of now.othersSince(dataset, since)) {
      const [oldRun, newRun] = [writingRead(reader, old), writingRead(reader, now)];
      if (differs(oldRun, newRun, settling)) {
        moves.push({ reader, was: true, is: true, oldRun, newRun });
      }
    }
  }
  for (const dataset of withAlternates([...touched.written, ...touched.read], [old, now])) {
    const [before, after] = [own('old')(dataset), own('now')(dataset)];
    const reader = after ?? before;
    if (reader === undefined) continue;
    const oldRun = before === undefined ? null : writingRead(before, old);
    const newRun = after === undefined ? null : writingRead(after, now);
    moves.push({ reader, was: before !== undefined, is: after !== undefined, oldRun, newRun });
  }
  return moves;
}

/** Who read before this time is not led elsewhere by what changes. */
function earliestChange({ view, change }: Settling, written: Iterable<NodeId>): string {
  const { run, writes, alternates } = change;
  if (alternates.size > 0 || run === null) return '';
  const open = new Map(view.openOut('WROTE_TO', run).map(({ to, validFrom }) => [to, validFrom]));
  const times = [...written].flatMap((id) => [open.get(id) ?? [], writes.get(id) ?? []].flat());
  return times.sort()[0] ?? '';
}

function ownReads({ view, change }: Settling, world: 'old' | 'now', dataset: NodeId) {
  const { run } = change;
  if (run === null) return undefined;
  const edge = view.openOut('READ_FROM', run).find(({ to }) => to === dataset);
  const at = world === 'now' ? change.reads.get(dataset) : edge?.validFrom;
  return at === undefined ? undefined : { run, dataset, at };
}

function differs(a: RunAt | null, b: RunAt | null, { change, before, after }: Settling): boolean {
  if (a === null || b === null) return a !== b;
  if (a.run !== b.run || a.dataset !== b.dataset) return true;
  if (a.run !== change.run) return false;
  return before.writes.get(a.dataset)?.version?.id !== after.writes.get(a.dataset)?.version?.id;
}

/** Readers that are led to another version than before, with both versions. */
export function movedReads(settling: Settling): MovedRead[] {
  return movedOf(settling, movesOf(settling));
}

function movedOf(settling: Settling, moves: readonly Move[]): MovedRead[] {
  const moved = moves.map(({ reader, was, is, oldRun, newRun }) => ({
    reader,
    fromDataset: oldRun?.dataset ?? reader.dataset,
    from: was ? versionRead({ reader, writing: oldRun }, settling, 'before') : null,
    to: is ? versionRead({ reader, writing: newRun }, settling, 'after') : null,
  }));
  return moved.filter(({ from, to }) => from !== to);
}

function versionRead(
  { reader, writing }: { readonly reader: RunAt; readonly writing: RunAt | null },
  { org, view, change, before, after }: Settling,
  when: 'before' | 'after',
): NodeId {
  if (writing === null) return unwrittenVersionId(org, reader.dataset);
  const own = when === 'before' ? before : after;
  const writes = writing.run === change.run ? own.writes : endsOf(view.node(writing.run), 'writes');
  const stated = writes.get(writing.dataset)?.version?.id;
  return stated ?? runVersionId(org, writing.dataset, writing.run);
}

/**
 * Whether a run reads a version by another name too, or names it itself: then its edge stays
 * although one of its reads is led elsewhere.
 */
export function stillReads({ reader, from, fromDataset }: MovedRead, settling: Settling): boolean {
  const { view, change, after } = settling;
  const isOwn = reader.run === change.run;
  const ends = isOwn ? after.reads : endsOf(view.node(reader.run), 'reads');
  if ([...ends.values()].some(({ stated }) => stated.includes(from as NodeId))) return true;
  const now = new DatasetWorld(view, change);
  const names = [fromDataset, ...now.alternates(fromDataset)];
  const others = names.filter((id) => id !== reader.dataset && ends.get(id)?.stated.length === 0);
  return others.some((dataset) => {
    const at = isOwn ? change.reads.get(dataset) : reader.at;
    if (at === undefined) return false;
    const other = { ...reader, dataset, at };
    const read = { reader: other, writing: writingRead(other, now) };
    return versionRead(read, settling, 'after') === from;
  });
}

/** The datasets of which not every run that wrote or read was looked at. */
export function beyondOf(settling: Settling): NodeId[] {
  const { view } = settling;
  const touched = touchedBy(settling);
  if (touched === null) return [];
  const worlds = worldsOf(settling);
  const near = withAlternates([...touched.written, ...touched.read], worlds);
  return [...near].filter((id) => isBeyond(view, id)).sort();
}
