import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { compareValues } from '../../../projections/compare-values.ts';
import { compareConfigs } from '../../../projections/effective-config.ts';
import { summaryOfRun } from '../../../projections/run-summary.ts';
import { LOOKUP_COST } from '../complexity.ts';
import type { GraphContext } from '../graph-context.ts';
import {
  isOfRuns,
  propsOf,
  type ShownComparison,
  showFiles,
  showInputs,
  showMakers,
  showProps,
  showValues,
} from '../shown-comparison.ts';
import { rowOf } from '../shown-node.ts';
import { Comparison } from '../types/comparison.ts';
import { FileComparison } from '../types/file-comparison.ts';
import { InputComparison } from '../types/input-comparison.ts';
import { ValueComparison } from '../types/value-comparison.ts';

const ASKED = {
  nullable: true,
  complexity: ({ childComplexity }: { childComplexity: number }) => LOOKUP_COST + childComplexity,
} as const;

@Resolver(() => Comparison)
export class ComparisonResolver {
  @FieldResolver(() => ValueComparison, {
    ...ASKED,
    description:
      'What runs were configured with. A config may state its defaults in an object under the ' +
      'key "$defaults"; they hold where the config says nothing. Null for versions.',
  })
  async config(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    if (!isOfRuns(of)) return null;
    return showValues('config', of, compareConfigs(...(await propsOf('config', of, context))));
  }

  @FieldResolver(() => ValueComparison, {
    ...ASKED,
    description: 'Results of runs: what stands in their summaries. Null for versions.',
  })
  async metrics(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    if (!isOfRuns(of)) return null;
    const { telemetry } = context.hub;
    const rows = await Promise.all([rowOf(of.a, context), rowOf(of.b, context)]);
    const [a, b] = await Promise.all(rows.map((row) => summaryOfRun(row, telemetry)));
    return showValues('metrics', of, compareValues(a ?? {}, b ?? {}));
  }

  @FieldResolver(() => ValueComparison, {
    ...ASKED,
    description: 'The code of runs: repository, commit, dirty. Null for versions.',
  })
  code(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? showProps('code', of, context) : null;
  }

  @FieldResolver(() => ValueComparison, {
    ...ASKED,
    description: 'Where and how runs ran. Null for versions.',
  })
  environment(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? showProps('environment', of, context) : null;
  }

  @FieldResolver(() => InputComparison, {
    ...ASKED,
    description: 'What runs read. Null for versions; 10,000 versions or more are refused.',
  })
  inputs(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? showInputs(of, context) : null;
  }

  @FieldResolver(() => Boolean, {
    ...ASKED,
    description:
      'Whether the digests of versions are equal. Null for runs, and where one has no digest.',
  })
  async sameContent(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    if (isOfRuns(of)) return null;
    const rows = await Promise.all([rowOf(of.a, context), rowOf(of.b, context)]);
    const [a, b] = rows.map(({ props }) => props.digest);
    return a === undefined || b === undefined ? null : a === b;
  }

  @FieldResolver(() => FileComparison, {
    ...ASKED,
    description:
      'The files of versions. Null for runs, and where one of the versions lists no files. More ' +
      'than 250,000 files of one version are refused.',
  })
  files(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? null : showFiles(of, context);
  }

  @FieldResolver(() => ValueComparison, {
    ...ASKED,
    description: 'What clients say of versions. Null for runs.',
  })
  metadata(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? null : showProps('metadata', of, context);
  }

  @FieldResolver(() => Comparison, {
    ...ASKED,
    description:
      'The runs that made the versions. Null for runs, and where of one version no run is known ' +
      'that the viewer may read.',
  })
  generatedBy(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? null : showMakers(of, context);
  }
}
