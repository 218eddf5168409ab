import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { GraphContext } from '../graph-context.ts';
import { CompareArgs } from '../inputs/compare-args.ts';
import { checkComparable } from '../shown-comparison.ts';
import { showId } from '../shown-node.ts';
import { requireReadable } from '../submit.ts';
import { Comparison } from '../types/comparison.ts';

@Resolver()
export class ComparisonQueries {
  @Query(() => Comparison, {
    description:
      'Compares two runs or two versions, of any kinds of version, as they are now: what only ' +
      'the second has is ADDED.',
  })
  async compare(@Args(() => CompareArgs) { a, b }: CompareArgs, @Ctx() context: GraphContext) {
    await requireReadable([a, b], context);
    const { node } = context.loaders;
    const [first, second] = await Promise.all([node.load(a), node.load(b)]);
    if (first && second) checkComparable(first.kind, second.kind);
    return { a: await showId(a, context), b: await showId(b, context) };
  }
}
