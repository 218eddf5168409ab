import type { Digest } from '../../domain/digest.ts';
import { compareText } from '../../domain/lineage/graph-rows.ts';
import { VERSION_KINDS } from '../../domain/lineage/kinds.ts';
import { questionOf } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import { NODE_PLACE, nodePage, placed } from './node-pages.ts';
import { type Connection, connection, foundRows, type PageRequest, pageOf } from './paging.ts';
import type { ShownNode } from './shown-node.ts';

/**
 * A page of the versions that have a content. The first versions of all contents of a request are
 * read at once; a page that lies behind them is asked of the store for itself.
 */
export async function contentPage(
  digest: Digest,
  request: PageRequest,
  context: GraphContext,
): Promise<Connection<ShownNode>> {
  const question = questionOf('Content.versions', { of: digest });
  const page = pageOf(request, question, NODE_PLACE);
  const { rows, more } = await context.loaders.content.load(digest);
  const place = page.after?.[1] ?? '';
  const behind = rows.filter(({ id }) => compareText(id, place) > 0);
  if (more && behind.length <= page.size) {
    const list = { kinds: VERSION_KINDS, identifiers: [digest], order: 'id' } as const;
    return nodePage(list, { request, question }, context);
  }
  for (const row of behind) context.loaders.node.prime(row.id, row);
  return connection(page, foundRows(behind, page, placed));
}
