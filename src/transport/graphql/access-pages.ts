import { teamId } from '../../domain/lineage/names.ts';
import { type ActorFilter, listActors } from '../../projections/list-actors.ts';
import { listTeams } from '../../projections/list-teams.ts';
import { questionOf } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import type { ActorsArgs } from './inputs/actors-args.ts';
import type { PageArgs } from './inputs/page-args.ts';
import { NODE_PLACE, type NodePlace, placed } from './node-pages.ts';
import { connection, foundRows, type Page, pageOf } from './paging.ts';

/** A page of people and service accounts. */
export async function actorPage(args: ActorsArgs, context: GraphContext) {
  const { kind = null, team = null } = args;
  const page = pageOf(args, questionOf('actors', { kind, team }), NODE_PLACE);
  const home = team === null ? null : teamId(context.hub.org, team);
  // A team that the viewer may not know of is as empty as one that is not there.
  if (home !== null && !(await context.loaders.node.load(home))) {
    return connection<never, NodePlace>(page, { items: [], more: false });
  }
  const filter: ActorFilter = { kind, team: home };
  const { store } = context.hub;
  const { rows, lookedTo } = await listActors(filter, { ...placeOf(page), store });
  for (const row of rows) context.loaders.node.prime(row.id, row);
  const place: NodePlace | undefined = lookedTo ? [lookedTo.since, lookedTo.id] : undefined;
  return connection(page, { items: rows.map(placed), more: lookedTo !== null, lookedTo: place });
}

/** A page of the teams that the viewer may know of. */
export async function teamPage(args: PageArgs, context: GraphContext) {
  const page = pageOf(args, questionOf('teams', {}), NODE_PLACE);
  const { hub, reader, loaders } = context;
  const rows = await listTeams(reader, { ...placeOf(page), store: hub.store });
  for (const row of rows) loaders.node.prime(row.id, row);
  return connection(page, foundRows(rows, page, placed));
}

function placeOf({ after, size }: Page<NodePlace>) {
  return { after: after && { since: after[0], id: after[1] }, limit: size + 1 };
}
