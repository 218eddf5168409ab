import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { NodeQuery } from '../../ports/lineage-store.ts';
import type { Question } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import { type Connection, connection, foundRows, type PageRequest, pageOf } from './paging.ts';
import { type ShownNode, showNode } from './shown-node.ts';

/** Where a page of a list of nodes stands: the last row's `since` and id. */
export type NodePlace = readonly [since: number, id: string];
export const NODE_PLACE = ['index', 'text'] as const;

export type NodeList = Omit<NodeQuery, 'scope' | 'after' | 'limit'>;

/** A page of a list of nodes. The store leaves out what the reader may not see. */
export async function nodePage(
  list: NodeList,
  { request, question }: { readonly request: PageRequest; readonly question: Question },
  context: GraphContext,
): Promise<Connection<ShownNode>> {
  const page = pageOf(request, question, NODE_PLACE);
  const rows = await context.hub.store.list({
    ...list,
    scope: context.reader.scope,
    after: page.after && { since: page.after[0], id: page.after[1] },
    limit: page.size + 1,
  });
  for (const row of rows) context.loaders.node.prime(row.id, row);
  return connection(page, foundRows(rows, page, placed));
}

/** How a page shows a row, and where it stands. */
export function placed(row: NodeRow) {
  const place: NodePlace = [row.since, row.id];
  return { place, node: showNode(row) as ShownNode };
}
