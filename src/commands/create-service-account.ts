import type { ActorRef } from '../domain/actor.ts';
import { serviceAccountCreatedV2 } from '../domain/audit/facts/access.ts';
import { DomainError } from '../domain/errors.ts';
import { checkActorName } from '../domain/governance/actor-names.ts';
import { teamId } from '../domain/lineage/names.ts';
import { type NodeId, nodeId } from '../domain/lineage/node-id.ts';
import { checkName } from '../domain/values/text.ts';
import { type Command, type CommandInput, fact, subjectOf } from '../ledger/command.ts';

const NAME = "the service account's name";

export interface CreateServiceAccountInput extends CommandInput {
  readonly id: ActorRef;
  readonly team: string;
  readonly name: string;
  /**
   * `add` is for founding alone, which chooses the name: a hub that lost its credentials gets
   * another administrator.
   */
  readonly ifExists: 'refuse' | 'add';
}

/** Accounts have ids of chance, so the name in a team is held by a node of its own. */
export function serviceNameId(org: string, team: NodeId, name: string): NodeId {
  return nodeId({ org, container: team, kind: 'ALIAS', name });
}

export const createServiceAccount: Command<CreateServiceAccountInput> = {
  operation: 'createServiceAccount',
  derived: ['id'],
  wants: ({ id, team, name }, _view, { org }) => {
    const home = teamId(org, team);
    return { nodes: [home, id, serviceNameId(org, home, checkName(name, NAME))] };
  },
  requires: ({ team }) => [{ permission: 'access.manage', place: { team } }],
  decide: ({ id, team, name: given, ifExists }, { org, view }) => {
    const name = ifExists === 'add' ? checkName(given, NAME) : checkActorName(given, NAME);
    const home = view.node(teamId(org, team));
    if (!home) throw new DomainError('NOT_FOUND', `there is no team ${JSON.stringify(team)}`);
    if (view.node(id)) throw new DomainError('CONFLICT', `the id ${id} is taken`);
    const nameNode = serviceNameId(org, home.id, name);
    if (ifExists === 'refuse' && view.node(nameNode)) {
      const text = `the team ${home.name} has a service account ${JSON.stringify(name)} already`;
      throw new DomainError('CONFLICT', text);
    }
    return fact(serviceAccountCreatedV2, {
      data: { serviceAccount: { id, name }, team: { id: home.id, name: home.name }, nameNode },
      projects: [],
      subject: subjectOf({ kind: 'AGENT', id }),
    });
  },
};
