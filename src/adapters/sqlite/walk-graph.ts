import type { WalkQuery } from '../../ports/lineage-store.ts';
import type { Cell, Database } from './driver.ts';
import { liveAt } from './live-at.ts';
import { type PackedRows, packedSql, readPacked } from './packed-rows.ts';
import type { PackedWalk } from './protocol.ts';
import { listed, quoted, SqlValues } from './sql-values.ts';

/** Made once a connection: `reached` while walking, `walked` with ranks in the order of ids. */
export const WALK_TABLES = `
  create temp table reached (pk integer primary key, depth integer);
  create index temp.reached_by_depth on reached (depth);
  create temp table walked (rank integer primary key, pk integer, depth integer);
  create unique index temp.walked_by_pk on walked (pk);
`;

/**
 * Breadth first, a level at a time, in tables of the connection, so that the nodes of a large
 * walk become JavaScript values only once, where they are wanted. Must run in a transaction.
 */
export function walkGraph(database: Database, query: WalkQuery): PackedWalk {
  const walk = new GraphWalk(database, query);
  const end = walk.reach();
  walk.rank();
  return { nodes: walk.nodes(end), edges: walk.edges(), cut: end.cut };
}

interface WalkEnd {
  /** Nodes of this depth and deeper may have neighbours that were kept out; null: none has. */
  readonly openFrom: number | null;
  /** The limit kept roots or neighbours out. */
  readonly cut: boolean;
}

/** Nodes that an edge leads to from each node, and the column that holds the other end. */
const STEPS = {
  UPSTREAM: [['src', 'dst']],
  DOWNSTREAM: [['dst', 'src']],
  BOTH: [
    ['src', 'dst'],
    ['dst', 'src'],
  ],
} as const;

class GraphWalk {
  readonly #database: Database;
  readonly #query: WalkQuery;
  /** Values of all statements: first the depth, then the room, then those of the two times. */
  readonly #values = new SqlValues();
  readonly #depth = this.#values.number(0);
  readonly #room = this.#values.number(0);
  readonly #live: string;
  readonly #kinds: string;
  readonly #madeOnly: boolean;

  constructor(database: Database, query: WalkQuery) {
    this.#database = database;
    this.#query = query;
    this.#live = liveAt(query, this.#values);
    this.#kinds = quoted([...new Set(query.kinds)].sort());
    // Looking up whether a neighbour was ever made costs, and nearly always every one was.
    this.#madeOnly =
      database.prepare('select 1 from node where kind is null limit 1').all().length > 0;
    database.exec('delete from temp.reached; delete from temp.walked');
  }

  reach(): WalkEnd {
    const { limit, depth: depthMax } = this.#query;
    let room = limit - this.#takeRoots();
    if (room < 0) return { openFrom: 0, cut: true };
    const neighbours = this.#neighbours();
    const insert = 'insert into temp.reached (pk, depth)';
    const any = `${insert} select pk, ${this.#depth} + 1 from (${neighbours}) limit ${this.#room}`;
    const nearest = `${insert} select c.pk, ${this.#depth} + 1 from (${neighbours}) c
      cross join node n on n.pk = c.pk order by n.id limit ${this.#room}`;
    for (let depth = 0; depth < depthMax; depth += 1) {
      const added = this.#run(any, depth, room + 1);
      if (added === 0) return { openFrom: null, cut: false };
      if (added > room) {
        // Which of them stay is decided by their ids, so this level is taken once more, in order.
        this.#database.prepare('delete from temp.reached where depth = ?').run(depth + 1);
        this.#run(nearest, depth, room);
        return { openFrom: depth, cut: true };
      }
      room -= added;
    }
    return { openFrom: depthMax, cut: false };
  }

  /** Gives each node its place in the order of ids; edges name their ends by it. */
  rank(): void {
    this.#database
      .prepare(
        `insert into temp.walked (pk, depth) select r.pk, r.depth
         from temp.reached r cross join node n on n.pk = r.pk order by n.id`,
      )
      .run();
  }

  nodes({ openFrom }: WalkEnd): PackedRows {
    const keptOut = STEPS[this.#query.direction].map(
      ([here, there]) => `exists (select 1 from edge e
        where e.${here} = w.pk and ${this.#leadsOutBy(there)})`,
    );
    const frontier =
      openFrom === null
        ? '0'
        : `case when w.depth >= ${this.#depth} then ${keptOut.join(' or ')} else 0 end`;
    const columns = ['w.depth', 'w.rank', frontier, 'n.id', 'n.kind', "coalesce(n.project, '')"];
    columns.push('n.name', 'n.since', 'n.recorded_at');
    const sql = packedSql(
      columns,
      'from temp.walked w cross join node n on n.pk = w.pk order by w.depth, w.rank',
    );
    return readPacked(this.#database, sql, this.#cells(openFrom ?? 0, 0));
  }

  /**
   * Entered by the edges that leave: into a node may lead millions, out of it seldom many. They
   * come node by node in the order of ranks, as `not indexed` has the outer table read; sorting
   * them here cost more than all the rest.
   */
  edges(): PackedRows {
    const columns = ['a.rank', 'e.kind', 'b.rank', 'e.since', "coalesce(e.until, '')"];
    columns.push('e.recorded_at', 'e.valid_from', "coalesce(e.valid_to, '')");
    const sql = packedSql(
      columns,
      `from temp.walked a not indexed cross join edge e on e.src = a.pk
       cross join temp.walked b on b.pk = e.dst
       where +e.kind in ${this.#kinds} and ${this.#live}`,
    );
    return readPacked(this.#database, sql, this.#cells(0, 0));
  }

  /** Returns how many roots there are, which may be more than are taken. */
  #takeRoots(): number {
    const roots = JSON.stringify(this.#query.roots);
    const known = `from node n where n.id in ${listed('?1')} and n.kind is not null`;
    const count = this.#database.prepare(`select count(*) ${known}`).all(roots)[0]?.[0];
    this.#database
      .prepare(
        `insert into temp.reached (pk, depth) select n.pk, 0 ${known} order by n.id limit ?2`,
      )
      .run(roots, this.#query.limit);
    return count as number;
  }

  /** Keys of nodes one step further than the depth, each once, that were not reached yet. */
  #neighbours(): string {
    const arms = STEPS[this.#query.direction].map(
      ([here, there]) => `select distinct e.${there} as pk
        from temp.reached r cross join edge e on e.${here} = r.pk
        where r.depth = ${this.#depth} and ${this.#leadsOutBy(there)}`,
    );
    return arms.join(' union ');
  }

  /** A live edge of the asked kinds to a node that exists and is not reached. */
  #leadsOutBy(there: 'src' | 'dst'): string {
    const conditions = [
      // Out of a node lead few edges of other kinds, into it may lead many.
      there === 'dst' ? `+e.kind in ${this.#kinds}` : `e.kind in ${this.#kinds}`,
      this.#live,
      `not exists (select 1 from temp.reached s where s.pk = e.${there})`,
    ];
    if (this.#madeOnly) {
      conditions.push(`(select m.kind from node m where m.pk = e.${there}) is not null`);
    }
    return conditions.join(' and ');
  }

  #run(sql: string, depth: number, room: number): number {
    return this.#database.prepare(sql).run(...this.#cells(depth, room));
  }

  #cells(depth: number, room: number): Cell[] {
    return [depth, room, ...this.#values.cells.slice(2)];
  }
}
