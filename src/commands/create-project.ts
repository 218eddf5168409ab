import { projectCreated } from '../domain/audit/facts/hub.ts';
import { DomainError } from '../domain/errors.ts';
import { projectId, teamId } from '../domain/lineage/names.ts';
import { checkPathName } from '../domain/values/text.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';

export interface CreateProjectInput extends CommandInput {
  readonly team: string;
  readonly project: string;
  /** Clients that make projects on first use want the one that is there. */
  readonly ifExists: 'return' | 'refuse';
}

/** Personal field: `description`. */
export const createProject: Command<CreateProjectInput> = {
  operation: 'createProject',
  wants: (input, _view, { org }) => ({
    nodes: [teamId(org, input.team), projectId(org, input)],
  }),
  requires: ({ team, project }) => [{ permission: 'project.create', place: { team, project } }],
  decide: (input, { org, view }) => {
    const { team, ifExists } = input;
    const name = checkPathName(input.project, "the project's name");
    const home = view.node(teamId(org, team));
    if (!home) throw new DomainError('NOT_FOUND', `there is no team ${JSON.stringify(team)}`);
    const id = projectId(org, { team, project: name });
    const found = view.node(id);
    if (found && ifExists === 'return') return unchanged(found);
    if (found) throw new DomainError('CONFLICT', `the project ${team}/${name} exists already`);
    return fact(projectCreated, {
      data: { project: { id, name, incarnation: 0 }, team: { id: home.id, name: home.name } },
      projects: [id],
      subject: subjectOf({ kind: 'PROJECT', id }),
    });
  },
};
