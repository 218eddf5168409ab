import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { NODE_KINDS } from '../../domain/lineage/kinds.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { NodeQuery } from '../../ports/lineage-store.ts';
import { int, type Parameters, type Row, type Statement } from './bolt.ts';
import { folded } from './folded.ts';
import { listOf, nodeOf } from './node-properties.ts';
import { probe, probes } from './probe.ts';

/** Most lists that one page is gathered from; beyond, longer ones are filtered. */
const LISTS_MAX = 64;

const BY_ID = `UNWIND $ids AS id
  MATCH (n:Node {id: id}) WHERE n.kind IS NOT NULL
  RETURN properties(n)`;

/** Rows that exist of these ids, in no certain order. */
export function nodesById(ids: readonly NodeId[]): Statement {
  return [BY_ID, { ids: probes(ids) }];
}

export function decodeNode([properties]: Row): NodeRow {
  return nodeOf(properties as Record<string, unknown>);
}

const ORDERS = { id: 'n.id', recent: 'n.since DESC, n.id' } as const;
/** What is behind a row; a page that is the first has parameters that everything is behind. */
const BEHIND = {
  id: 'n.id > $afterId',
  recent: 'n.since <= $afterSince AND (n.since < $afterSince OR n.id > $afterId)',
} as const;

const FULFILS = `n.kind IS NOT NULL
  AND ($tombstones OR n.deletedAt IS NULL) AND ($bare OR n._bare IS NULL)
  AND ($kinds IS NULL OR n.kind IN $kinds)
  AND ($project IS NULL OR n.project = $project)
  AND ($projects IS NULL OR n.project IS NULL OR n.project IN $projects)
  AND ($name IS NULL OR n.name = $name)
  AND ($text IS NULL OR n._search CONTAINS $text)`;

/** Ways in, each by one index. Those by lists read each list only as far as the page needs. */
const WAYS = {
  ids: 'MATCH (n:Node)',
  identifiers: `UNWIND $identifiers AS value
    MATCH (:Identifier {value: value})-[:IDENTIFIES]->(n:Node) WITH DISTINCT n`,
  text: 'MATCH (n:Node) WHERE n._search CONTAINS $text WITH n',
  name: 'MATCH (n:Node {name: $name})',
  lists: 'UNWIND $lists AS list CALL (list) { MATCH (n:Node) WHERE n._list = list AND',
  kinds: 'UNWIND $kinds AS kind CALL (kind) { MATCH (n:Node) WHERE n.kind = kind AND',
} as const;

type Way = keyof typeof WAYS;

export function listStatement(query: NodeQuery): Statement {
  const lists = listsOf(query);
  const way = wayOf(query, lists);
  const page = `ORDER BY ${ORDERS[query.order]} LIMIT $limit`;
  const conditions = `${FULFILS} AND ${BEHIND[query.order]}`;
  const found = WAYS[way].endsWith('AND')
    ? `${WAYS[way]} ${conditions} RETURN n ${page} }`
    : `${WAYS[way]} WHERE ${conditions}`;
  const text = `${found} WITH n ${page} RETURN properties(n)`;
  return [text, { ...valuesOf(query, way), lists }];
}

function wayOf(query: NodeQuery, lists: readonly string[] | null): Way {
  if (query.identifiers !== undefined) return 'identifiers';
  if (query.text !== undefined) return 'text';
  if (query.name !== undefined) return 'name';
  if (lists !== null) return 'lists';
  return query.order === 'id' && query.kinds === undefined ? 'ids' : 'kinds';
}

/** Null when the page cannot be gathered from lists of few projects. */
function listsOf(query: NodeQuery): string[] | null {
  const { scope, project, tombstones, bare } = query;
  if (tombstones === 'included' || bare === 'included') return null;
  if (project === undefined && scope.all) return null;
  const projects =
    project === undefined && !scope.all ? [null, ...scope.projects] : [project ?? null];
  const lists = new Set(
    kindsOf(query).flatMap((kind) =>
      projects.map((one) => listOf(kind, one === null ? null : probe(one))),
    ),
  );
  return lists.size > LISTS_MAX ? null : [...lists];
}

function kindsOf({ kinds }: NodeQuery): readonly string[] {
  return kinds ?? Object.keys(NODE_KINDS);
}

function valuesOf(query: NodeQuery, way: Way): Parameters {
  const { scope, project, name, identifiers, text, after } = query;
  const kinds = query.kinds ?? (way === 'kinds' ? kindsOf(query) : null);
  return {
    kinds: kinds === null ? null : [...new Set(kinds)],
    project: project === undefined ? null : probe(project),
    projects: scope.all ? null : probes(scope.projects),
    name: name === undefined ? null : probe(name),
    identifiers: probes(identifiers ?? []),
    text: text === undefined ? null : folded(probe(text)),
    tombstones: query.tombstones === 'included',
    bare: query.bare === 'included',
    afterId: probe(after?.id ?? ''),
    afterSince: int(after?.since ?? Number.MAX_SAFE_INTEGER),
    limit: int(query.limit),
  };
}
