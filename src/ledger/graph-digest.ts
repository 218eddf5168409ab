import { createHash, type Hash } from 'node:crypto';
import type { Digest } from '../domain/digest.ts';
import { withoutArrival } from '../domain/lineage/arrival.ts';
import type { EdgeRow, NodeRow } from '../domain/lineage/graph-rows.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { Json } from '../domain/values/value.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import { allEdges, allNodes } from './graph-pages.ts';

/** Two digests of a graph. */
export interface GraphDigests {
  /** Every node and edge with everything: equal logs give equal states. */
  readonly state: Digest;
  /** Without what depends on the order of arrival: equal worlds give equal contents. */
  readonly content: Digest;
  readonly nodes: number;
  readonly edges: number;
}

/** Digests of the graph as it is while nobody writes. Lines of RFC 8785 JSON, in key order. */
export async function digestGraph(store: LineageStore): Promise<GraphDigests> {
  const state = createHash('sha256');
  const content = createHash('sha256');
  const aliases = new Set<string>();
  const counts = { nodes: 0, edges: 0 };
  for await (const node of allNodes(store)) {
    counts.nodes += 1;
    line(state, stateOfNode(node));
    const { node: stripped, followsArrival } = withoutArrival(node);
    if (followsArrival) aliases.add(node.id);
    else line(content, stripped);
  }
  let previous = '';
  for await (const edge of allEdges(store)) {
    counts.edges += 1;
    line(state, stateOfEdge(edge));
    const name = `${edge.from} ${edge.kind} ${edge.to}`;
    if (edge.until !== null || aliases.has(edge.from) || name === previous) continue;
    previous = name;
    line(content, contentOfEdge(edge));
  }
  return {
    state: `sha256:${state.digest('hex')}`,
    content: `sha256:${content.digest('hex')}`,
    ...counts,
  };
}

function line(hash: Hash, json: Json): void {
  hash.update(canonicalJson(json));
  hash.update('\n');
}

function stateOfNode(row: NodeRow): Json {
  const { id, kind, project, name, props, identifiers, since, last, recordedAt } = row;
  return ['node', id, kind, project, name, props, identifiers, since, last, recordedAt];
}

function stateOfEdge(row: EdgeRow): Json {
  const { kind, from, to, since, until, recordedAt, validFrom, validTo } = row;
  return ['edge', from, kind, to, since, until, recordedAt, validFrom, validTo];
}

/** Which of two statements of one edge came first decides its time, so that is left out. */
function contentOfEdge({ kind, from, to }: EdgeRow): Json {
  return ['edge', from, kind, to];
}
