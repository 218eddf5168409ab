import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { invalidInput } from '../../../domain/errors.ts';
import { isCollectionKind } from '../../../domain/lineage/kinds.ts';
import { personalText } from '../../../projections/personal-text.ts';
import { pageComplexity } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import type { GraphContext } from '../graph-context.ts';
import { CollectionsArgs } from '../inputs/collections-args.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { nodePage } from '../node-pages.ts';
import { personalSource } from '../personal-source.ts';
import { rowOf, type ShownNode, showId } from '../shown-node.ts';
import { ArtifactCollectionConnection, RunConnection } from '../types/connections.ts';
import { Project } from '../types/project.ts';
import { Team } from '../types/team.ts';
import { whenThere } from '../when-there.ts';

@Resolver(() => Project)
export class ProjectResolver {
  @FieldResolver(() => Team, { description: 'The team that it belongs to.' })
  async team(@Root() project: ShownNode, @Ctx() context: GraphContext) {
    const { props } = await rowOf(project, context);
    return showId(String(props.team), context);
  }

  @FieldResolver(() => String, { description: 'Its path, "team/project".' })
  path(@Root() project: ShownNode, @Ctx() context: GraphContext) {
    const row = rowOf(project, context);
    return whenThere(row, ({ props, name }) => `${props.teamName}/${name}`);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'What it is about; "[erased]" after whoever wrote it was erased.',
  })
  async description(@Root() project: ShownNode, @Ctx() context: GraphContext) {
    const { props } = await rowOf(project, context);
    return personalText(props.description, personalSource(context));
  }

  @FieldResolver(() => RunConnection, {
    complexity: pageComplexity,
    description: 'Its runs, latest made first.',
  })
  runs(
    @Root() { id }: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const question = questionOf('Project.runs', { of: id });
    const list = { kinds: ['RUN'], project: id, order: 'recent' } as const;
    return nodePage(list, { request, question }, context);
  }

  @FieldResolver(() => ArtifactCollectionConnection, {
    complexity: pageComplexity,
    description: 'Its datasets, models and other collections, latest made first.',
  })
  collections(
    @Root() { id }: ShownNode,
    @Args(() => CollectionsArgs) request: CollectionsArgs,
    @Ctx() context: GraphContext,
  ) {
    const { kinds } = request;
    const other = kinds.find((kind) => !isCollectionKind(kind));
    if (other) throw invalidInput(`${other} is no kind of collection`);
    const question = questionOf('Project.collections', { kinds, of: id });
    const list = { kinds, project: id, order: 'recent' } as const;
    return nodePage(list, { request, question }, context);
  }
}
