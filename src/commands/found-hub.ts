import type { ActorRef } from '../domain/actor.ts';
import {
  organizationCreated,
  roleGranted,
  serviceAccountCreated,
  teamCreated,
} from '../domain/audit/facts/hub.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import type { Role } from '../domain/governance/permissions.ts';
import { parseProjectPath, projectId, teamId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Instant } from '../domain/time.ts';
import { checkName, checkPathName } from '../domain/values/text.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';

/** The first fact of a log. The caller makes sure that the log is empty. */
export const createOrganization: Command<CommandInput> = {
  operation: 'createOrganization',
  wants: () => ({}),
  requires: () => [{ permission: 'access.manage', place: {} }],
  decide: (_input, { org }) =>
    fact(organizationCreated, {
      data: { name: org },
      projects: [],
      subject: { kind: 'ORGANIZATION', id: org, digest: null },
    }),
};

export interface CreateTeamInput extends CommandInput {
  readonly name: string;
}

export const createTeam: Command<CreateTeamInput> = {
  operation: 'createTeam',
  wants: ({ name }, _view, { org }) => ({ nodes: [teamId(org, name)] }),
  requires: ({ name }) => [{ permission: 'access.manage', place: { team: name } }],
  decide: (input, { org, view }) => {
    const name = checkPathName(input.name, "the team's name");
    const id = teamId(org, name);
    const team = view.node(id);
    if (team) return unchanged(team);
    const subject = subjectOf({ kind: 'TEAM', id });
    return fact(teamCreated, { data: { team: { id, name } }, projects: [], subject });
  },
};

export interface CreateServiceAccountInput extends CommandInput {
  readonly id: ActorRef;
  readonly team: string;
  readonly name: string;
}

export const createServiceAccount: Command<CreateServiceAccountInput> = {
  operation: 'createServiceAccount',
  wants: ({ id, team }, _view, { org }) => ({ nodes: [id, teamId(org, team)] }),
  requires: ({ team }) => [{ permission: 'access.manage', place: { team } }],
  decide: ({ id, team, name: given }, { org, view }) => {
    const name = checkName(given, "the service account's name");
    const home = view.node(teamId(org, team));
    if (!home) throw new DomainError('NOT_FOUND', `there is no team ${JSON.stringify(team)}`);
    if (view.node(id)) throw new DomainError('CONFLICT', `the id ${id} is taken`);
    return fact(serviceAccountCreated, {
      data: { serviceAccount: { id, name }, team: { id: home.id, name: home.name } },
      projects: [],
      subject: subjectOf({ kind: 'AGENT', id }),
    });
  },
};

export interface GrantRoleInput extends CommandInput {
  readonly grantId: string;
  readonly to: ActorRef;
  readonly role: Role;
  readonly scope: string;
  readonly expiresAt: Instant | null;
}

export const grantRole: Command<GrantRoleInput> = {
  operation: 'grant',
  wants: ({ to, scope }, _view, { org }) => {
    const scopeId = idOfScope(org, scope);
    return { nodes: scopeId === null ? [to] : [to, scopeId] };
  },
  requires: () => [{ permission: 'access.manage', place: {} }],
  decide: ({ grantId, to, role, scope, expiresAt }, { org, view }) => {
    const agent = view.node(to);
    const scopeId = idOfScope(org, scope);
    if (scopeId !== null && !view.node(scopeId)) {
      throw new DomainError('NOT_FOUND', `there is no ${scope} to grant a role on`);
    }
    if (!agent) throw new DomainError('NOT_FOUND', `there is no actor ${to}`);
    return fact(roleGranted, {
      data: {
        agent: { id: agent.id, name: agent.name },
        grant: { id: grantId, role, scope, scopeId, expiresAt },
      },
      projects: scope.startsWith('project/') && scopeId !== null ? [scopeId] : [],
      subject: subjectOf(agent),
    });
  },
};

/** The team or project that a scope names; null for the organization. */
function idOfScope(org: string, scope: string): NodeId | null {
  const [level, ...path] = scope.split('/');
  if (scope === 'org') return null;
  if (level === 'project') return projectId(org, parseProjectPath(path.join('/')));
  if (level === 'team' && path.length === 1)
    return teamId(org, checkPathName(path[0] ?? '', 'a team'));
  throw invalidInput('a scope is org, team/<team> or project/<team>/<project>');
}
