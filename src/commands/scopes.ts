import { DomainError, invalidInput } from '../domain/errors.ts';
import { type Place, placeOfScope } from '../domain/governance/permissions.ts';
import { projectId, teamId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { checkPathName } from '../domain/values/text.ts';
import type { GraphView } from '../ledger/command.ts';

/** The scope that is the whole organization. */
export const ORGANIZATION = 'org';

/** A scope as a client wrote it, checked. */
export interface CheckedScope {
  /** As it goes on record: `org`, `team/<team>` or `project/<team>/<project>`. */
  readonly scope: string;
  readonly place: Place;
  /** The team or project that it names; null for the organization. */
  readonly id: NodeId | null;
}

export function checkScope(org: string, given: string): CheckedScope {
  const place = placeOfScope(given);
  if (place === null) {
    throw invalidInput('a scope is org, team/<team> or project/<team>/<project>');
  }
  if (place.team === undefined) return { scope: given, place, id: null };
  const team = checkPathName(place.team, "the team's name");
  if (place.project === undefined) {
    return { scope: `team/${team}`, place: { team }, id: teamId(org, team) };
  }
  const project = checkPathName(place.project, "the project's name");
  const id = projectId(org, { team, project });
  return { scope: `project/${team}/${project}`, place: { team, project }, id };
}

/** Asked after the actor was found to have rights there: others must not learn what exists. */
export function requireScope({ scope, id }: CheckedScope, view: GraphView): void {
  if (id === null || view.node(id)) return;
  throw new DomainError('NOT_FOUND', `there is no ${scope}`);
}
