import type { ActorRef } from '../domain/actor.ts';
import {
  grantsOf,
  isGranted,
  type Place,
  type RoleTable,
} from '../domain/governance/permissions.ts';
import type { Instant } from '../domain/time.ts';
import { type LineageStore, PAGE_ROWS_MAX } from '../ports/lineage-store.ts';

/** Most actors that a refusal names. */
export const MANAGERS_NAMED_MAX = 5;

export interface ManagerSource {
  readonly store: LineageStore;
  readonly roles: RoleTable;
  readonly now: Instant;
}

/** Some of those who manage access at a place, looked for among the latest thousand actors. */
export async function whoManages(
  place: Place,
  { store, roles, now }: ManagerSource,
): Promise<ActorRef[]> {
  const query = { scope: { all: true }, kinds: ['AGENT'], order: 'recent' } as const;
  const agents = await store.list({ ...query, limit: PAGE_ROWS_MAX });
  return agents
    .filter(({ props }) =>
      isGranted({ roles, grants: grantsOf(props) }, 'access.manage', { place, now }),
    )
    .slice(0, MANAGERS_NAMED_MAX)
    .map(({ id }) => id as ActorRef);
}
