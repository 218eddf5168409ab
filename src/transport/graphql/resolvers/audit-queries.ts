import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import type { ActorRef } from '../../../domain/actor.ts';
import type { LogIndex as Index } from '../../../domain/lineage/graph-rows.ts';
import type { FactFilter } from '../../../projections/audit-facts.ts';
import { projectIdOf } from '../../../projections/find-by-path.ts';
import { pageComplexity } from '../complexity.ts';
import { questionOf } from '../cursors.ts';
import { factPage } from '../fact-pages.ts';
import type { GraphContext } from '../graph-context.ts';
import type { AuditFilter } from '../inputs/audit-filter.ts';
import { AuditLogArgs } from '../inputs/audit-log-args.ts';
import { pageOf } from '../paging.ts';
import { LogIndex } from '../scalars/log-index.ts';
import { showFactAt } from '../shown-fact.ts';
import { AuditEntry } from '../types/audit-entry.ts';
import { AuditEntryConnection } from '../types/connections.ts';

@Resolver()
export class AuditQueries {
  @Query(() => AuditEntryConnection, {
    complexity: pageComplexity,
    description:
      'The audit log in its own order, oldest first; `last` takes the newest. Entries that the ' +
      'viewer may not read whole are left out.',
  })
  auditLog(@Args(() => AuditLogArgs) args: AuditLogArgs, @Ctx() context: GraphContext) {
    const page = pageOf(args, questionOf('auditLog', { filter: { ...args.filter } }), 'index');
    const filter = factFilterOf(args.filter ?? {}, context.hub.org);
    return factPage(filter, { page, order: 'oldest' }, context);
  }

  @Query(() => AuditEntry, {
    nullable: true,
    description: 'One entry; null when there is none at this index that the viewer may read.',
  })
  auditEntry(
    @Arg('index', () => LogIndex, { description: 'Place in the log, from 0.' }) index: Index,
    @Ctx() context: GraphContext,
  ) {
    return showFactAt(index, context);
  }
}

function factFilterOf(filter: AuditFilter, org: string): FactFilter {
  const { actor, types, outcome, subject, project, since, until, fromIndex, toIndex } = filter;
  return {
    actor: (actor as ActorRef | null | undefined) ?? undefined,
    types: types ?? undefined,
    outcome: outcome ?? undefined,
    subject: subject ?? undefined,
    project: project ? projectIdOf(org, project) : undefined,
    since: since ?? undefined,
    until: until ?? undefined,
    from: fromIndex ?? undefined,
    to: toIndex ?? undefined,
  };
}
