import type { EdgeRow } from '../../domain/lineage/graph-rows.ts';
import type { EdgeKind } from '../../domain/lineage/kinds.ts';
import { GET_IDS_MAX, PAGE_ROWS_MAX } from '../../ports/lineage-store.ts';
import type { Hub } from '../hub.ts';

/** Most edges that an answer is made from. */
export const EDGES_LOOKED_AT_MAX = GET_IDS_MAX;

export interface EdgesAt {
  /** One node, or at most PAGE_ROWS_MAX of them. */
  readonly node: string | readonly string[];
  readonly kind: EdgeKind;
  readonly direction: 'OUT' | 'IN';
}

/** The open edges of a kind at nodes, oldest first. */
export async function edgesAt(
  { store }: Pick<Hub, 'store'>,
  { node, kind, direction }: EdgesAt,
): Promise<EdgeRow[]> {
  const found: EdgeRow[] = [];
  let after: EdgeRow | undefined;
  do {
    const page: readonly EdgeRow[] = await store.edges({
      at: typeof node === 'string' ? [node] : node,
      direction,
      kinds: [kind],
      after,
      limit: PAGE_ROWS_MAX,
    });
    found.push(...page);
    after = page.length < PAGE_ROWS_MAX ? undefined : page.at(-1);
  } while (after && found.length < EDGES_LOOKED_AT_MAX);
  return found.sort((a, b) => a.since - b.since);
}
