import type { ReadBody } from '../domain/audit/leaf.ts';
import type { LogIndex, NodeRow } from '../domain/lineage/graph-rows.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import { compareGraphs, type Difference, differenceOfNode } from './compare-graphs.ts';
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
  if (faults.some(({ fault }) => fault.includes('missing'))) {
    return { facts: size, nodes: 0, edges: 0, differences: [], faults };
  }
  const compared = await compareGraphs(live, scratch, size);
  const later = await compareMoving(source, scratch, compared.moving);
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
  moving: readonly NodeRow[],
): Promise<Pick<Rebuilt, 'differences' | 'faults'>> {
  const differences: Difference[] = [];
  const faults: LogFault[] = [];
  const { size: end } = await source.store.head();
  for (const row of [...moving].sort((a, b) => a.last - b.last)) {
    if (row.last >= end) {
      // It names a fact that the log does not hold: no writer of ours made this.
      differences.push({ what: 'node', id: row.id, how: 'changed', fields: ['last'] });
      continue;
    }
    const { size } = await scratch.head();
    if (size <= row.last) {
      faults.push(...(await replay(source, scratch, { from: size, to: row.last + 1 })));
    }
    const [said] = await scratch.get([row.id]);
    differences.push(...differenceOfNode(row, said ?? undefined));
  }
  return { differences, faults };
}
