import {
  compareEdges,
  type EdgeRow,
  type NodeRow,
  type ThinNode,
} from '../../domain/lineage/graph-rows.ts';
import type { EdgeKind, NodeKind } from '../../domain/lineage/kinds.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { Instant } from '../../domain/time.ts';
import type { FactRow, Found, SidecarRow, Walk } from '../../ports/lineage-store.ts';
import type { Cell } from './driver.ts';
import { type PackedReader, readAll, readEdge, readNode } from './packed-rows.ts';
import type { PackedFacts, PackedFound, PackedWalk } from './protocol.ts';

/** Decodes the answer of a walk. Edges share the id texts of their nodes. */
export async function decodeWalk({ nodes, edges, cut }: PackedWalk): Promise<Walk> {
  const idsByRank: NodeId[] = [];
  const frontier: number[] = [];
  const rows = await readAll(nodes, (packed) => {
    const depth = packed.number();
    const rank = packed.number();
    if (packed.number() === 1) frontier.push(rank);
    const node = readThinNode(packed, depth);
    idsByRank[rank] = node.id;
    return node;
  });
  const between = await readAll(edges, (packed) => readRankedEdge(packed, idsByRank));
  const idOf = (rank: number) => idsByRank[rank] as NodeId;
  return {
    nodes: rows,
    edges: inKeyOrder(between),
    truncated: cut || frontier.length > 0,
    frontier: frontier.sort((a, b) => a - b).map(idOf),
  };
}

function readThinNode(packed: PackedReader, depth: number): ThinNode & { depth: number } {
  return {
    id: packed.text(),
    kind: packed.text() as NodeKind,
    project: packed.textOrNull(),
    name: packed.text(),
    since: packed.number(),
    recordedAt: packed.text() as Instant,
    depth,
  };
}

function readRankedEdge(packed: PackedReader, idsByRank: readonly NodeId[]): EdgeRow {
  const from = idsByRank[packed.number()] as NodeId;
  const kind = packed.text() as EdgeKind;
  const to = idsByRank[packed.number()] as NodeId;
  return {
    kind,
    from,
    to,
    since: packed.number(),
    until: packed.numberOrNull(),
    recordedAt: packed.text() as Instant,
    validFrom: packed.text() as Instant,
    validTo: packed.textOrNull() as Instant | null,
  };
}

/** Sorts the few edges of each node; those of one node stand together already. */
function inKeyOrder(edges: readonly EdgeRow[]): EdgeRow[] {
  const sorted: EdgeRow[] = [];
  let group: EdgeRow[] = [];
  const endGroup = () => {
    for (const edge of group.sort(compareEdges)) sorted.push(edge);
    group = [];
  };
  for (const edge of edges) {
    if (group.length > 0 && group[0]?.from !== edge.from) endGroup();
    group.push(edge);
  }
  endGroup();
  return sorted;
}

export function decodeFacts({ rows, sidecars, bytes }: PackedFacts): FactRow[] {
  let at = 0;
  const take = (length: Cell): Uint8Array => {
    const start = at;
    at += length as number;
    return bytes.slice(start, at);
  };
  // Leaves come first in the bytes, then all sidecars.
  const leaves = rows.map((row) => take(row[LEAF_LENGTH] as Cell));
  const sidecarOf = new Map<number, SidecarRow[]>();
  for (const [index, person, length] of sidecars) {
    const row = { person: person as SidecarRow['person'], box: take(length as Cell) };
    const rowsOfFact = sidecarOf.get(index as number);
    if (rowsOfFact === undefined) sidecarOf.set(index as number, [row]);
    else rowsOfFact.push(row);
  }
  return rows.map((row, n) => {
    const sidecar = sidecarOf.get(row[0] as number) ?? [];
    return { ...factColumns(row), leaf: leaves[n] as Uint8Array, sidecar };
  });
}

const LEAF_LENGTH = 11;

function factColumns(row: readonly Cell[]): Omit<FactRow, 'leaf' | 'sidecar'> {
  const [index, id, type, outcome, actor, subject, projects, recordedAt, ...key] = row;
  const [keyActor, operation, keyText] = key;
  return {
    index: index as number,
    id: id as string,
    type: type as string,
    outcome: outcome as FactRow['outcome'],
    actor: actor as FactRow['actor'],
    subject: subject as string | null,
    projects: JSON.parse(projects as string) as string[],
    recordedAt: recordedAt as Instant,
    idempotency:
      keyText === null
        ? null
        : {
            actor: keyActor as FactRow['actor'],
            operation: operation as string,
            key: keyText as string,
          },
  };
}

export async function decodeFound(packed: PackedFound): Promise<Found> {
  const facts = decodeFacts(packed.idempotency);
  const edges = new Map<string, EdgeRow>();
  for (const rows of packed.edges) {
    for (const edge of await readAll(rows, readEdge)) {
      edges.set(JSON.stringify([edge.from, edge.kind, edge.to, edge.since]), edge);
    }
  }
  return {
    nodes: await readAll<NodeRow>(packed.nodes, readNode),
    edges: [...edges.values()],
    idempotency: packed.places.map((place) => facts[place] ?? null),
  };
}
