import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Digest } from '../../../domain/digest.ts';
import { pageComplexity } from '../complexity.ts';
import { contentPage } from '../content-pages.ts';
import type { GraphContext } from '../graph-context.ts';
import { PageArgs } from '../inputs/page-args.ts';
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
    return contentPage(digest as Digest, request, context);
  }
}
