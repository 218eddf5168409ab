import type { ActorRef } from '../../domain/actor.ts';
import { compareText } from '../../domain/lineage/graph-rows.ts';
import { type Instant, instantFromMs, msOfInstant } from '../../domain/time.ts';
import type {
  AccessDoor,
  AccessEntry,
  AccessKind,
  AccessQuery,
  AccessScope,
} from '../../ports/access-log.ts';
import type { Cell, Database } from './driver.ts';
import { listed, SqlValues } from './sql-values.ts';

/** No entry lasts longer, in milliseconds. */
const ENTRY_MS_MAX = 3_600_000;
const COLUMNS = 'id, actor, via, subject, project, how, door, first_at, last_at, count';

/** One range of an index. A reader's entries are the union of a few. */
type Part = (values: SqlValues) => readonly string[];
type NarrowScope = Exclude<AccessScope, { readonly all: true }>;

/**
 * A page of entries. The parts of a scope are asked one after another, each along an index and
 * for no more than could still come before what is found already, so that the cost is that of
 * the page and not of all that the reader may know.
 */
export function readAccess(database: Database, query: AccessQuery): AccessEntry[] {
  let page: AccessEntry[] = [];
  for (const part of partsOf(query)) {
    const last = page.length < query.limit ? undefined : page.at(-1);
    page = merged([...page, ...entriesOf(part, query, { database, last })], query.limit);
  }
  return page;
}

function partsOf(query: AccessQuery): Part[] {
  const { scope, subject, actor, project } = query;
  if (scope.all) return [() => []];
  // Entries of one subject, actor or project are few enough to be looked at one by one.
  if (subject ?? actor ?? project) return [(values) => [allowed(scope, values)]];
  const own: Part = (values) => ownOf(scope, values, 'actor');
  return [
    own,
    ...scope.projects.map(
      (id): Part =>
        (values) => [`project = ${values.text(id)}`],
    ),
  ];
}

function allowed(scope: NarrowScope, values: SqlValues): string {
  const projects = `+project in ${listed(values.list(scope.projects))}`;
  return `(${projects} or (${ownOf(scope, values, '+actor').join(' and ')}))`;
}

function ownOf({ own }: NarrowScope, values: SqlValues, column: 'actor' | '+actor'): string[] {
  const isOwn = `${column} = ${values.text(own.actor)}`;
  if (own.within.all) return [isOwn];
  return [isOwn, `+project in ${listed(values.list(own.within.projects))}`];
}

interface Reading {
  readonly database: Database;
  /** The last entry of a page that is full already; nothing behind it is of interest. */
  readonly last: AccessEntry | undefined;
}

function entriesOf(part: Part, query: AccessQuery, { database, last }: Reading): AccessEntry[] {
  const values = new SqlValues();
  const conditions = [...part(values), ...narrowing(query, values)];
  const { after, limit } = query;
  if (after) conditions.push(`(first_at, id) < (${placeOf(after, values)})`);
  if (last) conditions.push(`(first_at, id) > (${placeOf(last, values)})`);
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const order = `order by first_at desc, id desc limit ${values.number(limit)}`;
  const sql = `select ${COLUMNS} from access ${where} ${order}`;
  return database
    .prepare(sql)
    .all(...values.cells)
    .map(entryOf);
}

/** The first of subject, actor and project leads the index; a plus keeps the others out of it. */
function narrowing(query: AccessQuery, values: SqlValues): string[] {
  const conditions: string[] = [];
  for (const column of ['subject', 'actor', 'project'] as const) {
    const value = query[column];
    if (value === undefined) continue;
    conditions.push(`${conditions.length === 0 ? '' : '+'}${column} = ${values.text(value)}`);
  }
  const { how, since, until } = query;
  if (how !== undefined) conditions.push(`how = ${values.text(how)}`);
  if (since !== undefined) {
    conditions.push(`last_at >= ${values.text(since)}`);
    conditions.push(`first_at >= ${values.text(hourBefore(since))}`);
  }
  if (until !== undefined) conditions.push(`first_at < ${values.text(until)}`);
  return conditions;
}

function placeOf({ firstAt, id }: Pick<AccessEntry, 'firstAt' | 'id'>, values: SqlValues): string {
  return `${values.text(firstAt)}, ${values.text(id)}`;
}

/** Times start with the year 0000. */
function hourBefore(instant: Instant): string {
  const ms = msOfInstant(instant) - ENTRY_MS_MAX;
  return instant < '0001' ? '' : instantFromMs(ms);
}

/** Latest first; an entry that two parts found stays once. */
function merged(entries: readonly AccessEntry[], limit: number): AccessEntry[] {
  const unique = new Map(entries.map((entry) => [entry.id, entry]));
  const inOrder = [...unique.values()].sort(
    (a, b) => compareText(b.firstAt, a.firstAt) || compareText(b.id, a.id),
  );
  return inOrder.slice(0, limit);
}

function entryOf(row: readonly Cell[]): AccessEntry {
  const [id, actor, via, subject, project, how, door, firstAt, lastAt, count] = row;
  return {
    id: String(id),
    actor: actor as ActorRef,
    via: String(via),
    subject: String(subject),
    project: project === null ? null : String(project),
    how: how as AccessKind,
    door: door as AccessDoor,
    firstAt: firstAt as Instant,
    lastAt: lastAt as Instant,
    count: Number(count),
  };
}
