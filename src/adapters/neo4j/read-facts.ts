import type { Instant } from '../../domain/time.ts';
import type { FactQuery, FactRow, Head, SidecarRow } from '../../ports/lineage-store.ts';
import { fromBytes, int, type Parameters, type Row, type Statement } from './bolt.ts';
import { idempotencyDigest } from './encode-commit.ts';
import { probe, probes } from './probe.ts';

const HEAD = `MATCH (h:Head {name: 'log'}) RETURN h.size, h.recordedAt`;
/** The lock is taken by writing, and only what is read after that is the newest. */
const LOCKED_HEAD = `MATCH (h:Head {name: 'log'}) SET h._lock = true
  WITH h RETURN h.size, h.recordedAt`;

export const READ_HEAD: Statement = [HEAD, {}];
export const LOCK_HEAD: Statement = [LOCKED_HEAD, {}];

export function decodeHead(rows: readonly Row[]): Head {
  const [size, recordedAt] = rows[0] ?? [];
  return { size: (size as number | null) ?? 0, recordedAt: (recordedAt ?? null) as Instant | null };
}

const FACT_COLUMNS = `f.index, f.id, f.type, f.outcome, f.actor, f.subject, f.projects,
  f.recordedAt, f.keyActor, f.keyOperation, f.key, f.leaf,
  COLLECT { MATCH (f)-[:SEALED_BESIDE]->(s:Sidecar)
    RETURN [s.person, s.box] ORDER BY s.position }`;

const BY_KEY = `UNWIND $keys AS key MATCH (f:Fact {_key: key}) RETURN ${FACT_COLUMNS}`;

/** Facts made under these keys, each once. */
export function factsByKey(digests: readonly string[]): Statement {
  return [BY_KEY, { keys: [...new Set(digests)] }];
}

export function decodeFact(row: Row): FactRow {
  const [index, id, type, outcome, actor, subject, projects, recordedAt, ...rest] = row;
  const [keyActor, operation, key, leaf, sidecar] = rest;
  return {
    index: index as number,
    id: id as string,
    type: type as string,
    outcome: outcome as FactRow['outcome'],
    actor: actor as FactRow['actor'],
    subject: subject as string | null,
    projects: (projects as string[] | null) ?? [],
    recordedAt: recordedAt as Instant,
    leaf: typeof leaf === 'string' ? new TextEncoder().encode(leaf) : fromBytes(leaf as Int8Array),
    sidecar: (sidecar as [SidecarRow['person'], Int8Array][]).map(([person, box]) => {
      return { person, box: fromBytes(box) };
    }),
    idempotency:
      key === null
        ? null
        : {
            actor: keyActor as FactRow['actor'],
            operation: operation as string,
            key: key as string,
          },
  };
}

/** The first fact recorded at a time or later. Times never go back, so both orders are one. */
const FIRST_AT = `MATCH (f:Fact) WHERE f.recordedAt >= $time
  RETURN f.index ORDER BY f.recordedAt, f.index LIMIT 1`;

export function firstAt(time: Instant): Statement {
  return [FIRST_AT, { time }];
}

/** The lists of projects that lie wholly in the scope; an empty list is the hub's own business. */
const LISTS = `MATCH (l:ProjectList)
  WHERE ($project IS NULL OR $project IN l.projects)
    AND ($projects IS NULL OR (size(l.projects) > 0 AND all(p IN l.projects WHERE p IN $projects)))
  WITH collect(l.key) AS lists`;
const ALL_LISTS = 'WITH null AS lists';

/** Ways in, each by one index. The last ones read each of their ranges as far as is needed. */
const WAYS = {
  indexes: 'UNWIND $indexes AS x MATCH (f:Fact {index: x})',
  ids: 'UNWIND $ids AS x MATCH (f:Fact {id: x})',
  keys: 'UNWIND $keys AS x MATCH (f:Fact {_key: x})',
  about: 'MATCH (:Node {id: $about})<-[:ABOUT]-(f:Fact)',
  subject: 'MATCH (f:Fact {subject: $subject})',
  actor: 'MATCH (f:Fact {actor: $actor})',
  all: 'MATCH (f:Fact)',
  lists: 'UNWIND lists AS x CALL (x, lists) { MATCH (f:Fact {_projects: x})',
  types: 'UNWIND $types AS x CALL (x, lists) { MATCH (f:Fact {type: x})',
} as const;

type Way = keyof typeof WAYS;

const FULFILS = `f.index >= $from AND f.index < $to
  AND (lists IS NULL OR f._projects IN lists)
  AND ($actor IS NULL OR f.actor = $actor)
  AND ($subject IS NULL OR f.subject = $subject)
  AND ($types IS NULL OR f.type IN $types)
  AND ($outcome IS NULL OR f.outcome = $outcome)`;
/** Beside a narrower way. */
const IS_ABOUT = 'AND EXISTS { (f)-[:ABOUT]->(:Node {id: $about}) }';
const HAS_INDEX = 'AND f.index IN $indexes';
const HAS_ID = 'AND f.id IN $ids';

export interface IndexRange {
  readonly from: number;
  readonly to: number;
}

export function factsStatement(query: FactQuery, range: IndexRange): Statement {
  const way = wayOf(query);
  const page = `ORDER BY f.index ${query.order === 'newest' ? 'DESC' : 'ASC'} LIMIT $limit`;
  const lists = query.scope.all && query.project === undefined ? ALL_LISTS : LISTS;
  const conditions = [FULFILS];
  if (query.about !== undefined && way !== 'about') conditions.push(IS_ABOUT);
  if (query.indexes !== undefined && way !== 'indexes') conditions.push(HAS_INDEX);
  if (query.ids !== undefined && way !== 'ids') conditions.push(HAS_ID);
  const where = `WHERE ${conditions.join(' ')}`;
  const found = WAYS[way].includes('CALL')
    ? `${WAYS[way]} ${where} RETURN f ${page} }`
    : `${WAYS[way]} ${where}`;
  const text = `${lists} ${found} WITH f ${page} RETURN ${FACT_COLUMNS}`;
  return [text, valuesOf(query, range)];
}

function wayOf(query: FactQuery): Way {
  if (query.keys !== undefined) return 'keys';
  if (query.indexes !== undefined) return 'indexes';
  if (query.ids !== undefined) return 'ids';
  if (query.about !== undefined) return 'about';
  if (query.subject !== undefined) return 'subject';
  if (query.project !== undefined) return 'lists';
  if (query.actor !== undefined) return 'actor';
  if (query.types !== undefined) return 'types';
  return query.scope.all ? 'all' : 'lists';
}

function valuesOf(query: FactQuery, { from, to }: IndexRange): Parameters {
  const { scope, project, actor, subject, types, outcome, about } = query;
  const optional = (text: string | undefined) => (text === undefined ? null : probe(text));
  return {
    indexes: [...new Set(query.indexes ?? [])].filter(Number.isSafeInteger).map(int),
    ids: probes(query.ids ?? []),
    keys: [...new Set((query.keys ?? []).map(idempotencyDigest))],
    about: optional(about),
    actor: optional(actor),
    subject: optional(subject),
    project: optional(project),
    projects: scope.all ? null : probes(scope.projects),
    types: types === undefined ? null : probes(types),
    outcome: optional(outcome),
    from: int(from),
    to: int(to),
    limit: int(query.limit),
  };
}
