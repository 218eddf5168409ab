import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { isDomainError } from '../../../domain/errors.ts';
import { type Instant, parseInstant } from '../../../domain/time.ts';
import type { Json } from '../../../domain/values/value.ts';
import { facetsOf } from '../../../projections/facets.ts';
import { facetValue, isObject, textOf } from '../../../projections/told-columns.ts';
import { FACET_COST, pageCosting, USES_COST } from '../complexity.ts';
import { pageOfUses } from '../dataset-uses.ts';
import { bodyOf } from '../facet-pages.ts';
import type { GraphContext } from '../graph-context.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { DateTime } from '../scalars/date-time.ts';
import { propOf, rowOf, type ShownNode } from '../shown-node.ts';
import { DatasetUseConnection } from '../types/connections.ts';
import { ParentRun } from '../types/parent-run.ts';
import { Run } from '../types/run.ts';
import { whenThere } from '../when-there.ts';

/** What pipelines tell of a run. */
@Resolver(() => Run)
export class PipelineRunResolver {
  @FieldResolver(() => ParentRun, {
    nullable: true,
    description: 'The run that it is a part of, as its pipeline says.',
  })
  parent(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return whenThere(propOf(run, 'facet_parent', context), (prop) => {
      const { run: of, job } = facetValue(prop) ?? {};
      const runId = isObject(of) ? textOf(of.runId) : null;
      if (runId === null) return null;
      const { namespace, name } = isObject(job) ? job : {};
      return { of: run, runId, jobNamespace: textOf(namespace), jobName: textOf(name) };
    });
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'The start of the time that it was scheduled for.',
  })
  nominalStart(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return nominalTime(run, 'nominalStartTime', context);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'The end of the time that it was scheduled for.',
  })
  nominalEnd(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return nominalTime(run, 'nominalEndTime', context);
  }

  @FieldResolver(() => String, {
    nullable: true,
    complexity: FACET_COST,
    description: 'Why it failed; "[erased]" after its sender was erased.',
  })
  async errorMessage(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    const facets = facetsOf(await rowOf(run, context));
    const facet = facets.find(({ name }) => name === 'errorMessage');
    const body = facet ? await bodyOf(facet, context) : null;
    return isObject(body) ? textOf(body.message) : body;
  }

  @FieldResolver(() => DatasetUseConnection, {
    complexity: pageCosting(USES_COST),
    description: 'The datasets that its pipeline says it reads.',
  })
  reads(
    @Root() of: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    return pageOfUses({ of, side: 'reads' }, request, context);
  }

  @FieldResolver(() => DatasetUseConnection, {
    complexity: pageCosting(USES_COST),
    description: 'The datasets that its pipeline says it writes.',
  })
  writes(
    @Root() of: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    return pageOfUses({ of, side: 'writes' }, request, context);
  }
}

function nominalTime(run: ShownNode, member: string, context: GraphContext) {
  return whenThere(propOf(run, 'facet_nominalTime', context), (prop) =>
    instantOrNull(facetValue(prop)?.[member]),
  );
}

/** Facets are kept as they come, whatever stands where a time should. */
function instantOrNull(told: Json | undefined): Instant | null {
  const text = textOf(told);
  try {
    return text === null ? null : parseInstant(text);
  } catch (error) {
    if (isDomainError(error)) return null;
    throw error;
  }
}
