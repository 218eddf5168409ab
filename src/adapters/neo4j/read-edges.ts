import type { EdgeRow } from '../../domain/lineage/graph-rows.ts';
import type { EdgeKind } from '../../domain/lineage/kinds.ts';
import type { Instant } from '../../domain/time.ts';
import type { EdgeQuery } from '../../ports/lineage-store.ts';
import { int, type Row, type Statement } from './bolt.ts';
import { typesOf } from './labels.ts';
import { liveAt, timesOf } from './live-at.ts';
import { probe, probes } from './probe.ts';

/** Columns of an edge `e` from `a` to `b`. */
export const EDGE_COLUMNS = `a.id, type(e), b.id, e.since, e.until, e.recordedAt, e.validFrom,
  e.validTo`;
const KEY_ORDER = 'a.id, type(e), b.id, e.since';

export function decodeEdge(row: Row): EdgeRow {
  const [from, kind, to, since, until, recordedAt, validFrom, validTo] = row;
  return {
    kind: kind as EdgeKind,
    from: from as string,
    to: to as string,
    since: since as number,
    until: until as number | null,
    recordedAt: recordedAt as Instant,
    validFrom: validFrom as Instant,
    validTo: validTo as Instant | null,
  };
}

export function edgesStatement(query: EdgeQuery): Statement {
  const { after } = query;
  const conditions: string[] = [];
  if (query.history !== 'all') conditions.push(liveAt(query));
  if (after !== undefined) {
    conditions.push(`(a.id > $from OR type(e) > $kind OR (type(e) = $kind AND
      (b.id > $to OR (b.id = $to AND e.since > $since))))`);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const text = `${wayOf(query)} ${where} WITH a, e, b ORDER BY ${KEY_ORDER} LIMIT $limit
    RETURN ${EDGE_COLUMNS}`;
  return [
    text,
    {
      ...timesOf(query),
      at: probes(query.at ?? []),
      from: probe(after?.from ?? ''),
      kind: after?.kind ?? '',
      to: probe(after?.to ?? ''),
      since: int(after?.since ?? 0),
      limit: int(query.limit),
    },
  ];
}

/** Nodes before the first of the page are left out here, where an index can. */
function wayOf({ at, direction, kinds }: EdgeQuery): string {
  const edge = `[e:${typesOf(kinds)}]`;
  if (at === undefined) {
    return `MATCH (a:Node) WHERE a.id >= $from WITH a ORDER BY a.id MATCH (a)-${edge}->(b:Node)`;
  }
  const there = 'UNWIND $at AS id MATCH (n:Node {id: id})';
  const out = `${there}-${edge}->() RETURN e`;
  const into = `${there}<-${edge}-() RETURN e`;
  const found = { OUT: out, IN: into, BOTH: `${out} UNION ${into}` }[direction ?? 'BOTH'];
  return `CALL () { ${found} } WITH e, startNode(e) AS a, endNode(e) AS b
    WHERE a.id >= $from WITH e, a, b`;
}
