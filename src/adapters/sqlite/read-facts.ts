import type { Instant } from '../../domain/time.ts';
import type { FactQuery, Head, IdempotencyKey } from '../../ports/lineage-store.ts';
import type { Cell, Database } from './driver.ts';
import type { PackedFacts } from './protocol.ts';
import { listed, SqlValues } from './sql-values.ts';

const SUBJECT = 'coalesce(f.subject, (select id from node where pk = f.subject_node))';
const FACT_COLUMNS = `f.idx, f.id, f.type, f.outcome, f.actor, ${SUBJECT}, l.projects,
  f.recorded_at, f.key_actor, f.key_operation, f.key_text, f.leaf`;
const LEAF = 11;
const BOX = 2;

export function readHead(database: Database): Head {
  const [last] = database
    .prepare('select idx, recorded_at from fact order by idx desc limit 1')
    .all();
  if (last === undefined) return { size: 0, recordedAt: null };
  return { size: (last[0] as number) + 1, recordedAt: last[1] as Instant };
}

/** Must run in a transaction, so that facts and sidecars are of one moment. */
export function readFacts(database: Database, query: FactQuery): PackedFacts {
  const values = new SqlValues();
  const direction = query.order === 'newest' ? 'desc' : 'asc';
  const limit = values.number(query.limit);
  const conditions = conditionsOf(query, values);
  const arms = sourcesOf(query, values).map(({ from, key, where }) => {
    const all = [...where, ...conditions].join(' and ') || 'true';
    return `select idx from (select f.idx as idx ${from} where ${all}
      order by ${key} ${direction} limit ${limit})`;
  });
  const sql = `${visibleIn(query, values)} select ${FACT_COLUMNS}
    from (${arms.join(' union all ')}) a cross join fact f on f.idx = a.idx
    cross join project_list l on l.pk = f.project_list order by f.idx ${direction} limit ${limit}`;
  return packFacts(database, database.prepare(sql).all(...values.cells));
}

/** Places are those of the facts in the answer, or -1, one for each key. */
export function readFactsByKey(
  database: Database,
  keys: readonly IdempotencyKey[],
): { readonly facts: PackedFacts; readonly places: number[] } {
  const values = new SqlValues();
  const wanted = values.list(keys.map(({ actor, operation, key }) => [actor, operation, key]));
  const rows = database
    .prepare(
      `select w.key, ${FACT_COLUMNS} from json_each(${wanted}) w
       cross join fact f on f.key_actor = w.value ->> 0 and f.key_operation = w.value ->> 1
         and f.key_text = w.value ->> 2 and f.key_text is not null
       cross join project_list l on l.pk = f.project_list`,
    )
    .all(...values.cells);
  const places = keys.map((_, at) => rows.findIndex(([place]) => place === at));
  return {
    facts: packFacts(
      database,
      rows.map((row) => row.slice(1)),
    ),
    places,
  };
}

interface Source {
  readonly from: string;
  /** The column by which the index at hand yields facts in order. */
  readonly key: string;
  readonly where: readonly string[];
}

/** The narrowest way in. Several ways are disjoint; each is read only as far as the page needs. */
function sourcesOf(query: FactQuery, values: SqlValues): Source[] {
  const plain = { from: 'from fact f', key: 'f.idx' };
  if (query.indexes !== undefined) {
    return [{ ...plain, where: [`f.idx in ${listed(values.list(query.indexes))}`] }];
  }
  if (query.ids !== undefined) {
    return [{ ...plain, where: [`f.id in ${listed(values.list(query.ids))}`] }];
  }
  if (query.keys !== undefined) return [{ ...plain, where: [] }];
  if (query.about !== undefined) {
    const from =
      'from node n cross join about b on b.node = n.pk cross join fact f on f.idx = b.idx';
    return [{ from, key: 'b.idx', where: [`n.id = ${values.text(query.about)}`] }];
  }
  if (query.subject !== undefined) {
    const subject = values.text(query.subject);
    const node = `(select pk from node where id = ${subject})`;
    return [
      { ...plain, where: [`f.subject_node = ${node}`] },
      { ...plain, where: [`f.subject = ${subject}`] },
    ];
  }
  if (query.project !== undefined) {
    const from = 'from fact_project p cross join fact f on f.idx = p.idx';
    return [{ from, key: 'p.idx', where: [`p.project = ${values.text(query.project)}`] }];
  }
  if (query.actor !== undefined) {
    return [{ ...plain, where: [`f.actor = ${values.text(query.actor)}`] }];
  }
  if (query.types?.length === 0) return [{ ...plain, where: ['0'] }];
  if (query.types !== undefined && query.types.length <= TYPE_RANGES_MAX) {
    const types = [...new Set(query.types)];
    return types.map((type) => ({ ...plain, where: [`f.type = ${values.text(type)}`] }));
  }
  return [{ ...plain, where: [] }];
}

/** Most types that are each read by their own range of the index. */
const TYPE_RANGES_MAX = 16;

/** The plus signs keep SQLite from entering by these columns. */
function conditionsOf(query: FactQuery, values: SqlValues): string[] {
  const conditions: string[] = [];
  const { actor, types, outcome, from, to } = query;
  if (actor !== undefined) conditions.push(`+f.actor = ${values.text(actor)}`);
  if (query.keys !== undefined) {
    const wanted = values.list(query.keys.map((one) => [one.actor, one.operation, one.key]));
    conditions.push(
      'f.key_text is not null',
      `(f.key_actor, f.key_operation, f.key_text) in
       (select value ->> 0, value ->> 1, value ->> 2 from json_each(${wanted}))`,
    );
  }
  if (query.subject !== undefined) {
    conditions.push(`${SUBJECT} = ${values.text(query.subject)}`);
  }
  if (types !== undefined) conditions.push(`+f.type in ${listed(values.list(types))}`);
  if (outcome !== undefined) conditions.push(`+f.outcome = ${values.text(outcome)}`);
  if (from !== undefined) conditions.push(`f.idx >= ${values.number(from)}`);
  if (to !== undefined) conditions.push(`f.idx < ${values.number(to)}`);
  conditions.push(...timesOf(query, values));
  if (query.about !== undefined && (query.indexes ?? query.ids ?? query.keys) !== undefined) {
    const node = `select pk from node where id = ${values.text(query.about)}`;
    conditions.push(`f.idx in (select idx from about where node = (${node}))`);
  }
  if (query.project !== undefined) {
    const project = values.text(query.project);
    conditions.push(
      `exists (select 1 from fact_project q where q.project = ${project} and q.idx = f.idx)`,
    );
  }
  if (!query.scope.all) conditions.push('+f.project_list in visible');
  return conditions;
}

/** Times become indexes: recordedAt never goes back, so both orders are one. */
function timesOf({ since, until }: FactQuery, values: SqlValues): string[] {
  const firstAt = (place: string) =>
    `(select idx from fact where recorded_at >= ${place} order by recorded_at, idx limit 1)`;
  const conditions: string[] = [];
  if (since !== undefined) conditions.push(`f.idx >= ${firstAt(values.text(since))}`);
  if (until !== undefined) {
    conditions.push(`f.idx < coalesce(${firstAt(values.text(until))}, ${Number.MAX_SAFE_INTEGER})`);
  }
  return conditions;
}

/** The lists of projects that lie wholly in the scope; an empty list is the hub's own business. */
function visibleIn({ scope }: FactQuery, values: SqlValues): string {
  if (scope.all) return '';
  const hidden = `select 1 from json_each(l.projects) p
    where p.value not in ${listed(values.list(scope.projects))}`;
  return `with visible as materialized (select l.pk from project_list l
    where l.projects <> '[]' and not exists (${hidden}))`;
}

function packFacts(database: Database, rows: readonly Cell[][]): PackedFacts {
  const indexes = JSON.stringify(rows.map(([index]) => index));
  const sidecars = database
    .prepare(
      `select idx, person, box from sidecar where idx in (select value from json_each(?))
       order by idx, position`,
    )
    .all(indexes);
  const parts = [...rows.map((row) => row[LEAF]), ...sidecars.map((row) => row[BOX])];
  const bytes = Buffer.concat(parts as Uint8Array[]);
  const lengthAt = (row: Cell[], at: number) => row.with(at, (row[at] as Uint8Array).length);
  return {
    rows: rows.map((row) => lengthAt(row, LEAF)),
    sidecars: sidecars.map((row) => lengthAt(row, BOX)),
    bytes: new Uint8Array(bytes),
  };
}
