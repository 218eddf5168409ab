import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { InstalledPackage } from '../../../domain/lineage/package-list.ts';
import {
  type EnvironmentSnapshot,
  environmentSnapshot,
} from '../../../projections/environment-snapshot.ts';
import { metricDefinitions } from '../../../projections/metric-definitions.ts';
import { recordedPackages } from '../../../projections/run-packages.ts';
import { MANIFEST_COST, pageComplexity, pageCosting } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import type { GraphContext } from '../graph-context.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { listPage } from '../list-pages.ts';
import { runPackages } from '../run-packages.ts';
import { rowOf, type ShownNode } from '../shown-node.ts';
import { InstalledPackageConnection, MetricDefinitionConnection } from '../types/connections.ts';
import { Run } from '../types/run.ts';
import { RunEnvironment } from '../types/run-environment.ts';

interface ShownEnvironment extends EnvironmentSnapshot {
  readonly run: ShownNode;
}

@Resolver(() => Run)
export class RunSnapshotResolver {
  @FieldResolver(() => RunEnvironment, {
    description: 'Where it ran, read out of `environment`, and the packages that are on record.',
  })
  async environmentSnapshot(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    const row = await rowOf(run, context);
    const recorded = recordedPackages(row);
    return {
      ...environmentSnapshot(row),
      run,
      packagesDigest: recorded?.digest ?? null,
      packageCount: recorded?.count ?? null,
      packagesOmitted: recorded?.omitted ?? null,
    };
  }

  @FieldResolver(() => MetricDefinitionConnection, {
    complexity: pageComplexity,
    description: 'What its client says of its metrics: steps, summaries, goals.',
  })
  async metricDefinitions(
    @Root() run: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const question = questionOf('Run.metricDefinitions', { run: run.id });
    const definitions = metricDefinitions(await rowOf(run, context));
    return listPage(definitions, { request, question }, (each) => each);
  }
}

@Resolver(() => RunEnvironment)
export class RunEnvironmentResolver {
  @FieldResolver(() => InstalledPackageConnection, {
    complexity: pageCosting(MANIFEST_COST),
    description: 'The packages that were installed, by name; none when no list is on record.',
  })
  async packages(
    @Root() { run }: ShownEnvironment,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const question = questionOf('RunEnvironment.packages', { run: run.id });
    const packages = (await runPackages(run, context)) ?? [];
    return listPage(packages, { request, question }, (one: InstalledPackage) => one);
  }
}
