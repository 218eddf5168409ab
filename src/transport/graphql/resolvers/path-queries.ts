import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { findPath } from '../../../projections/find-path.ts';
import { WALK_COST, walkComplexity } from '../complexity.ts';
import type { GraphContext } from '../graph-context.ts';
import { PathArgs } from '../inputs/path-args.ts';
import { showWalk } from '../show-walk.ts';
import { timesOf } from '../times-of.ts';
import { Subgraph } from '../types/subgraph.ts';
import { walkSource } from '../walk-source.ts';

/** Walks that a path may take: each way from one end, and from the other where that was cut. */
const WALKS = 4;

@Resolver()
export class PathQueries {
  @Query(() => Subgraph, {
    complexity: (costs) => (WALKS - 1) * WALK_COST + walkComplexity(costs),
    description:
      'One shortest path between two nodes along USED, WAS_GENERATED_BY and WAS_DERIVED_FROM, ' +
      'followed all upstream or all downstream, whichever is shorter; its nodes come in order ' +
      'and depths count the steps. Parallel edges are all in it. A run of nodes that the viewer ' +
      'may not see is one Restricted element and one step. Empty when there is no path; ' +
      'truncated when the search ended at its bound, 10,000 nodes or 1,000 steps around each end.',
  })
  async path(@Args(() => PathArgs) { from, to, ...asked }: PathArgs, @Ctx() context: GraphContext) {
    const times = await timesOf(asked, {}, context);
    const path = await context.loaders.answers.share(['path', from, to, times], () =>
      findPath({ from, to, times }, walkSource(context)),
    );
    return showWalk({ ...path, next: null }, { question: '', times });
  }
}
