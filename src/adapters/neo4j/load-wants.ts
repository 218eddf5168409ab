import type { EdgeRow } from '../../domain/lineage/graph-rows.ts';
import { EDGE_KINDS } from '../../domain/lineage/kinds.ts';
import {
  type EdgesInto,
  type EdgesOut,
  type Found,
  OPEN_EDGES_MAX,
  type Wants,
} from '../../ports/lineage-store.ts';
import { type BoltTransaction, int, type Statement } from './bolt.ts';
import { idempotencyDigest } from './encode-commit.ts';
import { grouped } from './grouped.ts';
import { typesOf } from './labels.ts';
import { probe } from './probe.ts';
import { decodeEdge, EDGE_COLUMNS } from './read-edges.ts';
import { decodeFact, factsByKey } from './read-facts.ts';
import { decodeNode, nodesById } from './read-nodes.ts';

const EXACT = `UNWIND $ends AS w
  MATCH (a:Node {id: w.from}) MATCH (b:Node {id: w.to})
  MATCH (a)-[e:${typesOf()}]->(b) WHERE type(e) = w.kind AND e.until IS NULL
  RETURN ${EDGE_COLUMNS}`;

const outOf = (kind: string) => `UNWIND $ids AS id
  CALL (id) {
    MATCH (a:Node {id: id})-[e:${kind}]->(b:Node) WHERE e.until IS NULL
    RETURN a, e, b ORDER BY b.id, e.since LIMIT $most
  } RETURN ${EDGE_COLUMNS}`;
const intoOf = (kind: string) => `UNWIND $ids AS id
  CALL (id) {
    MATCH (b:Node {id: id})<-[e:${kind}]-(a:Node) WHERE e.until IS NULL
    RETURN a, e, b ORDER BY e.since DESC, a.id LIMIT $most
  } RETURN ${EDGE_COLUMNS}`;
const OUT = new Map<string, string>(EDGE_KINDS.map((kind) => [kind, outOf(kind)]));
const INTO = new Map<string, string>(EDGE_KINDS.map((kind) => [kind, intoOf(kind)]));

/** Every statement of a loading once, for nothing; see plannedWrites. */
export function plannedLoads(): Statement[] {
  const each = [...OUT.values(), ...INTO.values()];
  return [
    [EXACT, { ends: [] }],
    ...each.map((text): Statement => [text, { ids: [], most: int(OPEN_EDGES_MAX) }]),
    nodesById([]),
    factsByKey([]),
  ];
}

/** Reads what commands want to see, inside the transaction that holds the head. */
export async function loadWants(transaction: BoltTransaction, wants: Wants): Promise<Found> {
  const edgeStatements = edgesWanted(wants);
  const digests = wants.idempotency.map((key) => idempotencyDigest(key));
  const statements = [
    ...edgeStatements,
    ...(wants.nodes.length === 0 ? [] : [nodesById(wants.nodes)]),
    ...(digests.length === 0 ? [] : [factsByKey(digests)]),
  ];
  const answers = await transaction.run(statements);
  const edges = new Map<string, EdgeRow>();
  for (const edge of answers.splice(0, edgeStatements.length).flat().map(decodeEdge)) {
    edges.set(JSON.stringify([edge.from, edge.kind, edge.to, edge.since]), edge);
  }
  const nodes = wants.nodes.length === 0 ? [] : (answers.shift() ?? []);
  const facts = (answers[0] ?? []).map(decodeFact);
  const factOf = new Map(
    facts.map((fact) => [fact.idempotency && idempotencyDigest(fact.idempotency), fact]),
  );
  return {
    nodes: nodes.map(decodeNode),
    edges: [...edges.values()],
    idempotency: digests.map((digest) => factOf.get(digest) ?? null),
  };
}

function edgesWanted(wants: Wants): Statement[] {
  const statements: Statement[] = [];
  if (wants.edges.length > 0) {
    const ends = wants.edges.map(({ kind, from, to }) => {
      return { kind, from: probe(from), to: probe(to) };
    });
    statements.push([EXACT, { ends }]);
  }
  const out = wants.out.map((want) => ({ ...want, id: want.from }));
  const into = wants.into.map((want) => ({ ...want, id: want.to }));
  return [...statements, ...eachKind(out, OUT), ...eachKind(into, INTO)];
}

type EdgesAt = Pick<EdgesOut & EdgesInto, 'kind'> & { readonly id: string; readonly most?: number };

/** One statement for all that have the same kind and the same limit. */
function eachKind(wanted: readonly EdgesAt[], texts: ReadonlyMap<string, string>): Statement[] {
  const groups = grouped(wanted, ({ kind, most = OPEN_EDGES_MAX }) => `${kind} ${most}`);
  return [...groups.values()].map((group) => {
    const [{ kind, most = OPEN_EDGES_MAX }] = group as [EdgesAt];
    const ids = [...new Set(group.map(({ id }) => probe(id)))];
    return [texts.get(kind) as string, { ids, most: int(most) }];
  });
}
