import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { pageCosting, USES_COST } from '../complexity.ts';
import { pageOfUses } from '../dataset-uses.ts';
import type { GraphContext } from '../graph-context.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { propOf, type ShownNode } from '../shown-node.ts';
import { DatasetUseConnection } from '../types/connections.ts';
import { Job } from '../types/job.ts';

@Resolver(() => Job)
export class JobResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The scheduler that names it; null for a job that runs of a project name.',
  })
  namespace(@Root() job: ShownNode, @Ctx() context: GraphContext) {
    return propOf(job, 'namespace', context);
  }

  @FieldResolver(() => DatasetUseConnection, {
    complexity: pageCosting(USES_COST),
    description: 'The datasets that it reads, where its pipeline says so apart from its runs.',
  })
  reads(
    @Root() of: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    return pageOfUses({ of, side: 'reads' }, request, context);
  }

  @FieldResolver(() => DatasetUseConnection, {
    complexity: pageCosting(USES_COST),
    description: 'The datasets that it writes, where its pipeline says so apart from its runs.',
  })
  writes(
    @Root() of: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    return pageOfUses({ of, side: 'writes' }, request, context);
  }
}
