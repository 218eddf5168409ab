import { teamCreated } from '../domain/audit/facts/hub.ts';
import { DomainError } from '../domain/errors.ts';
import { teamId } from '../domain/lineage/names.ts';
import { checkPathName } from '../domain/values/text.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';

export interface CreateTeamInput extends CommandInput {
  readonly name: string;
  /** Founding takes the team that is there; a client that asks for a new one is told. */
  readonly ifExists: 'return' | 'refuse';
}

export const createTeam: Command<CreateTeamInput> = {
  operation: 'createTeam',
  wants: ({ name }, _view, { org }) => ({ nodes: [teamId(org, name)] }),
  requires: () => [{ permission: 'access.manage', place: {} }],
  decide: (input, { org, view }) => {
    const name = checkPathName(input.name, "the team's name");
    const id = teamId(org, name);
    const team = view.node(id);
    if (team && input.ifExists === 'return') return unchanged(team);
    if (team) throw new DomainError('CONFLICT', `there is a team ${JSON.stringify(name)} already`);
    const subject = subjectOf({ kind: 'TEAM', id });
    return fact(teamCreated, { data: { team: { id, name } }, projects: [], subject });
  },
};
