import type { EdgeKey, EdgeRow } from '../../domain/lineage/graph-rows.ts';
import type { EdgeKind } from '../../domain/lineage/kinds.ts';
import { PAGE_ROWS_MAX } from '../../ports/lineage-store.ts';
import { questionOf } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import type { EdgeAsk } from './loaders.ts';
import { type Connection, connection, type Page, type PageRequest, pageOf } from './paging.ts';
import { type ShownNode, showNode } from './shown-node.ts';

/** Most edges that are looked through for one page, past neighbours that may not be shown. */
export const EDGES_SCANNED_MAX = 20_000;

/** Where a page of neighbours stands: the key of the last edge. */
type EdgePlace = readonly [from: string, kind: string, to: string, since: number];
const EDGE_PLACE = ['text', 'text', 'text', 'index'] as const;

interface NeighbourItem {
  readonly place: EdgePlace;
  readonly node: ShownNode;
}

export interface NeighbourList {
  /** Name of the field, to which the cursors belong. */
  readonly field: string;
  readonly of: ShownNode;
  readonly direction: EdgeAsk['direction'];
  readonly kind: EdgeKind;
}

/** A page of the nodes at the other ends of a node's edges, in the order of the edges' keys. */
export async function neighbourPage(
  list: NeighbourList,
  request: PageRequest,
  context: GraphContext,
): Promise<Connection<ShownNode>> {
  const { field, of, direction, kind } = list;
  const page = pageOf(request, questionOf(field, { asOf: of.times.asOf, of: of.id }), EDGE_PLACE);
  const ask: EdgeAsk = { id: of.id, direction, kinds: [kind], ...of.times };
  const items: NeighbourItem[] = [];
  let after = page.after && keyOf(page.after);
  for (let scanned = 0; scanned < EDGES_SCANNED_MAX; scanned += PAGE_ROWS_MAX) {
    const rows = await edgesBehind(after, ask, context);
    for (const item of await readableEnds(rows, ask, { context, page, have: items.length })) {
      if (items.length === page.size) return connection(page, { items, more: true });
      items.push({ place: item.place, node: { ...item.node, times: of.times } });
    }
    if (rows.length < PAGE_ROWS_MAX) return connection(page, { items, more: false });
    after = rows.at(-1);
  }
  return connection(page, { items, more: true, lookedTo: after && placeOf(after) });
}

/** The first edges come by the loader, which asks for those of many nodes at once. */
async function edgesBehind(
  after: EdgeKey | undefined,
  ask: EdgeAsk,
  { hub, loaders }: GraphContext,
): Promise<readonly EdgeRow[]> {
  if (!after) return loaders.edges.load(ask);
  const { id, ...rest } = ask;
  return hub.store.edges({ ...rest, at: [id], after, limit: PAGE_ROWS_MAX });
}

interface EndReading {
  readonly context: GraphContext;
  readonly page: Page<EdgePlace>;
  readonly have: number;
}

/** Loads no more nodes than the page can take, as long as all of them may be seen. */
async function readableEnds(
  rows: readonly EdgeRow[],
  { direction }: EdgeAsk,
  { context, page, have }: EndReading,
): Promise<NeighbourItem[]> {
  const end = direction === 'OUT' ? 'to' : 'from';
  const wanted = page.size - have + 1;
  const found: NeighbourItem[] = [];
  for (let start = 0; start < rows.length && found.length < wanted; start += wanted) {
    const part = rows.slice(start, start + wanted);
    const nodes = await Promise.all(part.map((row) => context.loaders.node.load(row[end])));
    nodes.forEach((row, at) => {
      const node = row && showNode(row);
      if (node) found.push({ place: placeOf(part[at] as EdgeRow), node });
    });
  }
  return found;
}

function placeOf({ from, kind, to, since }: EdgeKey): EdgePlace {
  return [from, kind, to, since];
}

function keyOf([from, kind, to, since]: EdgePlace): EdgeKey {
  return { from, kind: kind as EdgeKind, to, since };
}
