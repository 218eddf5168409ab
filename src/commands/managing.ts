import type { ActorRef } from '../domain/actor.ts';
import { DomainError } from '../domain/errors.ts';
import { grantsOf, homeOf, placeOfScope } from '../domain/governance/permissions.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { GraphView, Requirement } from '../ledger/command.ts';
import { ORGANIZATION } from './scopes.ts';

/** The requirement that one manages access where the actor is at home. */
export function managesHome(view: GraphView, actor: ActorRef): Requirement[] {
  const agent = agentIn(view, actor);
  // Who is unknown needs no rights to be found unknown: actors are no secret, unlike their teams.
  const hiddenAs = 'the place where the actor is at home';
  return agent ? [{ permission: 'access.manage', place: homeOf(agent.props), hiddenAs }] : [];
}

/**
 * What making a key for an actor takes: managing access at home and wherever the actor has a
 * role. A team's administrator could otherwise make a key for an account with wider rights than
 * their own, and use those.
 */
export function managesWholly(view: GraphView, actor: ActorRef): Requirement[] {
  const agent = agentIn(view, actor);
  const grants = grantsOf(agent?.props ?? {}).map(({ scope, expiresAt }) => ({
    permission: 'access.manage' as const,
    place: placeOfScope(scope) ?? {},
    until: expiresAt,
    hiddenAs: 'every scope where the actor has a role',
  }));
  return [...managesHome(view, actor), ...grants];
}

/**
 * What ending a key of an actor takes: managing access at home, so that a team ends what leaked of
 * its own accounts whatever it opens elsewhere. Whoever has a role on the organization is of use to
 * all, the first administrator above all, and is cut off by who manages the organization alone.
 */
export function managesKeyEnds(view: GraphView, actor: ActorRef): Requirement[] {
  const agent = agentIn(view, actor);
  const wide = grantsOf(agent?.props ?? {})
    .filter(({ scope }) => scope === ORGANIZATION)
    .map(({ expiresAt }) => ({
      permission: 'access.manage' as const,
      place: {},
      until: expiresAt,
      because: 'the actor has a role there',
    }));
  return [...managesHome(view, actor), ...wide];
}

/** A node that is no actor counts as none: its rights would tell that it is there. */
function agentIn(view: GraphView, actor: ActorRef): NodeRow | undefined {
  const row = view.knows(actor) ? view.node(actor) : undefined;
  return row?.kind === 'AGENT' ? row : undefined;
}

export function requireAgent(view: GraphView, actor: ActorRef): NodeRow {
  const agent = view.node(actor);
  if (agent?.kind !== 'AGENT') throw new DomainError('NOT_FOUND', `there is no actor ${actor}`);
  return agent;
}
