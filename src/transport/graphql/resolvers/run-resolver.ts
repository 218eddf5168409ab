import { Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { invalidInput } from '../../../domain/errors.ts';
import { type JsonObject, readableValue } from '../../../domain/values/value.ts';
import { experimentHash } from '../../../projections/experiment-hash.ts';
import {
  LOOKUP_COST,
  metricsComplexity,
  pageComplexity,
  RUN_INPUTS_COST,
  TELEMETRY_COST,
} from '../complexity.ts';
import { RunStatus } from '../enums/run-status.ts';
import type { GraphContext } from '../graph-context.ts';
import { MetricsArgs } from '../inputs/metrics-args.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { liveSummary } from '../live-summary.ts';
import { METRIC_KEYS_MAX } from '../metric-loader.ts';
import { neighbourPage } from '../neighbour-pages.ts';
import { requireServed } from '../require-served.ts';
import { runInputs } from '../run-inputs.ts';
import { DateTime } from '../scalars/date-time.ts';
import { Digest } from '../scalars/digest.ts';
import { JsonScalar } from '../scalars/json.ts';
import { propOf, rowOf, type ShownNode, showId } from '../shown-node.ts';
import { Actor } from '../types/actor.ts';
import { CodeRevision } from '../types/code-revision.ts';
import { LineageNodeConnection } from '../types/connections.ts';
import { DELETED_AT } from '../types/deleted-at.ts';
import { Job } from '../types/job.ts';
import { MetricSeries } from '../types/metric-series.ts';
import { Run } from '../types/run.ts';
import { whenThere } from '../when-there.ts';

/** Most points of one metric. */
export const SAMPLES_MAX = 10_000;

@Resolver(() => Run)
export class RunResolver {
  @FieldResolver(() => Job, { nullable: true, description: 'What it is an execution of.' })
  async job(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    const job = await propOf(run, 'job', context);
    return job === null ? null : showId(String(job), context, run.times);
  }

  @FieldResolver(() => RunStatus, { description: 'How far it has come.' })
  status(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'status', context);
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'When it started.' })
  startedAt(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'startedAt', context);
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'When it ended.' })
  endedAt(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'endedAt', context);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When it was asked to stop; null when nobody did, or since it was taken up anew.',
  })
  stopRequestedAt(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'stopRequestedAt', context);
  }

  @FieldResolver(() => DateTime, DELETED_AT)
  deletedAt(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'deletedAt', context);
  }

  @FieldResolver(() => Int, { nullable: true, description: 'What its process returned.' })
  exitCode(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'exitCode', context);
  }

  @FieldResolver(() => JsonScalar, { description: 'Its configuration: parameters and settings.' })
  config(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return whenThere(propOf(run, 'config', context), (prop) => readableValue(prop ?? {}));
  }

  @FieldResolver(() => JsonScalar, {
    complexity: LOOKUP_COST,
    description:
      'Its results: the last value of each metric and what else the client put there. While ' +
      'the run goes on this is what the client sent last; from its finish on it is on record.',
  })
  async summary(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    const row = await rowOf(run, context);
    return readableValue(await liveSummary(row, context));
  }

  @FieldResolver(() => [String], { description: 'Its tags.' })
  tags(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return whenThere(propOf(run, 'tags', context), (prop) => prop ?? []);
  }

  @FieldResolver(() => JsonScalar, { nullable: true, description: 'Where and how it ran.' })
  environment(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return whenThere(propOf(run, 'environment', context), (prop) =>
      Object.keys((prop ?? {}) as JsonObject).length === 0 ? null : readableValue(prop),
    );
  }

  @FieldResolver(() => CodeRevision, { nullable: true, description: 'The code it executed.' })
  code(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'code', context);
  }

  @FieldResolver(() => Actor, { nullable: true, description: 'Who started it.' })
  async startedBy(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    const kinds = ['WAS_ASSOCIATED_WITH'] as const;
    const [edge] = await context.loaders.edges.load({ id: run.id, direction: 'OUT', kinds });
    return edge ? showId(edge.to, context) : null;
  }

  @FieldResolver(() => LineageNodeConnection, {
    complexity: pageComplexity,
    description: 'The versions that it read.',
  })
  inputs(
    @Root() of: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const list = { field: 'Run.inputs', of, direction: 'OUT', kind: 'USED' } as const;
    return neighbourPage(list, request, context);
  }

  @FieldResolver(() => LineageNodeConnection, {
    complexity: pageComplexity,
    description: 'The versions that it made.',
  })
  outputs(
    @Root() of: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    const list = { field: 'Run.outputs', of, direction: 'IN', kind: 'WAS_GENERATED_BY' } as const;
    return neighbourPage(list, request, context);
  }

  @FieldResolver(() => Digest, {
    nullable: true,
    complexity: RUN_INPUTS_COST,
    description:
      'Equal for runs of the same experiment: SHA-256 over canonical JSON of the config with its ' +
      'defaults filled in, the commit and repository of the code, the digests of the versions ' +
      'that it read, and docker, image, packages and python of its environment. Null when the ' +
      'run states neither a commit nor a config, when its code differed from the commit, and ' +
      'when it read something that the viewer may not read.',
  })
  async experimentHash(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    const { id, times } = run;
    return context.loaders.answers.share(['experimentHash', id, times], async () => {
      const [row, inputs] = await Promise.all([rowOf(run, context), runInputs(run, context)]);
      // A hash over what is hidden would confirm a guess of it.
      return inputs.isWhole ? experimentHash(row, inputs.rows) : null;
    });
  }

  @FieldResolver(() => [String], {
    complexity: TELEMETRY_COST,
    description: 'Names of the metrics in its history.',
  })
  async metricKeys(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    await requireServed(run, 'metrics', context);
    return context.loaders.metricKeys.load(run.id);
  }

  @FieldResolver(() => [MetricSeries], {
    complexity: metricsComplexity,
    description: 'Series of metrics over the run, thinned without losing their extremes.',
  })
  async metrics(
    @Root() run: ShownNode,
    @Args(() => MetricsArgs) { keys, samples }: MetricsArgs,
    @Ctx() context: GraphContext,
  ) {
    if (keys.length > METRIC_KEYS_MAX) throw invalidInput(`at most ${METRIC_KEYS_MAX} metrics`);
    if (samples < 1 || samples > SAMPLES_MAX) {
      throw invalidInput(`samples is a whole number from 1 to ${SAMPLES_MAX}, not ${samples}`);
    }
    await requireServed(run, 'metrics', context);
    const series = await context.loaders.metrics.load({ run: run.id, keys, samples });
    return series.map((each) => ({ ...each, points: each.points.map(shownPoint) }));
  }
}

/** GraphQL's Float holds finite numbers only. */
function shownPoint({ value, ...at }: { step: number; value: number; timestamp: number | null }) {
  const finite = Number.isFinite(value);
  return { ...at, value: finite ? value : null, special: finite ? null : String(value) };
}
