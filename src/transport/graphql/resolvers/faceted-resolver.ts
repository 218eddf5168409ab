import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { facetsOf } from '../../../projections/facets.ts';
import { facetsComplexity } from '../complexity.ts';
import { facetPage } from '../facet-pages.ts';
import type { GraphContext } from '../graph-context.ts';
import { FacetsArgs } from '../inputs/facets-args.ts';
import { rowOf, type ShownNode } from '../shown-node.ts';
import { FacetConnection } from '../types/connections.ts';
import { Faceted } from '../types/faceted.ts';

@Resolver(() => Faceted)
export class FacetedResolver {
  @FieldResolver(() => FacetConnection, {
    complexity: facetsComplexity,
    description: 'What pipelines said of it, by name.',
  })
  async facets(
    @Root() node: ShownNode,
    @Args(() => FacetsArgs) args: FacetsArgs,
    @Ctx() context: GraphContext,
  ) {
    const row = await rowOf(node, context);
    return facetPage({ field: 'facets', key: row.id, row }, facetsOf(row), { args, context });
  }
}
