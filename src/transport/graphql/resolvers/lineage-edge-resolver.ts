import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { GraphContext } from '../graph-context.ts';
import type { ShownEdge } from '../show-walk.ts';
import { showFactAt } from '../shown-fact.ts';
import { AuditEntry } from '../types/audit-entry.ts';
import { LineageEdge } from '../types/lineage-edge.ts';

@Resolver(() => LineageEdge)
export class LineageEdgeResolver {
  @FieldResolver(() => AuditEntry, {
    nullable: true,
    description: 'The fact that made it; null where the viewer may not read that.',
  })
  fact(@Root() { since }: ShownEdge, @Ctx() context: GraphContext) {
    return since === null ? null : showFactAt(since, context);
  }
}
