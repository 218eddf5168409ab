import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import { DomainError } from '../../../domain/errors.ts';
import type { AsKnown } from '../../../ports/lineage-store.ts';
import { walkFrom } from '../../../projections/walk-lineage.ts';
import { pageComplexity, walkComplexity } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import { factPage } from '../fact-pages.ts';
import type { GraphContext } from '../graph-context.ts';
import { HistoryArgs } from '../inputs/history-args.ts';
import { LineageArgs } from '../inputs/lineage-args.ts';
import { pageOf } from '../paging.ts';
import { askedWalk, loadAsked, showWalk } from '../show-walk.ts';
import { type ShownNode, showId } from '../shown-node.ts';
import { timesOf } from '../times-of.ts';
import { AuditEntryConnection } from '../types/connections.ts';
import { LineageNode } from '../types/lineage-node.ts';
import { Project } from '../types/project.ts';
import { Subgraph } from '../types/subgraph.ts';
import { walkSource } from '../walk-source.ts';

@Resolver(() => LineageNode)
export class LineageNodeResolver {
  @FieldResolver(() => Project, { nullable: true, description: 'The project that it belongs to.' })
  project(@Root() node: ShownNode, @Ctx() context: GraphContext) {
    return node.project === null ? null : showId(node.project, context);
  }

  @FieldResolver(() => AuditEntryConnection, {
    complexity: pageComplexity,
    description: 'Facts about this node, newest first: its history.',
  })
  async history(
    @Root() node: ShownNode,
    @Args(() => HistoryArgs) args: HistoryArgs,
    @Ctx() context: GraphContext,
  ) {
    context.notes.opened(node);
    const page = pageOf(args, questionOf('history', { ...args, of: node.id }), 'index');
    const { asOf, knownAt } = await timesOf(args, node.times, context);
    const to = knownAt === undefined ? undefined : knownAt + 1;
    const filter = { about: node.id, to, occurredBy: asOf };
    return factPage(filter, { page, order: 'newest' }, context);
  }

  @FieldResolver(() => Subgraph, {
    complexity: walkComplexity,
    description: 'What it came from (UPSTREAM) or what came from it (DOWNSTREAM).',
  })
  async lineage(
    @Root() node: ShownNode,
    @Args(() => LineageArgs) args: LineageArgs,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    const times = await timesOf(args, node.times, context);
    requireKnown(node, times);
    const asked = askedWalk(node.id, args, times);
    const walk = await context.loaders.answers.share(['lineageOf', node.id, asked], () =>
      walkFrom(node.id, asked, walkSource(context)),
    );
    await loadAsked(walk, info, context);
    return showWalk(walk, asked);
  }
}

function requireKnown({ id, since }: ShownNode, { knownAt }: AsKnown): void {
  if (knownAt === undefined || since <= knownAt) return;
  throw new DomainError('NOT_FOUND', `the hub did not know ${id} at that time`);
}
