import { compareEdges, compareText, type ThinNode } from '../../domain/lineage/graph-rows.ts';
import type { NodeKind } from '../../domain/lineage/kinds.ts';
import type { Instant } from '../../domain/time.ts';
import type { Walk, WalkQuery } from '../../ports/lineage-store.ts';
import { int, type Parameters, type Row, type Statement } from './bolt.ts';
import { typesOf } from './labels.ts';
import { liveAt, timesOf } from './live-at.ts';
import { probes } from './probe.ts';
import { decodeEdge } from './read-edges.ts';

type Run = (statement: Statement) => Promise<Row[]>;

/**
 * Breadth first, a level at a time, in one transaction. Nodes travel as the numbers by which the
 * database finds them without an index; what is said of them is read once, for those that stay.
 */
export async function walkGraph(run: Run, query: WalkQuery): Promise<Walk> {
  const walk = new GraphWalk(run, query);
  const end = await walk.reach();
  return walk.answer(end);
}

interface WalkEnd {
  /** Nodes of this depth and deeper may have neighbours that were kept out; null: none has. */
  readonly openFrom: number | null;
  /** The limit kept roots or neighbours out. */
  readonly cut: boolean;
}

const ROOTS = `UNWIND $ids AS id MATCH (n:Node {id: id}) WHERE n.kind IS NOT NULL
  RETURN id(n), n.id ORDER BY n.id`;
const THIN = `UNWIND $at AS at MATCH (n) WHERE id(n) = at
  RETURN at, n.id, n.kind, n.project, n.name, n.since, n.recordedAt`;

class GraphWalk {
  readonly #run: Run;
  readonly #query: WalkQuery;
  readonly #times: Parameters;
  readonly #live: string;
  /** The pattern from a node `a` one step to a node `b`. */
  readonly #step: string;
  readonly #reached = new Map<number, number>();

  constructor(run: Run, query: WalkQuery) {
    this.#run = run;
    this.#query = query;
    this.#times = timesOf(query);
    this.#live = liveAt(query);
    const edge = `[e:${typesOf(query.kinds)}]`;
    const steps = { UPSTREAM: `-${edge}->`, DOWNSTREAM: `<-${edge}-`, BOTH: `-${edge}-` };
    this.#step = `(a)${steps[query.direction]}(b)`;
  }

  async reach(): Promise<WalkEnd> {
    const { limit, depth: depthMax, kinds } = this.#query;
    const roots = await this.#run([ROOTS, { ids: probes(this.#query.roots) }]);
    let level = this.#take(roots.slice(0, limit), 0);
    if (roots.length > limit) return { openFrom: 0, cut: true };
    if (kinds.length === 0) return { openFrom: null, cut: false };
    for (let depth = 0; depth < depthMax && level.length > 0; depth += 1) {
      const room = limit - this.#reached.size;
      // Of those that were reached before there are no more than were reached at all.
      const most = this.#reached.size + room + 1;
      const rows = await this.#run(this.#neighbours(level, most));
      const fresh = rows.filter(([at]) => !this.#reached.has(at as number));
      if (fresh.length > room) {
        // Which of them stay is decided by their ids, so this level is taken once more, in order.
        const nearest = room === 0 ? [] : await this.#run(this.#nearest(level, room));
        this.#take(nearest, depth + 1);
        return { openFrom: depth, cut: true };
      }
      level = this.#take(fresh, depth + 1);
    }
    return level.length === 0 ? { openFrom: null, cut: false } : { openFrom: depthMax, cut: false };
  }

  async answer({ openFrom, cut }: WalkEnd): Promise<Walk> {
    if (this.#reached.size === 0) return { nodes: [], edges: [], truncated: cut, frontier: [] };
    const at = [...this.#reached.keys()].map(int);
    const open = [...this.#reached].filter(([, depth]) => openFrom !== null && depth >= openFrom);
    const [thin, edges, frontier] = await Promise.all([
      this.#run([THIN, { at }]),
      this.#query.kinds.length === 0 ? [] : this.#run(this.#between()),
      open.length === 0 ? [] : this.#run(this.#frontier(open.map(([one]) => one))),
    ]);
    const idOf = new Map(thin.map(([one, id]) => [one, id as string]));
    const nodes = thin.map((row) => this.#thinNode(row));
    nodes.sort((a, b) => a.depth - b.depth || compareText(a.id, b.id));
    const rows = edges.map(([from, kind, to, ...rest]) =>
      decodeEdge([idOf.get(from), kind, idOf.get(to), ...rest]),
    );
    return {
      nodes,
      edges: rows.sort(compareEdges),
      truncated: cut || frontier.length > 0,
      frontier: frontier.map(([one]) => idOf.get(one) as string).sort(compareText),
    };
  }

  /** Remembers nodes that were not reached before; returns them. */
  #take(rows: readonly Row[], depth: number): number[] {
    const level = rows.map(([at]) => at as number);
    for (const at of level) this.#reached.set(at, depth);
    return level;
  }

  /** A neighbour that is only named leads nowhere. */
  #onward(): string {
    return `${this.#live} AND b.kind IS NOT NULL`;
  }

  #neighbours(level: readonly number[], most: number): Statement {
    const text = `UNWIND $level AS at MATCH (a) WHERE id(a) = at
      MATCH ${this.#step} WHERE ${this.#onward()}
      WITH DISTINCT b LIMIT $most RETURN id(b)`;
    return [text, { ...this.#times, level: level.map(int), most: int(most) }];
  }

  #nearest(level: readonly number[], room: number): Statement {
    const text = `UNWIND $level AS at MATCH (a) WHERE id(a) = at
      MATCH ${this.#step} WHERE ${this.#onward()}
      WITH DISTINCT b WHERE NOT id(b) IN $reached
      WITH b ORDER BY b.id LIMIT $room RETURN id(b)`;
    return [text, { ...this.#times, level: level.map(int), ...this.#kept(), room: int(room) }];
  }

  /** Entered by the edges that leave: into a node may lead millions, out of it seldom many. */
  #between(): Statement {
    const text = `UNWIND $reached AS at MATCH (a) WHERE id(a) = at
      MATCH (a)-[e:${typesOf(this.#query.kinds)}]->(b)
      WHERE ${this.#live} AND id(b) IN $reached
      RETURN at, type(e), id(b), e.since, e.until, e.recordedAt, e.validFrom, e.validTo`;
    return [text, { ...this.#times, ...this.#kept() }];
  }

  #frontier(open: readonly number[]): Statement {
    const text = `UNWIND $open AS at MATCH (a) WHERE id(a) = at
      AND EXISTS { MATCH ${this.#step} WHERE ${this.#onward()} AND NOT id(b) IN $reached }
      RETURN at`;
    return [text, { ...this.#times, ...this.#kept(), open: open.map(int) }];
  }

  #kept(): Parameters {
    return { reached: [...this.#reached.keys()].map(int) };
  }

  #thinNode([at, id, kind, project, name, since, recordedAt]: Row): ThinNode & { depth: number } {
    return {
      id: id as string,
      kind: kind as NodeKind,
      project: project as string | null,
      name: name as string,
      since: since as number,
      recordedAt: recordedAt as Instant,
      depth: this.#reached.get(at as number) ?? 0,
    };
  }
}
