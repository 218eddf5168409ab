import { DomainError } from '../../domain/errors.ts';
import type { EdgeRow } from '../../domain/lineage/graph-rows.ts';
import { PAGE_ROWS_MAX } from '../../ports/lineage-store.ts';
import { questionOf } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import { type Connection, connection, type PageRequest, pageOf } from './paging.ts';
import { type ShownNode, showThin } from './shown-node.ts';

/** Most versions of one collection that are put in order for a page. */
export const VERSIONS_ORDERED_MAX = 100_000;

/**
 * A page of a collection's versions, newest first. Edges come in the order of ids, which says
 * nothing; the index of the fact that made an edge says which version is newer.
 */
export async function versionPage(
  collection: ShownNode,
  request: PageRequest,
  context: GraphContext,
): Promise<Connection<ShownNode>> {
  const { id, times } = collection;
  const question = questionOf('ArtifactCollection.versions', { asOf: times.asOf, of: id });
  const page = pageOf(request, question, 'index');
  const edges = (await versionEdges(collection, context))
    .filter(({ since }) => page.after === undefined || since < page.after)
    .sort((a, b) => b.since - a.since);
  const shown = edges.slice(0, page.size);
  const nodes = await Promise.all(shown.map(({ from }) => showThin(from, context, times)));
  const items = nodes.flatMap((node, at) =>
    node === null ? [] : [{ node, place: (shown[at] as EdgeRow).since }],
  );
  return connection(page, { items, more: edges.length > page.size, lookedTo: shown.at(-1)?.since });
}

/** The edges into a node from what is a version of it, in the order of their keys. */
export function versionEdges(of: ShownNode, context: GraphContext): Promise<EdgeRow[]> {
  const read = () => readVersionEdges(of, context);
  return context.loaders.answers.share(['versionEdges', of.id, of.times], read);
}

async function readVersionEdges({ id, name, times }: ShownNode, { hub }: GraphContext) {
  const edges: EdgeRow[] = [];
  let after: EdgeRow | undefined;
  while (edges.length <= VERSIONS_ORDERED_MAX) {
    const rows = await hub.store.edges({
      at: [id],
      direction: 'IN',
      kinds: ['VERSION_OF'],
      ...times,
      after,
      limit: PAGE_ROWS_MAX,
    });
    edges.push(...rows);
    if (rows.length < PAGE_ROWS_MAX) return edges;
    after = rows.at(-1);
  }
  throw new DomainError(
    'LIMIT_EXCEEDED',
    `${name} has more than ${VERSIONS_ORDERED_MAX} versions; ask for single ones by path`,
  );
}
