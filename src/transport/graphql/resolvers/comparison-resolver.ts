import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { compareValues } from '../../../projections/compare-values.ts';
import { compareConfigs } from '../../../projections/effective-config.ts';
import {
  COMPARED_FILES_COST,
  COMPARED_INPUTS_COST,
  COMPARED_VALUES_COST,
  costing,
  LOOKUP_COST,
} from '../complexity.ts';
import type { GraphContext } from '../graph-context.ts';
import { liveSummary } from '../live-summary.ts';
import {
  isOfRuns,
  propsOf,
  type ShownComparison,
  sharePart,
  showFiles,
  showInputs,
  showMakers,
  showPackages,
  showProps,
  showValues,
} from '../shown-comparison.ts';
import { rowOf } from '../shown-node.ts';
import { Comparison } from '../types/comparison.ts';
import { FileComparison } from '../types/file-comparison.ts';
import { InputComparison } from '../types/input-comparison.ts';
import { ValueComparison } from '../types/value-comparison.ts';

const ASKED = { nullable: true, complexity: costing(LOOKUP_COST) };
const VALUES = { nullable: true, complexity: costing(COMPARED_VALUES_COST) };
const INPUTS = { nullable: true, complexity: costing(COMPARED_INPUTS_COST) };
const FILES = { nullable: true, complexity: costing(COMPARED_FILES_COST) };

@Resolver(() => Comparison)
export class ComparisonResolver {
  @FieldResolver(() => ValueComparison, {
    ...VALUES,
    description:
      'What runs were configured with. A config may state its defaults in an object under the ' +
      'key "$defaults"; they hold where the config says nothing. Null for versions.',
  })
  async config(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    if (!isOfRuns(of)) return null;
    return sharePart('config', { of, context }, async () =>
      showValues('config', of, compareConfigs(...(await propsOf('config', of, context)))),
    );
  }

  @FieldResolver(() => ValueComparison, {
    ...VALUES,
    description: 'Results of runs: what stands in their summaries. Null for versions.',
  })
  async metrics(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    if (!isOfRuns(of)) return null;
    return sharePart('metrics', { of, context }, async () => {
      const rows = await Promise.all([rowOf(of.a, context), rowOf(of.b, context)]);
      const [a, b] = await Promise.all(rows.map((row) => liveSummary(row, context)));
      return showValues('metrics', of, compareValues(a ?? {}, b ?? {}));
    });
  }

  @FieldResolver(() => ValueComparison, {
    ...VALUES,
    description: 'The code of runs: repository, commit, dirty. Null for versions.',
  })
  code(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? showProps('code', of, context) : null;
  }

  @FieldResolver(() => ValueComparison, {
    ...VALUES,
    description: 'Where and how runs ran. Null for versions.',
  })
  environment(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? showProps('environment', of, context) : null;
  }

  @FieldResolver(() => ValueComparison, {
    ...VALUES,
    description:
      'The packages that were installed where runs ran: a path is "/" and the name, a value the ' +
      'version. Null for versions, and where of one of the runs no list is on record.',
  })
  packages(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? showPackages(of, context) : null;
  }

  @FieldResolver(() => InputComparison, {
    ...INPUTS,
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
    ...FILES,
    description:
      'The files of versions. Null for runs, and where one of the versions lists no files. More ' +
      'than 250,000 files of one version are refused.',
  })
  files(@Root() of: ShownComparison, @Ctx() context: GraphContext) {
    return isOfRuns(of) ? null : showFiles(of, context);
  }

  @FieldResolver(() => ValueComparison, {
    ...VALUES,
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
