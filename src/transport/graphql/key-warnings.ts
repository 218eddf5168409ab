import { type ActorRef, SYSTEM_ACTOR } from '../../domain/actor.ts';
import {
  accessOf,
  isPermitted,
  type KeyRecord,
  keyOf,
  keysOf,
  placeOfScope,
} from '../../domain/governance/permissions.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { type Instant, instantFromMs } from '../../domain/time.ts';
import type { GraphContext } from './graph-context.ts';

/**
 * What whoever granted a role should know: keys of its holder that were made by somebody who does
 * not manage access where the role is. Whoever kept such a key may do there what the role permits.
 */
export async function grantWarnings(
  { agent, scope }: { readonly agent: NodeRow | null; readonly scope: string },
  context: GraphContext,
): Promise<string[]> {
  const { hub, loaders } = context;
  const now = instantFromMs(hub.clock.nowMs());
  const at = { place: placeOfScope(scope) ?? {}, now };
  const live = keysOf(agent?.props ?? {}).filter((key) => isLive(key, now));
  const told = await Promise.all(
    live.map(async (key) => {
      // Keys of the first release, which name no maker, were made by the hub.
      const maker = key.createdBy ?? SYSTEM_ACTOR.ref;
      if (maker === SYSTEM_ACTOR.ref) return null;
      const row = await loaders.node.load(maker);
      const access = accessOf(row?.props ?? {}, '', hub.roles);
      if (isPermitted(access, 'access.manage', at)) return null;
      return (
        `the API key ${key.id} gives this role too, and was made by ${maker}, who does not ` +
        `manage access on ${scope}; revoke it if it may be known to somebody who is not meant ` +
        'to have it'
      );
    }),
  );
  return told.filter((text) => text !== null);
}

/** What whoever ended a key should know: that one which took its place is good. */
export async function revocationWarnings(
  { id, owner }: { readonly id: string; readonly owner: ActorRef },
  { hub, loaders }: GraphContext,
): Promise<string[]> {
  const props = (await loaders.node.load(owner))?.props ?? {};
  const now = instantFromMs(hub.clock.nowMs());
  const seen = new Set<string>();
  let next = keyOf(props, id)?.replacedBy ?? null;
  while (next !== null && !seen.has(next)) {
    seen.add(next);
    next = keyOf(props, next)?.replacedBy ?? null;
  }
  return keysOf(props)
    .filter((key) => seen.has(key.id) && isLive(key, now))
    .map(
      (key) =>
        `the API key ${key.id} was made in its place and is good until ` +
        `${key.expiresAt ?? 'it is revoked'}; after a leak, revoke it too`,
    );
}

function isLive({ revoked, expiresAt }: KeyRecord, now: Instant): boolean {
  return !revoked && (expiresAt === null || now < expiresAt);
}
