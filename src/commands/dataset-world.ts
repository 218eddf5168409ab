import type { EdgeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import {
  compareWritings,
  type RunAt,
  type WorldOfDatasets,
} from '../domain/lineage/resolve-reads.ts';
import type { Instant } from '../domain/time.ts';
import type { CommandWants, GraphView } from '../ledger/command.ts';
import { OPEN_EDGES_MAX } from '../ports/lineage-store.ts';

/** Most other names of one dataset that are looked at. */
export const ALTERNATES_MAX = 32;

/** What an event makes of who wrote, who read and what is the same: of one run, of some names. */
export interface WorldChange {
  readonly run: NodeId | null;
  /** When the run wrote to each dataset, and read from it without naming a version. */
  readonly writes: ReadonlyMap<NodeId, Instant>;
  readonly reads: ReadonlyMap<NodeId, Instant>;
  /** Other names of datasets, where what counts of them was told now. */
  readonly alternates: ReadonlyMap<NodeId, readonly NodeId[]>;
}

/** Who wrote and read, by the open edges of the graph; with a change, as it is after that. */
export class DatasetWorld implements WorldOfDatasets {
  readonly #view: GraphView;
  readonly #change: WorldChange | null;
  readonly #alternates = new Map<NodeId, readonly NodeId[]>();

  constructor(view: GraphView, change: WorldChange | null = null) {
    this.#view = view;
    this.#change = change;
  }

  lastWriting(dataset: NodeId, reader: RunAt): RunAt | null {
    const run = this.#change?.run ?? null;
    const told = run === null ? undefined : this.#change?.writes.get(dataset);
    const own = run === null || told === undefined ? null : { run, dataset, at: told };
    const skipped = [reader.run, run];
    const all = writingsOf(this.#view.openInto('WROTE_TO', dataset));
    let at = countUpTo(all, reader.at) - 1;
    while (at >= 0 && skipped.includes((all[at] as RunAt).run)) at -= 1;
    const other = all[at] ?? null;
    if (own === null || own.run === reader.run || own.at > reader.at) return other;
    return other === null || compareWritings(own, other) > 0 ? own : other;
  }

  /** Runs but the one that is told of that read from a dataset at this time or later. */
  othersSince(dataset: NodeId, since: string): RunAt[] {
    const run = this.#change?.run ?? null;
    const edges = this.#view.openInto('READ_FROM', dataset);
    return edges.filter(({ from, validFrom }) => validFrom >= since && from !== run).map(runAtOf);
  }

  alternates(dataset: NodeId): readonly NodeId[] {
    const known = this.#alternates.get(dataset);
    if (known !== undefined) return known;
    const told = this.#change?.alternates ?? new Map<NodeId, readonly NodeId[]>();
    const out = told.get(dataset) ?? outOf(this.#view, dataset);
    const into = intoOf(this.#view, dataset).filter((from) => !told.has(from));
    const now = [...told].flatMap(([from, to]) => (to.includes(dataset) ? [from] : []));
    const all = [...new Set([...out, ...into, ...now])].sort().slice(0, ALTERNATES_MAX);
    this.#alternates.set(dataset, all);
    return all;
  }
}

/** Writings in the order in which they count, by the list of edges that they were read from. */
const WRITINGS = new WeakMap<readonly EdgeRow[], readonly RunAt[]>();

function writingsOf(edges: readonly EdgeRow[]): readonly RunAt[] {
  const known = WRITINGS.get(edges);
  if (known !== undefined) return known;
  // What was told of last was mostly written last: a list that is nearly in order sorts fast.
  const writings = edges.map(runAtOf).reverse().sort(compareWritings);
  WRITINGS.set(edges, writings);
  return writings;
}

/** How many of the writings, which are in order, were made up to this time. */
function countUpTo(writings: readonly RunAt[], time: Instant): number {
  let [low, high] = [0, writings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((writings[middle] as RunAt).at <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function runAtOf({ from: run, to: dataset, validFrom: at }: EdgeRow): RunAt {
  return { run, dataset, at };
}

function outOf(view: GraphView, dataset: NodeId): NodeId[] {
  return view.openOut('ALTERNATE_OF', dataset).map(({ to }) => to);
}

function intoOf(view: GraphView, dataset: NodeId): NodeId[] {
  return view.openInto('ALTERNATE_OF', dataset).map(({ from }) => from);
}

/** The datasets and those that are the same under other names, before the change and after it. */
export function withAlternates(
  datasets: Iterable<NodeId>,
  worlds: readonly DatasetWorld[],
): Set<NodeId> {
  const all = new Set(datasets);
  for (const dataset of [...all]) {
    for (const world of worlds) for (const other of world.alternates(dataset)) all.add(other);
  }
  return all;
}

export function wantsOfAlternates(datasets: Iterable<NodeId>): Required<WantsOfEdges> {
  const most = ALTERNATES_MAX;
  const all = [...datasets];
  return {
    out: all.map((from) => ({ kind: 'ALTERNATE_OF' as const, from, most })),
    into: all.map((to) => ({ kind: 'ALTERNATE_OF' as const, to, most })),
  };
}

export type WantsOfEdges = Pick<CommandWants, 'out' | 'into'>;

export function knowsAlternates(view: GraphView, datasets: Iterable<NodeId>): boolean {
  return [...datasets].every(
    (id) => view.knowsOut('ALTERNATE_OF', id) && view.knowsInto('ALTERNATE_OF', id),
  );
}

/** Whether more runs wrote to a dataset, or read from it, than are looked at. */
export function isBeyond(view: GraphView, dataset: NodeId): boolean {
  return (['WROTE_TO', 'READ_FROM'] as const).some(
    (kind) =>
      view.knowsInto(kind, dataset) && view.openInto(kind, dataset).length >= OPEN_EDGES_MAX,
  );
}
