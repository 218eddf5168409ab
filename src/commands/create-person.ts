import type { ActorRef } from '../domain/actor.ts';
import { personCreated, signInKeyCreated } from '../domain/audit/facts/access.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import { signInKeysOf } from '../domain/governance/permissions.ts';
import { teamId } from '../domain/lineage/names.ts';
import { type Command, type CommandInput, fact, subjectOf } from '../ledger/command.ts';
import { managesWholly, requireAgent } from './managing.ts';
import { ownKey, requireNoLimits } from './own-key.ts';

/** What is public of a key for signing in. */
export interface SignInKey {
  readonly id: string;
  readonly prefix: string;
}

/** The name and the e-mail come as personal values of the person's own. */
export interface CreatePersonInput extends CommandInput {
  readonly id: ActorRef;
  readonly team: string | null;
  readonly signInKey: SignInKey | null;
}

export const createPerson: Command<CreatePersonInput> = {
  operation: 'createPerson',
  derived: ['id', 'signInKey'],
  wants: ({ id, team }, _view, { org }) => ({
    nodes: team === null ? [id] : [id, teamId(org, team)],
  }),
  requires: ({ team }) => [{ permission: 'access.manage', place: team === null ? {} : { team } }],
  decide: ({ id, team, signInKey }, context) => {
    const { org, view } = context;
    if (signInKey !== null) requireNoLimits(ownKey(context));
    const home = team === null ? null : view.node(teamId(org, team));
    if (home === undefined) {
      throw new DomainError('NOT_FOUND', `there is no team ${JSON.stringify(team)}`);
    }
    if (view.node(id)) throw new DomainError('CONFLICT', `the id ${id} is taken`);
    return fact(personCreated, {
      data: {
        person: { id },
        team: home === null ? null : { id: home.id, name: home.name },
        signInKey,
      },
      projects: [],
      subject: subjectOf({ kind: 'AGENT', id }),
    });
  },
};

export interface CreateSignInKeyInput extends CommandInput {
  readonly person: ActorRef;
  readonly key: SignInKey;
}

/** For who lost theirs: every earlier one ends. */
export const createSignInKey: Command<CreateSignInKeyInput> = {
  operation: 'createSignInKey',
  derived: ['key'],
  wants: ({ person }) => ({ nodes: [person] }),
  requires: ({ person }, view) => managesWholly(view, person),
  decide: ({ person, key }, context) => {
    const agent = requireAgent(context.view, person);
    requireNoLimits(ownKey(context));
    if (agent.props.actorKind !== 'PERSON') {
      throw invalidInput('only people sign in; a service account has API keys');
    }
    const ended = signInKeysOf(agent.props)
      .filter(({ revoked }) => !revoked)
      .map(({ id, prefix, createdAt }) => ({ id, prefix, createdAt }));
    return fact(signInKeyCreated, {
      data: { agent: { id: agent.id, name: agent.name }, key, ended },
      projects: [],
      subject: subjectOf(agent),
    });
  },
};
