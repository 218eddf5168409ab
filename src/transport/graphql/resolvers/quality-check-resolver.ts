import { Args, FieldResolver, Resolver, Root } from 'type-graphql';
import { pageComplexity } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { listPage } from '../list-pages.ts';
import type { ShownCheck } from '../quality-checks.ts';
import { QualityAssertionConnection } from '../types/connections.ts';
import { QualityCheck } from '../types/quality-check.ts';
import { Run } from '../types/run.ts';

@Resolver(() => QualityCheck)
export class QualityCheckResolver {
  @FieldResolver(() => Run, {
    nullable: true,
    description: 'The run that read the version and checked it; null where its writer did.',
  })
  run(@Root() { run }: ShownCheck) {
    return run;
  }

  @FieldResolver(() => QualityAssertionConnection, {
    complexity: pageComplexity,
    description: 'What was checked, in the order that it was told in.',
  })
  assertions(
    @Root() { assertions, key, of }: ShownCheck & { readonly of: string },
    @Args(() => PageArgs) request: PageArgs,
  ) {
    const question = questionOf('assertions', { of, key });
    return listPage(assertions, { request, question }, (assertion) => assertion);
  }
}
