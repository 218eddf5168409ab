import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { facetsIn } from '../../../projections/facets.ts';
import { isObject } from '../../../projections/told-columns.ts';
import { facetsComplexity, LOOKUP_COST } from '../complexity.ts';
import type { ShownUse } from '../dataset-uses.ts';
import { facetPage } from '../facet-pages.ts';
import type { GraphContext } from '../graph-context.ts';
import { FacetsArgs } from '../inputs/facets-args.ts';
import { showThin } from '../shown-node.ts';
import { FacetConnection } from '../types/connections.ts';
import { Dataset } from '../types/dataset.ts';
import { DatasetUse } from '../types/dataset-use.ts';
import { DatasetVersion } from '../types/dataset-version.ts';

@Resolver(() => DatasetUse)
export class DatasetUseResolver {
  @FieldResolver(() => Dataset, { description: 'The dataset.' })
  dataset(@Root() { dataset }: ShownUse) {
    return dataset;
  }

  @FieldResolver(() => DatasetVersion, {
    nullable: true,
    complexity: LOOKUP_COST,
    description:
      'The version that was read or written: the one that was stated, or the first of this ' +
      'dataset. Null for a job, and where the version is known under another name of the dataset.',
  })
  async version(@Root() { said, of, side, dataset }: ShownUse, @Ctx() context: GraphContext) {
    if (isObject(said.version)) return showThin(String(said.version.id), context, of.times);
    const { loaders } = context;
    const [direction, kinds, end] =
      side === 'reads'
        ? (['OUT', ['USED'], 'to'] as const)
        : (['IN', ['WAS_GENERATED_BY'], 'from'] as const);
    const edges = await loaders.edges.load({ id: of.id, direction, kinds, ...of.times });
    const rows = await Promise.all(edges.map((edge) => loaders.node.load(edge[end])));
    const found = rows.find((row) => row?.props.collection === dataset.id);
    return found ? showThin(found.id, context, of.times) : null;
  }

  @FieldResolver(() => FacetConnection, {
    complexity: facetsComplexity,
    description: 'What is said of this reading or writing, where its version does not have it.',
  })
  facets(
    @Root() use: ShownUse,
    @Args(() => FacetsArgs) args: FacetsArgs,
    @Ctx() context: GraphContext,
  ) {
    return facetsOfUse(use, 'facets', { args, context });
  }

  @FieldResolver(() => FacetConnection, {
    complexity: facetsComplexity,
    description: 'What is said of the dataset by who may not describe it: it stands only here.',
  })
  datasetFacets(
    @Root() use: ShownUse,
    @Args(() => FacetsArgs) args: FacetsArgs,
    @Ctx() context: GraphContext,
  ) {
    return facetsOfUse(use, 'told', { args, context });
  }
}

function facetsOfUse(
  { said, side, row, dataset }: ShownUse,
  member: 'facets' | 'told',
  asked: { readonly args: FacetsArgs; readonly context: GraphContext },
) {
  const of = { field: `${side}.${member}`, key: `${row.id} ${dataset.id}`, row };
  return facetPage(of, facetsIn(said[member]), asked);
}
