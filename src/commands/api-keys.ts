import type { ActorRef } from '../domain/actor.ts';
import { apiKeyCreated, apiKeyRevoked } from '../domain/audit/facts/hub.ts';
import { DomainError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';

export interface ApiKeyInput extends CommandInput {
  readonly actor: ActorRef;
  /** Public id of the key; neither the key nor its hash comes near a fact. */
  readonly keyId: string;
  readonly prefix: string;
  readonly expiresAt: Instant | null;
}

export const createApiKey: Command<ApiKeyInput> = {
  operation: 'createApiKey',
  wants: ({ actor }) => ({ nodes: [actor] }),
  requires: () => [{ permission: 'access.manage', place: {} }],
  decide: ({ actor, keyId, prefix, expiresAt }, { view }) => {
    const agent = view.node(actor);
    if (!agent) throw new DomainError('NOT_FOUND', `there is no actor ${actor}`);
    return fact(apiKeyCreated, {
      data: {
        agent: { id: agent.id, name: agent.name },
        key: { id: keyId, prefix, expiresAt },
      },
      projects: [],
      subject: subjectOf(agent),
    });
  },
};

export const revokeApiKey: Command<ApiKeyInput> = {
  operation: 'revokeApiKey',
  wants: ({ actor }) => ({ nodes: [actor] }),
  requires: () => [{ permission: 'access.manage', place: {} }],
  decide: ({ actor, keyId, prefix, expiresAt }, { view }) => {
    const agent = view.node(actor);
    const key = agent?.props[`apiKey:${keyId}`];
    if (!agent || !key) throw new DomainError('NOT_FOUND', `there is no API key ${keyId}`);
    if ((key as { revoked?: boolean }).revoked) return unchanged(agent);
    return fact(apiKeyRevoked, {
      data: {
        agent: { id: agent.id, name: agent.name },
        key: { id: keyId, prefix, expiresAt },
      },
      projects: [],
      subject: subjectOf(agent),
    });
  },
};
