import type { ReadBody } from '../domain/audit/leaf.ts';
import type { EdgeRow, LogIndex } from '../domain/lineage/graph-rows.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import {
  type Comparison,
  compareGraphs,
  type Difference,
  differenceOfEdge,
  differenceOfNode,
} from './compare-graphs.ts';
import { type LogFault, type ReplaySource, replay } from './replay.ts';

export interface Rebuilt {
  readonly facts: LogIndex;
  readonly nodes: number;
  readonly edges: number;
  readonly differences: readonly Difference[];
  readonly faults: readonly LogFault[];
}

export interface RebuildStores {
  readonly live: LineageStore;
  /** An empty store that the log is replayed into. */
  readonly scratch: LineageStore;
  readonly readBody: ReadBody;
}

/**
 * Replays the whole log into the scratch store and compares the live graph with what comes out.
 * Writers may go on: a node that they touch meanwhile is compared with the graph as of the very
 * fact that touched it last.
 */
export async function rebuild({ live, scratch, readBody }: RebuildStores): Promise<Rebuilt> {
  const source: ReplaySource = { store: live, readBody };
  const { size } = await live.head();
  const faults = await replay(source, scratch, { from: 0, to: size });
  if (faults.some(({ stops }) => stops)) {
    return { facts: size, nodes: 0, edges: 0, differences: [], faults };
  }
  const compared = await compareGraphs(live, scratch, size);
  const later = await compareMoving(source, scratch, compared);
  return {
    facts: size,
    nodes: compared.nodes,
    edges: compared.edges,
    differences: [...compared.differences, ...later.differences],
    faults: [...faults, ...later.faults],
  };
}

/** Replays on, from touch to touch, and compares each moving node at its own last fact. */
async function compareMoving(
  source: ReplaySource,
  scratch: LineageStore,
  { moving, later }: Pick<Comparison, 'moving' | 'later'>,
): Promise<Pick<Rebuilt, 'differences' | 'faults'>> {
  const differences: Difference[] = [];
  const faults: LogFault[] = [];
  // Everything that was seen had been written by now, so no honest row names a later fact.
  const { size: end } = await source.store.head();
  for (const row of [...moving].sort((a, b) => a.last - b.last)) {
    if (row.last >= end) {
      differences.push({ what: 'node', id: row.id, how: 'changed', fields: ['last'] });
      continue;
    }
    faults.push(...(await replayTo(row.last + 1, source, scratch)));
    if (faults.some(({ stops }) => stops)) return { differences, faults };
    const [said] = await scratch.get([row.id]);
    differences.push(...differenceOfNode(row, said ?? undefined));
  }
  if (later.length > 0) faults.push(...(await replayTo(end, source, scratch)));
  for (const edge of later) differences.push(...(await compareLater(edge, end, scratch)));
  return { differences, faults };
}

async function replayTo(
  to: LogIndex,
  source: ReplaySource,
  scratch: LineageStore,
): Promise<LogFault[]> {
  const { size } = await scratch.head();
  return size >= to ? [] : replay(source, scratch, { from: size, to });
}

/** An edge that a fact opened or closed while the graphs were compared, against that fact. */
async function compareLater(
  edge: EdgeRow,
  end: LogIndex,
  scratch: LineageStore,
): Promise<Difference[]> {
  const { kind, from, to, since, until } = edge;
  const page = await scratch.edges({
    at: [from],
    direction: 'OUT',
    kinds: [kind],
    history: 'all',
    after: { kind, from, to, since: since - 1 },
    limit: 1,
  });
  const said = page.find((row) => row.to === to && row.since === since);
  if (since >= end || said === undefined) return differenceOfEdge(edge, undefined);
  if (until !== null && until >= end) return differenceOfEdge(edge, said);
  // What the live graph closed only after it was looked at was open then.
  return differenceOfEdge(edge, until === null ? { ...said, until, validTo: null } : said);
}
