import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { openLineageRunName } from '../../../commands/told-names.ts';
import { runId as idOfRun } from '../../../domain/lineage/names.ts';
import type { GraphContext } from '../graph-context.ts';
import { type ShownNode, showThin } from '../shown-node.ts';
import { ParentRun } from '../types/parent-run.ts';
import { Run } from '../types/run.ts';

@Resolver(() => ParentRun)
export class ParentRunResolver {
  @FieldResolver(() => Run, {
    nullable: true,
    description: 'The run itself; null as long as nothing was told of it in the same project.',
  })
  run(@Root() parent: { of: ShownNode; runId: string }, @Ctx() context: GraphContext) {
    const { of, runId } = parent;
    if (of.project === null) return null;
    const id = idOfRun(context.hub.org, of.project, openLineageRunName(runId.toLowerCase()));
    return showThin(id, context, of.times);
  }
}
