import type { EdgeQuery } from '../../ports/lineage-store.ts';
import type { Database } from './driver.ts';
import { liveAt } from './live-at.ts';
import { EDGE_COLUMNS, type PackedRows, packedSql, readPacked } from './packed-rows.ts';
import { listed, quoted, SqlValues } from './sql-values.ts';

/** Cross joins fix the order in which the tables are looked at: SQLite keeps no statistics here. */
const ENDS = 'cross join node f on f.pk = e.src cross join node t on t.pk = e.dst';
const ALL = 'from node f cross join edge e on e.src = f.pk cross join node t on t.pk = e.dst';
const KEY_ORDER = 'order by f.id, e.kind, t.id, e.since';

export function readEdges(database: Database, query: EdgeQuery): PackedRows {
  const values = new SqlValues();
  const conditions = conditionsOf(query, values);
  const from = fromOf(query, values);
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const limit = `limit ${values.number(query.limit)}`;
  const sql = packedSql(EDGE_COLUMNS, `${from} ${where} ${KEY_ORDER} ${limit}`);
  return readPacked(database, sql, values.cells);
}

function fromOf({ at, direction }: EdgeQuery, values: SqlValues): string {
  if (at === undefined) return ALL;
  const nodes = `(select pk from node where id in ${listed(values.list(at))})`;
  const out = `select src, kind, dst, since from edge where src in ${nodes}`;
  const into = `select src, kind, dst, since from edge where dst in ${nodes}`;
  const keys = { OUT: out, IN: into, BOTH: `${out} union ${into}` }[direction ?? 'BOTH'];
  return `from (${keys}) k cross join edge e
    on e.src = k.src and e.kind = k.kind and e.dst = k.dst and e.since = k.since ${ENDS}`;
}

function conditionsOf(query: EdgeQuery, values: SqlValues): string[] {
  const conditions: string[] = [];
  if (query.kinds !== undefined) conditions.push(`e.kind in ${quoted(query.kinds)}`);
  if (query.history !== 'all') conditions.push(liveAt(query, values));
  if (query.after !== undefined) {
    const { from, kind, to, since } = query.after;
    const first = values.text(from);
    const key = `${first}, ${values.text(kind)}, ${values.text(to)}, ${values.number(since)}`;
    // The first part alone, because a comparison of rows is no way into the index of ids.
    conditions.push(`f.id >= ${first}`, `(f.id, e.kind, t.id, e.since) > (${key})`);
  }
  return conditions;
}
