import type { ActorRef } from '../../domain/actor.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { AccessEntry, AccessQuery } from '../../ports/access-log.ts';
import { projectIdOf } from '../../projections/find-by-path.ts';
import { accessScopeOf } from '../../projections/readable-by.ts';
import { questionOf } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import type { AccessLogArgs } from './inputs/access-log-args.ts';
import { type Connection, connection, foundRows, pageOf } from './paging.ts';

/** An entry as resolvers pass it on. */
export interface ShownAccess extends Omit<AccessEntry, 'id' | 'subject'> {
  readonly subjectId: string;
}

/** Where a page of entries stands: the last one's first time, and its id. */
type AccessPlace = readonly [firstAt: string, id: string];

/** A page of who read what, as far as the viewer may know of it, which the store leaves out. */
export async function accessLogPage(
  args: AccessLogArgs,
  { hub, reader }: GraphContext,
): Promise<Connection<ShownAccess>> {
  const page = pageOf(args, questionOf('accessLog', { ...args }), ['text', 'text']);
  const { org, store, clock, accessLog } = hub;
  const now = instantFromMs(clock.nowMs());
  const entries = await accessLog.list({
    ...queryOf(args, org),
    scope: await accessScopeOf(reader, { org, store, now }),
    after: page.after && { firstAt: page.after[0] as AccessEntry['firstAt'], id: page.after[1] },
    limit: page.size + 1,
  });
  return connection(page, foundRows(entries, page, shown));
}

function queryOf(args: AccessLogArgs, org: string): Omit<AccessQuery, 'scope' | 'limit'> {
  const { subject, actor, project, how, since, until } = args;
  return {
    subject: subject ?? undefined,
    actor: (actor as ActorRef | null | undefined) ?? undefined,
    project: project ? projectIdOf(org, project) : undefined,
    how: how ?? undefined,
    since: since ?? undefined,
    until: until ?? undefined,
  };
}

function shown({ id, subject, ...entry }: AccessEntry) {
  const place: AccessPlace = [entry.firstAt, id];
  return { place, node: { ...entry, subjectId: subject } };
}
