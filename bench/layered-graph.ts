import type { EdgeRow, NodeRow } from '../src/domain/lineage/graph-rows.ts';
import { nodeId } from '../src/domain/lineage/node-id.ts';
import { type Instant, instantFromMs } from '../src/domain/time.ts';
import type { FactRow, LineageStore } from '../src/ports/lineage-store.ts';

/** Runs and versions in turn, many layers deep, with diamonds everywhere. */
export interface LayeredGraph {
  readonly layers: number;
  readonly width: number;
  /** Parents of each node in the layer below, within a window, so that paths multiply. */
  readonly parents: number;
  readonly window: number;
  /** The project that the nodes at a place belong to; all to one when left out. */
  readonly projectAt?: (at: number) => string;
}

/** 200,000 nodes and about 600,000 edges. */
export const LARGE_GRAPH: LayeredGraph = { layers: 40, width: 5_000, parents: 3, window: 18 };

const ORG = 'example';
const NODES_A_COMMIT = 5_000;
const FIRST = instantFromMs(Date.parse('2026-01-01T00:00:00Z'));

/** Id of the node at a place; layer 0 is the oldest. Even layers are versions, odd ones runs. */
export function idAt(project: string, layer: number, at: number): string {
  return nodeId({ org: ORG, container: project, kind: kindAt(layer), name: `n-${layer}-${at}` });
}

/** Writes the graph into a store, in commits of one fact each. */
export async function writeLayeredGraph(
  store: LineageStore,
  project: string,
  graph: LayeredGraph,
): Promise<{ nodes: number; edges: number }> {
  const counts = { nodes: 0, edges: 0 };
  for (let layer = 0; layer < graph.layers; layer += 1) {
    const ids = Array.from({ length: graph.width }, (_, at) => idAt(project, layer, at));
    const below = Array.from({ length: graph.width }, (_, at) => idAt(project, layer - 1, at));
    for (let from = 0; from < graph.width; from += NODES_A_COMMIT) {
      const slice = ids.slice(from, from + NODES_A_COMMIT);
      await store.transact(async (tx) => {
        const since = tx.head.size;
        const now = tx.head.recordedAt ?? FIRST;
        const nodes = slice.map((id, at) =>
          nodeRow({
            ...{ id, layer, at: from + at, since, now },
            project: graph.projectAt?.(from + at) ?? project,
          }),
        );
        const edges =
          layer === 0
            ? []
            : slice.flatMap((id, at) =>
                parentsOf(from + at, graph).map((to) =>
                  edgeRow({ from: id, to: below[to] as string, layer, since, now }),
                ),
              );
        await tx.append({ facts: [factRow(since, project, now)], nodes, edges, about: [] });
        counts.nodes += nodes.length;
        counts.edges += edges.length;
      });
    }
  }
  return counts;
}

function parentsOf(at: number, { parents, window, width }: LayeredGraph): number[] {
  return Array.from({ length: parents }, (_, nth) => {
    const shift = ((at * 7 + nth * 11) % (2 * window + 1)) - window;
    return (at + shift + width) % width;
  });
}

function kindAt(layer: number): 'RUN' | 'MODEL_VERSION' {
  return layer % 2 === 0 ? 'MODEL_VERSION' : 'RUN';
}

interface NodePlace {
  readonly id: string;
  readonly project: string;
  readonly layer: number;
  readonly at: number;
  readonly since: number;
  readonly now: Instant;
}

export function nodeRow({ id, project, layer, at, since, now }: NodePlace): NodeRow {
  const props = Object.fromEntries(Array.from({ length: 11 }, (_, key) => [`p${key}`, key * at]));
  return {
    ...{ id, project, since, last: since, recordedAt: now, identifiers: [], props },
    kind: kindAt(layer),
    name: `n-${layer}-${at}`,
  };
}

interface EdgePlace extends Pick<NodePlace, 'layer' | 'since' | 'now'> {
  readonly from: string;
  readonly to: string;
}

function edgeRow({ from, to, layer, since, now }: EdgePlace): EdgeRow {
  const kind = layer % 2 === 0 ? 'WAS_GENERATED_BY' : 'USED';
  return { kind, from, to, since, until: null, recordedAt: now, validFrom: now, validTo: null };
}

export function factRow(index: number, project: string, now: Instant): FactRow {
  return {
    index,
    id: `bench-${index}`,
    type: 'bench.written',
    outcome: 'allow',
    actor: 'act:00000000-0000-0000-0000-000000000000',
    subject: null,
    projects: [project],
    recordedAt: now,
    leaf: Buffer.from('{}'),
    sidecar: [],
    idempotency: null,
  };
}
