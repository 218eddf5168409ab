import { type EventTime, instantOf } from '../../domain/lineage/event-time.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { type Facet, facetsIn, facetsOf } from '../../projections/facets.ts';
import { isObject, listOf, textOf } from '../../projections/told-columns.ts';
import { bodyOf } from './facet-pages.ts';
import type { GraphContext } from './graph-context.ts';
import { rowOf, type ShownNode, showNode } from './shown-node.ts';

const ASSERTIONS = 'dataQualityAssertions';

export interface ShownCheck {
  readonly at: string;
  readonly passed: number;
  readonly failed: number;
  readonly run: ShownNode | null;
  /** Tells the checks of a version apart. */
  readonly key: string;
  readonly assertions: ReadonlyArray<{
    readonly assertion: string | null;
    readonly success: boolean | null;
    readonly column: string | null;
  }>;
}

/**
 * What was checked of a version: by who wrote it, and by the runs that read it, of the first 1,000
 * those that the reader may read.
 */
export async function checksOf(version: ShownNode, context: GraphContext): Promise<ShownCheck[]> {
  const { loaders } = context;
  const row = await rowOf(version, context);
  const { id, times } = version;
  const readings = await loaders.edges.load({ id, direction: 'IN', kinds: ['USED'], ...times });
  const runs = await Promise.all(readings.map(({ from }) => loaders.node.load(from)));
  const own = facetsOf(row).map((facet) => ({ facet, run: null }));
  const read = runs.flatMap((run) =>
    run === null ? [] : facetsRead(run, row).map((facet) => ({ facet, run })),
  );
  const checks = [...own, ...read].filter(({ facet: { name } }) => name === ASSERTIONS);
  const shown = await Promise.all(
    checks.map(({ facet, run }) => checkOf(facet, run && showNode(run, times), context)),
  );
  return shown.flat();
}

/** What a run says of the version that it read, unless it read others of the same dataset. */
function facetsRead(run: NodeRow, version: NodeRow): Facet[] {
  const { collection } = version.props;
  const said = listOf(run.props.reads).find(({ dataset }) => dataset === collection);
  const stated = Array.isArray(said?.stated) ? said.stated : [];
  const isOfOther = stated.length > 1 && isObject(said?.version) && said.version.id !== version.id;
  return said === undefined || isOfOther ? [] : facetsIn(said.facets);
}

async function checkOf(
  facet: Facet,
  run: ShownNode | null,
  context: GraphContext,
): Promise<ShownCheck[]> {
  const body = await bodyOf(facet, context);
  if (!isObject(body)) return [];
  const assertions = listOf(body.assertions).map(({ assertion, success, column }) => ({
    assertion: textOf(assertion),
    success: typeof success === 'boolean' ? success : null,
    column: textOf(column),
  }));
  const passed = assertions.filter(({ success }) => success === true).length;
  const failed = assertions.filter(({ success }) => success === false).length;
  const at = instantOf(facet.at as EventTime);
  const key = `${run?.id ?? ''} ${facet.by}`;
  return [{ at, passed, failed, run, key, assertions }];
}
