import { type EventTime, instantOf } from '../../domain/lineage/event-time.ts';
import { compareText, type NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { listOf } from '../../projections/told-columns.ts';
import { questionOf } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import type { PageArgs } from './inputs/page-args.ts';
import { type Connection, connection, foundRows, pageOf } from './paging.ts';
import { rowOf, type ShownNode, showNode } from './shown-node.ts';

/** What a run or a job says of a dataset, which the reader may read. */
export interface ShownUse {
  readonly namespace: string;
  readonly name: string;
  readonly firstAt: string;
  readonly of: ShownNode;
  readonly row: NodeRow;
  readonly side: 'reads' | 'writes';
  readonly dataset: ShownNode;
  /** As the node keeps it. */
  readonly said: JsonObject;
}

/** A page of the datasets that a run or a job reads or writes; hidden ones are left out. */
export async function pageOfUses(
  { of, side }: Pick<ShownUse, 'of' | 'side'>,
  request: PageArgs,
  context: GraphContext,
): Promise<Connection<ShownUse>> {
  const page = pageOf(request, questionOf(side, { of: of.id }), ['text']);
  const behind = page.after?.[0];
  const row = await rowOf(of, context);
  const said = listOf(row.props[side])
    .map((use) => [String(use.dataset), use] as const)
    .filter(([id]) => behind === undefined || compareText(id, behind) > 0)
    .sort(([a], [b]) => compareText(a, b));
  const datasets = await Promise.all(said.map(([id]) => context.loaders.node.load(id)));
  const shown = said.flatMap(([, use], at) => {
    const dataset = datasets[at];
    const node = dataset && showNode(dataset, of.times);
    return node ? [shownUse(use, { of, side, row, dataset: node })] : [];
  });
  const rows = shown.slice(0, page.size + 1);
  return connection(
    page,
    foundRows(rows, page, (node) => ({ place: [node.dataset.id] as const, node })),
  );
}

function shownUse(
  said: JsonObject,
  rest: Pick<ShownUse, 'of' | 'side' | 'row' | 'dataset'>,
): ShownUse {
  const { namespace, name, first } = said;
  const firstAt = instantOf(String(first) as EventTime);
  return { ...rest, namespace: String(namespace), name: String(name), firstAt, said };
}
