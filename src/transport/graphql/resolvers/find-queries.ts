import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { invalidInput } from '../../../domain/errors.ts';
import type { CollectionKind, NodeKind } from '../../../domain/lineage/kinds.ts';
import { projectId } from '../../../domain/lineage/names.ts';
import type { NodeId } from '../../../domain/lineage/node-id.ts';
import {
  collectionIdOfPath,
  projectIdOf,
  runIdOfPath,
  versionIdOfPath,
} from '../../../projections/find-by-path.ts';
import { pageComplexity } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import { LineageKind } from '../enums/lineage-kind.ts';
import type { GraphContext } from '../graph-context.ts';
import { FindArgs } from '../inputs/find-args.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { SearchArgs } from '../inputs/search-args.ts';
import { SEARCH_TEXT_LENGTH_MAX } from '../limits.ts';
import { nodePage } from '../node-pages.ts';
import { type ShownNode, showId, showThin } from '../shown-node.ts';
import { LineageNodeConnection, ProjectConnection } from '../types/connections.ts';
import { Dataset } from '../types/dataset.ts';
import { DatasetVersion } from '../types/dataset-version.ts';
import { Model } from '../types/model.ts';
import { ModelVersion } from '../types/model-version.ts';
import { Project } from '../types/project.ts';
import { Run } from '../types/run.ts';

const ALL_KINDS = Object.values(LineageKind);

@Resolver()
export class FindQueries {
  @Query(() => ProjectConnection, {
    complexity: pageComplexity,
    description: 'The projects that the viewer may read, latest made first.',
  })
  projects(@Args(() => PageArgs) request: PageArgs, @Ctx() context: GraphContext) {
    const question = questionOf('projects', {});
    return nodePage({ kinds: ['PROJECT'], order: 'recent' }, { request, question }, context);
  }

  @Query(() => Project, { nullable: true, description: 'A project by its names.' })
  project(
    @Arg('team', () => String, { description: 'Name of the team.' }) team: string,
    @Arg('name', () => String, { description: 'Name of the project.' }) name: string,
    @Ctx() context: GraphContext,
  ) {
    return showId(projectId(context.hub.org, { team, project: name }), context);
  }

  @Query(() => Run, { nullable: true, description: 'A run by its id or its path.' })
  run(@Args(() => FindArgs) args: FindArgs, @Ctx() context: GraphContext) {
    return find(args, { kind: 'RUN', idOf: (path) => runIdOfPath(context.hub, path) }, context);
  }

  @Query(() => Dataset, { nullable: true, description: 'A dataset by its id or its path.' })
  dataset(@Args(() => FindArgs) args: FindArgs, @Ctx() context: GraphContext) {
    return findCollection(args, 'DATASET', context);
  }

  @Query(() => Model, { nullable: true, description: 'A model by its id or its path.' })
  model(@Args(() => FindArgs) args: FindArgs, @Ctx() context: GraphContext) {
    return findCollection(args, 'MODEL', context);
  }

  @Query(() => DatasetVersion, {
    nullable: true,
    description: 'A version of a dataset by its id or its path.',
  })
  datasetVersion(@Args(() => FindArgs) args: FindArgs, @Ctx() context: GraphContext) {
    return findVersion(args, 'DATASET', context);
  }

  @Query(() => ModelVersion, {
    nullable: true,
    description: 'A version of a model by its id or its path.',
  })
  modelVersion(@Args(() => FindArgs) args: FindArgs, @Ctx() context: GraphContext) {
    return findVersion(args, 'MODEL', context);
  }

  @Query(() => LineageNodeConnection, {
    complexity: pageComplexity,
    description: 'Nodes whose name holds a text, latest made first.',
  })
  search(@Args(() => SearchArgs) args: SearchArgs, @Ctx() context: GraphContext) {
    const { text, kinds, project } = args;
    if (text.length > SEARCH_TEXT_LENGTH_MAX) {
      throw invalidInput(
        `text has ${text.length} characters, at most ${SEARCH_TEXT_LENGTH_MAX} fit`,
      );
    }
    const list = {
      text,
      kinds: kinds ?? ALL_KINDS,
      project: project ? projectIdOf(context.hub.org, project) : undefined,
      order: 'recent' as const,
    };
    const question = questionOf('search', { ...args });
    return nodePage(list, { request: args, question }, context);
  }
}

interface Finding {
  readonly kind: NodeKind;
  idOf(path: string): NodeId | null | Promise<NodeId | null>;
}

async function find(
  { id, path }: FindArgs,
  { kind, idOf }: Finding,
  context: GraphContext,
): Promise<ShownNode | null> {
  if ((id == null) === (path == null)) throw invalidInput('give either an id or a path');
  const found = id ?? (await idOf(path as string));
  const node = found === null ? null : await showThin(found, context);
  if (node?.kind !== kind) return null;
  context.notes.opened(node);
  return node;
}

function findCollection(args: FindArgs, kind: CollectionKind, context: GraphContext) {
  const { org } = context.hub;
  return find(args, { kind, idOf: (path) => collectionIdOfPath(org, kind, path) }, context);
}

function findVersion(args: FindArgs, of: CollectionKind, context: GraphContext) {
  const kind = `${of}_VERSION` as const;
  return find(args, { kind, idOf: (path) => versionIdOfPath(context.hub, of, path) }, context);
}
