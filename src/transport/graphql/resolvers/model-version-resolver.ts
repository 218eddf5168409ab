import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { trainingData } from '../../../projections/training-data.ts';
import { listComplexity, trainingComplexity } from '../complexity.ts';
import type { GraphContext } from '../graph-context.ts';
import { type ShownNode, showNode } from '../shown-node.ts';
import { showRegistrationsOf } from '../shown-registration.ts';
import { DatasetVersion } from '../types/dataset-version.ts';
import { ModelVersion } from '../types/model-version.ts';
import { Registration } from '../types/registration.ts';

const TRANSITIVE = {
  defaultValue: true,
  description: 'False: only what the run read that made it. True: also what that came from.',
};

@Resolver(() => ModelVersion)
export class ModelVersionResolver {
  @FieldResolver(() => [DatasetVersion], {
    complexity: trainingComplexity,
    description: 'The dataset versions that it was trained on, nearest first.',
  })
  async trainedOn(
    @Root() { id, times }: ShownNode,
    @Arg('transitive', () => Boolean, TRANSITIVE) transitive: boolean,
    @Ctx() { hub, reader, loaders }: GraphContext,
  ) {
    const question = { reach: transitive ? 'all' : 'direct', times } as const;
    const nodes = await loaders.answers.share(['trainedOn', id, question], () =>
      trainingData(id, question, { store: hub.store, reader }),
    );
    return nodes.map((node) => showNode(node, times));
  }

  @FieldResolver(() => [Registration], {
    complexity: listComplexity,
    description:
      'Where it is registered, the latest registration first: the first 1,000 of those in ' +
      'projects that the viewer may read.',
  })
  registrations(@Root() version: ShownNode, @Ctx() context: GraphContext) {
    return showRegistrationsOf(version, context);
  }
}
