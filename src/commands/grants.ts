import type { Actor, ActorRef } from '../domain/actor.ts';
import { roleGrantedV2, roleRevoked } from '../domain/audit/facts/access.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import { type Grant, grantsOf, placeOfScope, type Role } from '../domain/governance/permissions.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Instant } from '../domain/time.ts';
import {
  type Command,
  type CommandInput,
  type DecisionContext,
  fact,
  subjectOf,
} from '../ledger/command.ts';
import { requireAgent } from './managing.ts';
import { type CheckedScope, checkScope, ORGANIZATION, requireScope } from './scopes.ts';

/** Most grants that an actor holds at once. */
export const GRANTS_LIVE_MAX = 200;

export interface GrantRoleInput extends CommandInput {
  readonly grantId: string;
  readonly to: ActorRef;
  readonly role: Role;
  readonly scope: string;
  readonly expiresAt: Instant | null;
}

export const grantRole: Command<GrantRoleInput> = {
  operation: 'grant',
  derived: ['grantId'],
  wants: ({ to, scope }, _view, { org }) => {
    const { id } = checkScope(org, scope);
    return { nodes: id === null ? [to] : [to, id] };
  },
  requires: ({ role, scope, expiresAt: through }) => {
    const place = placeOfScope(scope) ?? {};
    return [
      { permission: 'access.manage', place, through },
      { everythingOf: role, place, through },
    ];
  },
  decide: ({ grantId, to, role, scope: given, expiresAt }, { org, actor, view, recordedAt }) => {
    const scope = checkScope(org, given);
    const agent = requireAgent(view, to);
    requireScope(scope, view);
    refuseSelf(actor, to);
    if (expiresAt !== null && expiresAt <= recordedAt) {
      throw invalidInput(`the grant would have ended already, at ${expiresAt}`);
    }
    refuseAgain(agent, { role, scope, expiresAt }, recordedAt);
    return fact(roleGrantedV2, {
      data: {
        agent: { id: agent.id, name: agent.name },
        grant: { id: grantId, role, scope: scope.scope, scopeId: scope.id, expiresAt },
        grantedBy: actor.ref,
      },
      projects: projectsOf(scope.scope, scope.id),
      subject: subjectOf(agent),
    });
  },
};

/** Who may give roles could give themself any; somebody else has to want it. */
function refuseSelf(actor: Actor, to: ActorRef): void {
  if (actor.ref !== to) return;
  const text = 'nobody grants a role to themself; another administrator of that scope can';
  throw new DomainError('FORBIDDEN', text);
}

function refuseAgain(
  agent: NodeRow,
  asked: { role: Role; scope: CheckedScope; expiresAt: Instant | null },
  now: Instant,
): void {
  const live = grantsOf(agent.props).filter(
    ({ expiresAt }) => expiresAt === null || now < expiresAt,
  );
  const same = live.find(
    ({ role, scope, expiresAt }) =>
      role === asked.role && scope === asked.scope.scope && expiresAt === asked.expiresAt,
  );
  if (same) {
    const text = `the actor is ${same.role} on ${same.scope} already, by the grant ${same.id}`;
    throw new DomainError('CONFLICT', text);
  }
  if (live.length >= GRANTS_LIVE_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `an actor holds at most ${GRANTS_LIVE_MAX} grants`);
  }
}

export interface RevokeGrantInput extends CommandInput {
  readonly from: ActorRef;
  readonly grantId: string;
}

export const revokeGrant: Command<RevokeGrantInput> = {
  operation: 'revokeGrant',
  wants: ({ from }) => ({ nodes: [from] }),
  requires: ({ from, grantId }, view) => {
    const found = view.knows(from) ? recordOf(view.node(from), grantId) : undefined;
    if (!found) return [];
    const place = placeOfScope(found.scope) ?? {};
    return [{ permission: 'access.manage', place, hiddenAs: 'the scope of the grant' }];
  },
  decide: ({ from, grantId }, context) => {
    const agent = context.view.node(from);
    const found = recordOf(agent, grantId);
    if (!agent || !found) throw new DomainError('NOT_FOUND', `there is no grant ${grantId}`);
    const { id, role, scope, scopeId = null, expiresAt } = found;
    if (found.revoked === true) {
      throw new DomainError('CONFLICT', `the grant ${id} was revoked already`);
    }
    refuseLosingOrganization(found, from, context);
    const { grantedBy = null, grantedAt = null } = found;
    return fact(roleRevoked, {
      data: {
        agent: { id: agent.id, name: agent.name },
        grant: { id, role, scope, scopeId, expiresAt, grantedBy, grantedAt },
      },
      projects: projectsOf(scope, scopeId),
      subject: subjectOf(agent),
    });
  },
};

/**
 * The organization always has an administrator whose grant has no end. Who takes such a grant holds
 * one, and nobody takes their own, so that one is left: of two who take each other's, the later
 * one holds none any more. The hub itself answers to nobody.
 */
function refuseLosingOrganization(
  { role, scope, expiresAt }: Grant,
  from: ActorRef,
  { actor, view }: DecisionContext,
): void {
  if (actor.kind === 'SYSTEM' || role !== 'ADMINISTRATOR' || scope !== ORGANIZATION) return;
  if (actor.ref === from) {
    const text =
      'nobody takes the organization from themself, so that it always has an administrator; ' +
      'another one can';
    throw new DomainError('FORBIDDEN', text);
  }
  if (expiresAt !== null || holdsOrganization(view.node(actor.ref))) return;
  const text =
    'this grant of ADMINISTRATOR on org has no end; only who holds such a grant without an end ' +
    'takes it, so that the organization always has an administrator';
  throw new DomainError('FORBIDDEN', text);
}

function holdsOrganization(agent: NodeRow | undefined): boolean {
  return grantsOf(agent?.props ?? {}).some(
    ({ role, scope, expiresAt }) =>
      role === 'ADMINISTRATOR' && scope === ORGANIZATION && expiresAt === null,
  );
}

/** The grant as the agent's node tells of it, revoked or not. */
function recordOf(agent: NodeRow | undefined, id: string): (Grant & Revocable) | undefined {
  const found = agent?.props[`grant:${id}`];
  return found as unknown as (Grant & Revocable) | undefined;
}

interface Revocable {
  readonly revoked?: boolean;
}

function projectsOf(scope: string, scopeId: NodeId | null): NodeId[] {
  return scope.startsWith('project/') && scopeId !== null ? [scopeId] : [];
}
