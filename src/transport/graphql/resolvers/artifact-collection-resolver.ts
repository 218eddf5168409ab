import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { CollectionKind } from '../../../domain/lineage/kinds.ts';
import { tagsOf } from '../../../domain/lineage/tags.ts';
import { versionIdOf } from '../../../projections/find-by-path.ts';
import { personalText } from '../../../projections/personal-text.ts';
import { ORDERED_COST, pageCosting } from '../complexity.ts';
import type { GraphContext } from '../graph-context.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { personalSource } from '../personal-source.ts';
import { propOf, rowOf, type ShownNode, showId } from '../shown-node.ts';
import { ArtifactCollection } from '../types/artifact-collection.ts';
import { ArtifactVersion } from '../types/artifact-version.ts';
import { ArtifactVersionConnection } from '../types/connections.ts';
import { versionPage } from '../version-pages.ts';
import { whenThere } from '../when-there.ts';

@Resolver(() => ArtifactCollection)
export class ArtifactCollectionResolver {
  @FieldResolver(() => Int, { description: 'How many versions it has; deleted ones do not count.' })
  async versionCount(@Root() collection: ShownNode, @Ctx() context: GraphContext) {
    const { versionCount = 0, deletedCount = 0 } = (await rowOf(collection, context)).props;
    return Number(versionCount) - Number(deletedCount);
  }

  @FieldResolver(() => [String], { description: 'Words by which it is found.' })
  async tags(@Root() collection: ShownNode, @Ctx() context: GraphContext) {
    return tagsOf((await rowOf(collection, context)).props);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'What somebody wrote about it; "[erased]" after its writer was erased.',
  })
  description(@Root() collection: ShownNode, @Ctx() context: GraphContext) {
    return whenThere(propOf(collection, 'description', context), (prop) =>
      prop === null ? null : personalText(prop, personalSource(context)),
    );
  }

  @FieldResolver(() => ArtifactVersionConnection, {
    complexity: pageCosting(ORDERED_COST),
    description: 'Its versions, newest first.',
  })
  versions(
    @Root() collection: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    return versionPage(collection, request, context);
  }

  @FieldResolver(() => ArtifactVersion, {
    nullable: true,
    description: 'The version with a number or an alias.',
  })
  async version(
    @Root() { id, kind, times }: ShownNode,
    @Arg('name', () => String, { description: '"v3", or an alias such as "latest".' }) name: string,
    @Ctx() context: GraphContext,
  ) {
    const of = { collection: id, kind: kind as CollectionKind, version: name };
    const found = await versionIdOf(context.hub, of);
    return found === null ? null : showId(found, context, times);
  }
}
