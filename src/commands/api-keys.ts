import type { ActorRef } from '../domain/actor.ts';
import { apiKeyCreatedV2, apiKeyRevokedV2 } from '../domain/audit/facts/access.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import {
  type KeyRecord,
  keyOf,
  keysOf,
  PERMISSIONS,
  type Permission,
  placeOfScope,
} from '../domain/governance/permissions.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { type Instant, instantFromMs, msOfInstant } from '../domain/time.ts';
import {
  type Command,
  type CommandInput,
  type DecisionContext,
  fact,
  subjectOf,
} from '../ledger/command.ts';
import { managesKeyEnds, managesWholly, requireAgent } from './managing.ts';
import { cutToOwn, ownKey, requireEndsWithOwn, requireWithinOwn } from './own-key.ts';
import { checkScope, requireScope } from './scopes.ts';

/** Most keys of one actor that are good at once. */
export const API_KEYS_LIVE_MAX = 100;
/** Longest life of a key, in days. */
export const API_KEY_LIFE_DAYS_MAX = 366;
/** Life of a key that takes the place of one without an end, in days. */
export const API_KEY_LIFE_DAYS_DEFAULT = 90;
/** How long a rotated key goes on beside the one in its place, in hours. */
export const OVERLAP_HOURS_DEFAULT = 24;
export const OVERLAP_HOURS_MAX = 168;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface CreateApiKeyInput extends CommandInput {
  readonly actor: ActorRef;
  /** Public id of the key; neither the key nor its hash comes near a fact. */
  readonly keyId: string;
  readonly prefix: string;
  /** Null: those of the key that was shown, or all of the actor's. */
  readonly actions: readonly string[] | null;
  /** Null: that of the key that was shown, or wherever the actor has a role. */
  readonly scope: string | null;
  /** Null for the hub itself alone: the administrator's key ends when it is replaced. */
  readonly expiresAt: Instant | null;
}

export const createApiKey: Command<CreateApiKeyInput> = {
  operation: 'createApiKey',
  derived: ['keyId', 'prefix'],
  wants: ({ actor, scope }, _view, { org }) => {
    const scopeId = scope === null ? null : checkScope(org, scope).id;
    return { nodes: scopeId === null ? [actor] : [actor, scopeId] };
  },
  requires: ({ actor, scope }, view) => {
    const place = scope === null ? null : placeOfScope(scope);
    // Naming a scope must not tell those who may not read there whether it exists.
    const reads = place === null ? [] : [{ permission: 'record.read' as const, place }];
    return [...managesWholly(view, actor), ...reads];
  },
  decide: (input, context) => {
    const { view, org } = context;
    const agent = requireAgent(view, input.actor);
    const actions = checkActions(input.actions);
    const scope = input.scope === null ? null : checkScope(org, input.scope);
    if (scope !== null) requireScope(scope, view);
    checkExpiry(input.expiresAt, context);
    const { keyId: id, prefix, expiresAt } = input;
    const limits = withinOwn({ actions, scope: scope?.scope ?? null }, ownKey(context));
    const key = { id, prefix, expiresAt, ...limits };
    requireWithinOwn(key, context);
    requireEndsWithOwn(expiresAt, context);
    refuseTooMany(agent, context.recordedAt);
    return fact(apiKeyCreatedV2, {
      data: { agent: { id: agent.id, name: agent.name }, key, replaces: null },
      projects: [],
      subject: subjectOf(agent),
    });
  },
};

export interface RotateApiKeyInput extends CommandInput {
  readonly actor: ActorRef;
  readonly keyId: string;
  readonly newKeyId: string;
  readonly prefix: string;
  readonly overlapHours: number;
}

/**
 * A new key with the limits and the length of life of the old one, which soon ends. It ends with
 * the key that was shown at the latest.
 */
export const rotateApiKey: Command<RotateApiKeyInput> = {
  operation: 'rotateApiKey',
  derived: ['newKeyId', 'prefix'],
  wants: ({ actor }) => ({ nodes: [actor] }),
  requires: ({ actor }, view, by) => (actor === by.ref ? [] : managesWholly(view, actor)),
  decide: ({ actor, keyId, newKeyId, prefix, overlapHours }, context) => {
    const { view, recordedAt } = context;
    const { agent, key: old } = liveKey(view.node(actor), keyId);
    if (old.expiresAt !== null && old.expiresAt <= recordedAt) {
      throw new DomainError('CONFLICT', `the API key ${keyId} expired at ${old.expiresAt}`);
    }
    if (old.replacedBy) {
      const text = `the API key ${keyId} was rotated already; ${old.replacedBy} is in its place`;
      throw new DomainError('CONFLICT', text);
    }
    const record = recordOf(old);
    requireWithinOwn(old, context);
    refuseTooMany(agent, recordedAt);
    const [nowMs, end] = [msOfInstant(recordedAt), old.expiresAt];
    const overlapEnd = instantFromMs(nowMs + checkOverlap(overlapHours) * HOUR_MS);
    // A key that leaked for an hour must not make itself another hour, again and again.
    const expiresAt = cutToOwn(instantFromMs(nowMs + lifeMsOf(old)), context);
    const ends = end !== null && end < overlapEnd ? end : overlapEnd;
    return fact(apiKeyCreatedV2, {
      data: {
        agent: { id: agent.id, name: agent.name },
        key: { id: newKeyId, prefix, expiresAt, actions: record.actions, scope: record.scope },
        replaces: { ...record, expiresAt: ends, replacedBy: newKeyId },
      },
      projects: [],
      subject: subjectOf(agent),
    });
  },
};

export interface RevokeApiKeyInput extends CommandInput {
  readonly actor: ActorRef;
  readonly keyId: string;
}

export const revokeApiKey: Command<RevokeApiKeyInput> = {
  operation: 'revokeApiKey',
  wants: ({ actor }) => ({ nodes: [actor] }),
  requires: ({ actor }, view, by) => (actor === by.ref ? [] : managesKeyEnds(view, actor)),
  decide: ({ actor, keyId }, context) => {
    const { agent, key } = liveKey(context.view.node(actor), keyId);
    if (actor === context.actor.ref) requireWithinOwn(key, context);
    return fact(apiKeyRevokedV2, {
      data: { agent: { id: agent.id, name: agent.name }, key: recordOf(key) },
      projects: [],
      subject: subjectOf(agent),
    });
  },
};

function checkActions(given: readonly string[] | null): Permission[] | null {
  if (given === null) return null;
  const known: readonly string[] = PERMISSIONS;
  const unknown = given.find((action) => !known.includes(action));
  if (unknown !== undefined) {
    const list = PERMISSIONS.join(', ');
    throw invalidInput(`there is no action ${JSON.stringify(unknown)}; there are ${list}`);
  }
  if (given.length === 0) throw invalidInput('a key without any action would be of no use');
  return PERMISSIONS.filter((permission) => given.includes(permission));
}

/** What a key with limits leaves open of another is limited like itself. */
function withinOwn(asked: Limits, own: KeyRecord | null): Limits {
  const actions = asked.actions ?? (own?.actions ? [...own.actions] : null);
  return { actions, scope: asked.scope ?? own?.scope ?? null };
}

interface Limits {
  readonly actions: Permission[] | null;
  readonly scope: string | null;
}

function checkExpiry(expiresAt: Instant | null, { actor, recordedAt }: DecisionContext): void {
  if (expiresAt === null) {
    if (actor.kind === 'SYSTEM') return;
    throw invalidInput('an API key needs an end: expiresAt');
  }
  if (expiresAt <= recordedAt) {
    throw invalidInput(`the API key would have ended already, at ${expiresAt}`);
  }
  const last = instantFromMs(msOfInstant(recordedAt) + API_KEY_LIFE_DAYS_MAX * DAY_MS);
  if (expiresAt > last) {
    throw invalidInput(`an API key lives for at most ${API_KEY_LIFE_DAYS_MAX} days, to ${last}`);
  }
}

function checkOverlap(hours: number): number {
  if (Number.isInteger(hours) && hours >= 0 && hours <= OVERLAP_HOURS_MAX) return hours;
  throw invalidInput(`the overlap is a number of hours from 0 to ${OVERLAP_HOURS_MAX}`);
}

function refuseTooMany(agent: NodeRow, now: Instant): void {
  const live = keysOf(agent.props).filter(
    ({ revoked, expiresAt }) => !revoked && (expiresAt === null || now < expiresAt),
  );
  if (live.length < API_KEYS_LIVE_MAX) return;
  throw new DomainError('LIMIT_EXCEEDED', `an actor has at most ${API_KEYS_LIVE_MAX} API keys`);
}

function liveKey(agent: NodeRow | undefined, keyId: string) {
  const key = agent && keyOf(agent.props, keyId);
  if (!agent || !key) throw new DomainError('NOT_FOUND', `there is no API key ${keyId}`);
  if (key.revoked) throw new DomainError('CONFLICT', `the API key ${keyId} was revoked already`);
  return { agent, key };
}

/** As long as the old key was to live from the day that it was made. */
function lifeMsOf({ createdAt, expiresAt }: KeyRecord): number {
  if (!createdAt || expiresAt === null) return API_KEY_LIFE_DAYS_DEFAULT * DAY_MS;
  return msOfInstant(expiresAt) - msOfInstant(createdAt);
}

/** Everything that is kept of a key, as a fact repeats it. */
function recordOf(key: KeyRecord) {
  const { id, prefix, expiresAt, actions = null, scope = null } = key;
  const { createdAt = null, createdBy = null, replacedBy = null } = key;
  const limits = { actions: actions === null ? null : [...actions], scope };
  return { id, prefix, expiresAt, ...limits, createdAt, createdBy, replacedBy };
}
