import type { EdgeRow, NodeRow } from '../domain/lineage/graph-rows.ts';
import type { EdgeKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type AsKnown, type LineageStore, PAGE_ROWS_MAX } from '../ports/lineage-store.ts';

/** Most edges that one question about some nodes reads. */
export const EDGES_AROUND_MAX = 20_000;
/** Rows that are read at once: of a pipeline's nodes each may hold megabytes. */
const ROWS_AT_ONCE = 50;

/** Edges at nodes, at a point in the two times, as the ids at their other ends. */
export class EdgesAround {
  readonly #store: LineageStore;
  readonly #times: AsKnown;
  /** Set once a question had more edges than are read. */
  isCut = false;

  constructor(store: LineageStore, times: AsKnown) {
    this.#store = store;
    this.#times = times;
  }

  async of(
    direction: 'OUT' | 'IN',
    kind: EdgeKind,
    ids: readonly NodeId[],
  ): Promise<Map<NodeId, NodeId[]>> {
    const ends = new Map<NodeId, NodeId[]>();
    const at = [...new Set(ids)];
    if (at.length === 0) return ends;
    const asked = { at, direction, kinds: [kind], ...this.#times, limit: PAGE_ROWS_MAX };
    let after: EdgeRow | undefined;
    for (let read = 0; read < EDGES_AROUND_MAX; read += PAGE_ROWS_MAX) {
      const rows = await this.#store.edges({ ...asked, after });
      for (const { from, to } of rows) {
        const [here, there] = direction === 'OUT' ? [from, to] : [to, from];
        const known = ends.get(here);
        if (known) known.push(there);
        else ends.set(here, [there]);
      }
      if (rows.length < PAGE_ROWS_MAX) return ends;
      after = rows.at(-1);
    }
    this.isCut = true;
    return ends;
  }
}

/** What is kept of rows by their ids, without those that are not there. */
export async function rowsOf<T>(
  ids: readonly NodeId[],
  store: LineageStore,
  keep: (row: NodeRow) => T,
): Promise<Map<NodeId, T>> {
  const rows = new Map<NodeId, T>();
  const all = [...new Set(ids)];
  for (let start = 0; start < all.length; start += ROWS_AT_ONCE) {
    for (const row of await store.get(all.slice(start, start + ROWS_AT_ONCE))) {
      if (row) rows.set(row.id, keep(row));
    }
  }
  return rows;
}

export function wholeRow(row: NodeRow): NodeRow {
  return row;
}
