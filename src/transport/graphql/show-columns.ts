import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { AsKnown } from '../../ports/lineage-store.ts';
import { type ColumnPage, columnLineage } from '../../projections/column-lineage.ts';
import { questionOf, readCursor, writeCursor } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import type { ColumnLineageArgs } from './inputs/column-lineage-args.ts';
import type { ShownNode } from './shown-node.ts';

/** A column or a step of an answer, with the times that its nested fields inherit. */
export type ShownColumn = ColumnPage['columns'][number] & { readonly times: AsKnown };
export type ShownColumnEdge = ColumnPage['edges'][number] & { readonly times: AsKnown };

/** Where the columns of a version came from, or what came from them. */
export async function showColumns(
  { id, times }: Pick<ShownNode, 'id' | 'times'>,
  { column = null, direction, depth, first, after }: ColumnLineageArgs,
  context: GraphContext,
) {
  const asked = { column, direction, depth, version: id as NodeId, times };
  const question = questionOf('columnLineage', { ...asked, times: { ...times } });
  const place = after == null ? undefined : readCursor(after, question, ['index', 'index']);
  const { hub, reader, loaders } = context;
  const source = { org: hub.org, store: hub.store, secret: hub.linkSecret, reader };
  const page = await loaders.answers.share(['columnLineage', asked, first, place ?? null], () =>
    columnLineage({ ...asked, first, after: place }, source),
  );
  return {
    columns: page.columns.map((each) => ({ ...each, times })),
    edges: page.edges.map((each) => ({ ...each, times })),
    truncated: page.truncated,
    endCursor: page.next === null ? null : writeCursor(question, page.next),
  };
}
