import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { GraphContext } from '../graph-context.ts';
import { propOf, type ShownNode } from '../shown-node.ts';
import { Dataset } from '../types/dataset.ts';

@Resolver(() => Dataset)
export class DatasetResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The store that names it, for example "s3://lake"; its name is then the namespace, "/" and ' +
      'the name within it. Null for a dataset that a client named in its project.',
  })
  namespace(@Root() dataset: ShownNode, @Ctx() context: GraphContext) {
    return propOf(dataset, 'namespace', context);
  }
}
