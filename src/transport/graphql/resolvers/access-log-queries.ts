import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { accessLogPage } from '../access-log-pages.ts';
import { pageComplexity } from '../complexity.ts';
import type { GraphContext } from '../graph-context.ts';
import { AccessLogArgs } from '../inputs/access-log-args.ts';
import { AccessEntryConnection } from '../types/access-entry.ts';

@Resolver()
export class AccessLogQueries {
  @Query(() => AccessEntryConnection, {
    complexity: pageComplexity,
    description:
      'Who read which run, model, dataset, artifact or version of one, latest first by the first ' +
      'time of each entry. Shown are the readings of what belongs to projects in which the ' +
      'viewer has audit.read, and those of their own.',
  })
  accessLog(@Args(() => AccessLogArgs) args: AccessLogArgs, @Ctx() context: GraphContext) {
    return accessLogPage(args, context);
  }
}
