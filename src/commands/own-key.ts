import type { Actor } from '../domain/actor.ts';
import { DomainError } from '../domain/errors.ts';
import {
  isWithinLimits,
  type KeyLimits,
  type KeyRecord,
  keyOf,
} from '../domain/governance/permissions.ts';
import type { Instant } from '../domain/time.ts';
import type { GraphView } from '../ledger/command.ts';

/** Who asks, and where the key that they showed is looked up. */
export interface Asking {
  readonly actor: Actor;
  readonly view: GraphView;
}

/** The key that was shown, as it is on record; null for who came without one. */
export function ownKey({ actor, view }: Asking): KeyRecord | null {
  if (actor.kind === 'SYSTEM') return null;
  return keyOf(view.node(actor.ref)?.props ?? {}, actor.via);
}

/** A key with limits must not be the way to one with fewer; its own self it is good for. */
export function requireWithinOwn(key: KeyLimits & { readonly id: string }, asking: Asking): void {
  const own = ownKey(asking);
  if (own === null || own.id === key.id || isWithinLimits(key, own)) return;
  throw beyondLimits(own, 'keys within them');
}

/** Nor must one that ends be the way to one that goes on. */
export function requireEndsWithOwn(expiresAt: Instant | null, asking: Asking): void {
  const last = ownKey(asking)?.expiresAt ?? null;
  if (last === null || (expiresAt !== null && expiresAt <= last)) return;
  const text = `the API key that was shown ends at ${last}, and so does every key made by it`;
  throw new DomainError('KEY_SCOPE', `${text}; expiresAt may be that time at most`);
}

/** The end that a key made by the one that was shown may have at most. */
export function cutToOwn(expiresAt: Instant, asking: Asking): Instant {
  const last = ownKey(asking)?.expiresAt ?? null;
  return last !== null && last < expiresAt ? last : expiresAt;
}

/** Who signs in may do all that they were granted, which a key with limits must not lead to. */
export function requireNoLimits(own: KeyRecord | null): void {
  if (own === null || isWithinLimits({}, own)) return;
  throw beyondLimits(own, 'API keys within them, not for keys for signing in, which have none');
}

function beyondLimits({ actions, scope }: KeyLimits, what: string): DomainError {
  const limits = [actions && `the actions ${actions.join(', ')}`, scope && `the scope ${scope}`];
  const text = `the API key that was shown has limits, and is good for ${what}: `;
  return new DomainError('KEY_SCOPE', text + limits.filter(Boolean).join(' and '));
}
