import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { VERSION_KINDS } from '../../../domain/lineage/kinds.ts';
import { pageComplexity } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import type { GraphContext } from '../graph-context.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { nodePage } from '../node-pages.ts';
import { LineageNodeConnection } from '../types/connections.ts';
import { Content } from '../types/content.ts';

@Resolver(() => Content)
export class ContentResolver {
  @FieldResolver(() => LineageNodeConnection, {
    complexity: pageComplexity,
    description: 'The versions that have this content.',
  })
  versions(
    @Root() { digest }: Content,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const question = questionOf('Content.versions', { of: digest });
    const list = { kinds: VERSION_KINDS, identifiers: [digest], order: 'id' } as const;
    return nodePage(list, { request, question }, context);
  }
}
