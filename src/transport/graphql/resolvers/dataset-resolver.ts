import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { columnsOfSchema } from '../../../projections/told-columns.ts';
import { pageComplexity } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import type { GraphContext } from '../graph-context.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { listPage } from '../list-pages.ts';
import { neighbourPage } from '../neighbour-pages.ts';
import { propOf, type ShownNode } from '../shown-node.ts';
import { ColumnConnection, LineageNodeConnection } from '../types/connections.ts';
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

  @FieldResolver(() => ColumnConnection, {
    complexity: pageComplexity,
    description: 'Its columns by the schema that was told last.',
  })
  async columns(
    @Root() dataset: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const columns = columnsOfSchema(await propOf(dataset, 'facet_schema', context));
    const question = questionOf('columns', { of: dataset.id });
    return listPage(columns, { request, question }, (column) => column);
  }

  @FieldResolver(() => LineageNodeConnection, {
    complexity: pageComplexity,
    description: 'Datasets that it says it is under other names: what OpenLineage calls symlinks.',
  })
  symlinks(
    @Root() of: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const list = { field: 'symlinks', of, direction: 'OUT', kind: 'ALTERNATE_OF' } as const;
    return neighbourPage(list, request, context);
  }

  @FieldResolver(() => LineageNodeConnection, {
    complexity: pageComplexity,
    description: 'Datasets that say they are this one under other names.',
  })
  symlinkedBy(
    @Root() of: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const list = { field: 'symlinkedBy', of, direction: 'IN', kind: 'ALTERNATE_OF' } as const;
    return neighbourPage(list, request, context);
  }
}
