import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { compareText } from '../../../domain/lineage/graph-rows.ts';
import {
  type ReachedNode,
  rootOf,
  walkImpact,
  walkLineage,
} from '../../../projections/walk-lineage.ts';
import { walkComplexity, wholeWalkComplexity } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import type { GraphContext } from '../graph-context.ts';
import { ImpactArgs } from '../inputs/impact-args.ts';
import { RootLineageArgs } from '../inputs/root-lineage-args.ts';
import { connection, foundRows, pageOf } from '../paging.ts';
import { askedWalk, loadAsked, showWalk } from '../show-walk.ts';
import { type ShownNode, showNode } from '../shown-node.ts';
import { timesOf } from '../times-of.ts';
import { LineageNodeConnection } from '../types/connections.ts';
import { Subgraph } from '../types/subgraph.ts';
import { walkSource } from '../walk-source.ts';

/** Where a page of effects stands: nearest first, equal depths by id. */
type ReachedPlace = readonly [depth: number, id: string];

@Resolver()
export class LineageQueries {
  @Query(() => Subgraph, {
    complexity: walkComplexity,
    description:
      'What a node came from, or what came from it. Follows USED, WAS_GENERATED_BY and ' +
      'WAS_DERIVED_FROM; the root comes first, at depth 0.',
  })
  async lineage(
    @Args(() => RootLineageArgs) args: RootLineageArgs,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    const times = await timesOf(args, {}, context);
    const asked = askedWalk(args.root, args, times);
    const walk = await context.loaders.answers.share(['lineage', args.root, asked], () =>
      walkLineage(args.root, asked, walkSource(context)),
    );
    await loadAsked(walk, info, context);
    return showWalk(walk, asked);
  }

  @Query(() => LineageNodeConnection, {
    complexity: wholeWalkComplexity,
    description:
      'Everything of the asked kinds that came from a node, nearest first: what is touched when ' +
      'the node turns out to be wrong. A walk that finds more than 10,000 nodes says truncated.',
  })
  async impact(@Args(() => ImpactArgs) args: ImpactArgs, @Ctx() context: GraphContext) {
    const page = pageOf(args, questionOf('impact', { ...args }), ['index', 'text']);
    const times = await timesOf(args, {}, context);
    const source = walkSource(context);
    const root = await rootOf(args.root, times, source);
    const { nodes, truncated } = await context.loaders.answers.share(['impact', root, times], () =>
      walkImpact(root, times, source),
    );
    const asked = nodes.filter(({ kind }) => (args.kinds as readonly string[]).includes(kind));
    const rows = asked.filter((node) => page.after === undefined || isBehind(node, page.after));
    const found = foundRows(rows.slice(0, page.size + 1), page, (node) => ({
      place: [node.depth, node.id] as const,
      node: showNode(node, times) as ShownNode,
    }));
    return { ...connection(page, found), truncated };
  }
}

function isBehind({ depth, id }: ReachedNode, [ofDepth, ofId]: ReachedPlace): boolean {
  return depth > ofDepth || (depth === ofDepth && compareText(id, ofId) > 0);
}
