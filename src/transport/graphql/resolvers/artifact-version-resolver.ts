import { Args, Ctx, FieldResolver, Float, Int, Resolver, Root } from 'type-graphql';
import type { ManifestFile } from '../../../domain/lineage/manifest.ts';
import { tagsOf } from '../../../domain/lineage/tags.ts';
import { readableValue } from '../../../domain/values/value.ts';
import { personalText } from '../../../projections/personal-text.ts';
import { MANIFEST_COST, pageComplexity, pageCosting } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import { VersionBytes } from '../enums/version-bytes.ts';
import type { GraphContext } from '../graph-context.ts';
import { identifiersOf } from '../identifiers-of.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { makerOf } from '../maker-of.ts';
import { neighbourPage } from '../neighbour-pages.ts';
import { connection, foundRows, pageOf } from '../paging.ts';
import { personalSource } from '../personal-source.ts';
import { DateTime } from '../scalars/date-time.ts';
import { Digest } from '../scalars/digest.ts';
import { JsonScalar } from '../scalars/json.ts';
import { showFile } from '../shown-file.ts';
import { propOf, rowOf, type ShownNode, showId } from '../shown-node.ts';
import { ArtifactCollection } from '../types/artifact-collection.ts';
import { ArtifactVersion } from '../types/artifact-version.ts';
import { FileConnection, RunConnection } from '../types/connections.ts';
import { Content } from '../types/content.ts';
import { DELETED_AT } from '../types/deleted-at.ts';
import { Identifier } from '../types/identifier.ts';
import { Run } from '../types/run.ts';
import { versionFiles } from '../version-files.ts';
import { whenThere } from '../when-there.ts';

@Resolver(() => ArtifactVersion)
export class ArtifactVersionResolver {
  @FieldResolver(() => Int, {
    nullable: true,
    description:
      'Number within the collection, from 0; null for one that lineage named and nobody has ' +
      'registered.',
  })
  version(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return propOf(version, 'ordinal', context);
  }

  @FieldResolver(() => Digest, {
    nullable: true,
    description: 'SHA-256 of the manifest, or of the content; null when only an address is known.',
  })
  digest(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return propOf(version, 'digest', context);
  }

  @FieldResolver(() => Content, {
    nullable: true,
    description: 'Its content, by which other subgraphs join; null when it has no digest.',
  })
  async content(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    const digest = await propOf(version, 'digest', context);
    return digest === null ? null : { __typename: 'Content', digest };
  }

  @FieldResolver(() => [String], { description: 'Aliases that lead here, in order.' })
  async aliases(@Root() { id, times }: ShownNode, @Ctx() context: GraphContext) {
    const { loaders } = context;
    const kinds = ['ALIASES'] as const;
    const edges = await loaders.edges.load({ id, direction: 'IN', kinds, ...times });
    const rows = await Promise.all(edges.map(({ from }) => loaders.node.load(from)));
    return rows.flatMap((row) => row?.name ?? []).sort();
  }

  @FieldResolver(() => JsonScalar, { description: 'What the client says of it.' })
  metadata(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return whenThere(propOf(version, 'metadata', context), (prop) => readableValue(prop ?? {}));
  }

  @FieldResolver(() => Float, { nullable: true, description: 'Size of all files, in bytes.' })
  sizeBytes(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return propOf(version, 'sizeBytes', context);
  }

  @FieldResolver(() => VersionBytes, { description: 'Whether the hub holds the bytes.' })
  bytes(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return propOf(version, 'bytes', context);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Address where the content is.' })
  uri(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return propOf(version, 'uri', context);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Its type as the client calls it.' })
  type(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return propOf(version, 'type', context);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'What somebody wrote about it; "[erased]" after its writer was erased.',
  })
  description(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return whenThere(propOf(version, 'description', context), (prop) =>
      prop === null ? null : personalText(prop, personalSource(context)),
    );
  }

  @FieldResolver(() => DateTime, DELETED_AT)
  deletedAt(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return propOf(version, 'deletedAt', context);
  }

  @FieldResolver(() => [String], { description: 'Words by which it is found.' })
  async tags(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return tagsOf((await rowOf(version, context)).props);
  }

  @FieldResolver(() => ArtifactCollection, { description: 'What it is a version of.' })
  async collection(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return showId(String(await propOf(version, 'collection', context)), context, version.times);
  }

  @FieldResolver(() => FileConnection, {
    complexity: pageCosting(MANIFEST_COST),
    description: 'Its files in the order of their paths; none when it was registered by digest.',
  })
  async files(
    @Root() version: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const page = pageOf(request, questionOf('files', { of: version.id }), 'index');
    const files = await versionFiles(await rowOf(version, context), context);
    const start = page.after === undefined ? 0 : page.after + 1;
    const rows = files.slice(start, start + page.size + 1).map((file, at) => [file, at] as const);
    const show = ([file, at]: readonly [ManifestFile, number]) => ({
      place: start + at,
      node: showFile(file),
    });
    return connection(page, foundRows(rows, page, show));
  }

  @FieldResolver(() => Run, {
    nullable: true,
    description: 'The run that made it, if known; of several, the first of its own project.',
  })
  generatedBy(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return makerOf(version, context);
  }

  @FieldResolver(() => RunConnection, {
    complexity: pageComplexity,
    description: 'The runs that read it.',
  })
  usedBy(
    @Root() of: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const list = { field: 'ArtifactVersion.usedBy', of, direction: 'IN', kind: 'USED' } as const;
    return neighbourPage(list, request, context);
  }

  @FieldResolver(() => [Identifier], { description: 'Names of it in other systems.' })
  identifiers(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return identifiersOf(version, context);
  }
}
