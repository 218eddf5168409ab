import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { projectIdOf } from '../../../projections/find-by-path.ts';
import { pageComplexity } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import type { GraphContext } from '../graph-context.ts';
import { RegisteredModelsArgs } from '../inputs/registered-models-args.ts';
import { nodePage } from '../node-pages.ts';
import { showRegisteredModel } from '../shown-registration.ts';
import { RegisteredModelConnection } from '../types/connections.ts';
import { RegisteredModel } from '../types/registered-model.ts';

const NAME = {
  description:
    '"team/project/name", or the name alone where only one registered model that the viewer may ' +
    'read has it.',
};

@Resolver()
export class RegistryQueries {
  @Query(() => RegisteredModelConnection, {
    complexity: pageComplexity,
    description: 'The registered models that the viewer may read, latest made first.',
  })
  registeredModels(
    @Args(() => RegisteredModelsArgs) { filter, ...request }: RegisteredModelsArgs,
    @Ctx() context: GraphContext,
  ) {
    const project = filter?.project ? projectIdOf(context.hub.org, filter.project) : undefined;
    const text = filter?.name ?? undefined;
    const list = { kinds: ['REGISTERED_MODEL'], text, project, order: 'recent' } as const;
    const question = questionOf('registeredModels', { text, project });
    return nodePage(list, { request, question }, context);
  }

  @Query(() => RegisteredModel, {
    nullable: true,
    description: 'A registered model by its name; refused where several have it.',
  })
  registeredModel(@Arg('name', () => String, NAME) name: string, @Ctx() context: GraphContext) {
    return showRegisteredModel(name, { ambiguous: 'refused' }, context);
  }
}
