import { Args, FieldResolver, Resolver, Root } from 'type-graphql';
import { type Json, readableValue } from '../../../domain/values/value.ts';
import { pageComplexity } from '../complexity.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { listPage } from '../list-pages.ts';
import type { ShownDifference, ShownValues } from '../shown-comparison.ts';
import { ValueDifferenceConnection } from '../types/connections.ts';
import { ValueComparison } from '../types/value-comparison.ts';

@Resolver(() => ValueComparison)
export class ValueComparisonResolver {
  @FieldResolver(() => ValueDifferenceConnection, {
    complexity: pageComplexity,
    description: 'The values that differ, in the order of their paths.',
  })
  differences(
    @Root() { differences, question }: ShownValues,
    @Args(() => PageArgs) request: PageArgs,
  ) {
    return listPage(differences, { request, question }, showDifference);
  }
}

function showDifference({ path, change, a, b, aOrigin, bOrigin }: ShownDifference) {
  const shown = (value: Json | undefined) => (value === undefined ? null : readableValue(value));
  const origins = { aOrigin: aOrigin ?? null, bOrigin: bOrigin ?? null };
  return { path, change, a: shown(a), b: shown(b), ...origins };
}
