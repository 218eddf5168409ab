import type { EdgeKey, EdgeRow, NodeRow } from '../domain/lineage/graph-rows.ts';
import { type LineageStore, PAGE_ROWS_MAX } from '../ports/lineage-store.ts';

/** Every node of a store in the order of their ids, a page at a time. */
export async function* allNodes(store: LineageStore): AsyncGenerator<NodeRow> {
  let after: NodeRow | undefined;
  for (;;) {
    const page: readonly NodeRow[] = await store.list({
      scope: { all: true },
      tombstones: 'included',
      bare: 'included',
      order: 'id',
      after,
      limit: PAGE_ROWS_MAX,
    });
    yield* page;
    after = page.at(-1);
    if (page.length < PAGE_ROWS_MAX) return;
  }
}

/** Every edge there has been, open or closed, in the order of their keys. */
export async function* allEdges(store: LineageStore): AsyncGenerator<EdgeRow> {
  let after: EdgeKey | undefined;
  for (;;) {
    const page: readonly EdgeRow[] = await store.edges({
      history: 'all',
      after,
      limit: PAGE_ROWS_MAX,
    });
    yield* page;
    after = page.at(-1);
    if (page.length < PAGE_ROWS_MAX) return;
  }
}
