import { NODE_KINDS } from '../../domain/lineage/kinds.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { NodeQuery } from '../../ports/lineage-store.ts';
import type { Database } from './driver.ts';
import { NODE_COLUMNS, type PackedRows, packedSql, readPacked } from './packed-rows.ts';
import { isStorable, listed, quoted, SqlValues } from './sql-values.ts';

/** Most index ranges that one page is gathered from; beyond, one longer range is filtered. */
const RANGES_MAX = 36;

/** Rows that exist of these ids, in no certain order. */
export function readNodesById(database: Database, ids: readonly NodeId[]): PackedRows {
  const values = new SqlValues();
  const found = `from node n where n.id in ${listed(values.list(ids))} and n.kind is not null`;
  return readPacked(database, packedSql(NODE_COLUMNS, found), values.cells);
}

export function readNodes(database: Database, query: NodeQuery): PackedRows {
  const values = new SqlValues();
  const kept = query.tombstones === 'included' ? [] : ['n.deleted_at is null'];
  if (query.bare !== 'included') kept.push('n.bare is null');
  const ranges = rangesOf(query, values).map((range) => [...kept, range].join(' and '));
  if (ranges.length === 0) return [];
  const conditions = narrowingOf(query, values).join(' and ');
  const page = `order by ${ORDERS[query.order]} limit ${values.number(query.limit)}`;
  const arms = ranges.map(
    (range) => `select pk from (select n.pk from node n where ${range} and ${conditions} ${page})`,
  );
  const found = `from (${arms.join(' union all ')}) a cross join node n on n.pk = a.pk ${page}`;
  return readPacked(database, packedSql(NODE_COLUMNS, found), values.cells);
}

const ORDERS = { id: 'n.id', recent: 'n.since desc, n.id' } as const;

/**
 * Conditions that are each a way into one index. Their rows are disjoint and together hold all
 * that the query asks for; each is read in order and only as far as the page needs.
 */
function rangesOf(query: NodeQuery, values: SqlValues): string[] {
  if (query.identifiers !== undefined) {
    const wanted = listed(values.list(query.identifiers));
    return [`n.pk in (select node from identifier where identifier in ${wanted})`];
  }
  if (query.text !== undefined) {
    return [nameHolds(query.text, values)];
  }
  if (query.name !== undefined) return [`n.name = ${values.text(query.name)}`];
  return rangesByKind(query, values);
}

function rangesByKind(query: NodeQuery, values: SqlValues): string[] {
  const kinds = [...new Set<string>(query.kinds ?? Object.keys(NODE_KINDS))];
  const projects = projectsOf(query);
  if (projects === null) {
    const inOrderOfIds = query.order === 'id' && query.kinds === undefined;
    return inOrderOfIds ? ['n.id is not null'] : kinds.map((kind) => `n.kind = ${quoted([kind])}`);
  }
  if (projects.length * kinds.length > RANGES_MAX) {
    return kinds.map((kind) => `n.kind = ${quoted([kind])}`);
  }
  return projects.flatMap((project) => {
    const owned = project === null ? 'n.project is null' : `n.project = ${values.text(project)}`;
    return kinds.map((kind) => `${owned} and n.kind = ${quoted([kind])}`);
  });
}

/** The projects, null among them, that a node may be of; null alone: any. */
function projectsOf({ scope, project }: NodeQuery): ReadonlyArray<NodeId | null> | null {
  if (project !== undefined) return [project];
  return scope.all ? null : [null, ...new Set(scope.projects)];
}

/** What else a row must fulfil. The plus signs keep SQLite from entering by these columns. */
function narrowingOf(query: NodeQuery, values: SqlValues): string[] {
  const conditions = ['+n.kind is not null'];
  if (query.kinds !== undefined) conditions.push(`+n.kind in ${quoted(query.kinds)}`);
  if (query.project !== undefined) conditions.push(`+n.project = ${values.text(query.project)}`);
  if (!query.scope.all) {
    const readable = listed(values.list(query.scope.projects));
    conditions.push(`(+n.project is null or +n.project in ${readable})`);
  }
  if (query.name !== undefined) conditions.push(`+n.name = ${values.text(query.name)}`);
  if (query.text !== undefined && query.identifiers !== undefined) {
    conditions.push(nameHolds(query.text, values));
  }
  if (query.after !== undefined) conditions.push(behind(query, values));
  return conditions;
}

/** The text goes in as one quoted phrase, so that no word of it is an operator. */
function nameHolds(text: string, values: SqlValues): string {
  if (!isStorable(text)) return 'false';
  const phrase = values.text(`"${text.replaceAll('"', '""')}"`);
  return `n.pk in (select rowid from node_name where node_name match ${phrase})`;
}

function behind({ after, order }: NodeQuery, values: SqlValues): string {
  const id = values.text(after?.id ?? '');
  if (order === 'id') return `n.id > ${id}`;
  const since = values.number(after?.since ?? 0);
  return `n.since <= ${since} and (n.since < ${since} or n.id > ${id})`;
}
