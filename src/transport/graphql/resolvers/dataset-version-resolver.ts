import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { columnsOfSchema } from '../../../projections/told-columns.ts';
import { columnWalkComplexity, pageComplexity, pageCosting, QUALITY_COST } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import type { GraphContext } from '../graph-context.ts';
import { ColumnLineageArgs } from '../inputs/column-lineage-args.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { listPage } from '../list-pages.ts';
import { checksOf } from '../quality-checks.ts';
import { showColumns } from '../show-columns.ts';
import { propOf, type ShownNode } from '../shown-node.ts';
import { ColumnLineage } from '../types/column-lineage.ts';
import { ColumnConnection, QualityCheckConnection } from '../types/connections.ts';
import { DatasetVersion } from '../types/dataset-version.ts';

@Resolver(() => DatasetVersion)
export class DatasetVersionResolver {
  @FieldResolver(() => ColumnConnection, {
    complexity: pageComplexity,
    description: 'Its columns in the order of its schema; none where no pipeline told one.',
  })
  async columns(
    @Root() version: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const columns = columnsOfSchema(await propOf(version, 'facet_schema', context));
    const question = questionOf('columns', { of: version.id });
    return listPage(columns, { request, question }, (column) => column);
  }

  @FieldResolver(() => ColumnLineage, {
    complexity: columnWalkComplexity,
    description:
      'What its columns came from, or what came from them: through the run that made a version ' +
      'to columns of the versions which that run used, and on. Facets are those of now.',
  })
  columnLineage(
    @Root() version: ShownNode,
    @Args(() => ColumnLineageArgs) args: ColumnLineageArgs,
    @Ctx() context: GraphContext,
  ) {
    return showColumns(version, args, context);
  }

  @FieldResolver(() => QualityCheckConnection, {
    complexity: pageCosting(QUALITY_COST),
    description:
      'What was checked of it, by who wrote it and by the first 1,000 runs that read it. Hidden ' +
      'runs are left out.',
  })
  async qualityChecks(
    @Root() version: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const { id, times } = version;
    const checks = await context.loaders.answers.share(['qualityChecks', id, times], () =>
      checksOf(version, context),
    );
    const question = questionOf('qualityChecks', { of: id, asOf: times.asOf });
    return listPage(checks, { request, question }, (check) => ({ ...check, of: id }));
  }
}
