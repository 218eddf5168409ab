import { firstMaker } from '../../projections/first-maker.ts';
import type { GraphContext } from './graph-context.ts';
import { type ShownNode, showId } from './shown-node.ts';

/** The run that made a version, as far as the reader may see it. */
export async function makerOf(
  { id, project, times }: ShownNode,
  context: GraphContext,
): Promise<ShownNode | null> {
  const { loaders } = context;
  const kinds = ['WAS_GENERATED_BY'] as const;
  const edges = await loaders.edges.load({ id, direction: 'OUT', kinds, ...times });
  const claims = [...edges].sort((a, b) => a.since - b.since);
  const runs = await Promise.all(claims.map(({ to }) => loaders.node.load(to)));
  const maker = firstMaker({ project }, runs);
  return maker && showId(maker.id, context, times);
}
