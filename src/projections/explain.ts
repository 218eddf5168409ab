import {
  type Access,
  type Grant,
  grantsThatGive,
  type Permission,
  type Place,
  passesOn,
  scopeOf,
} from '../domain/governance/permissions.ts';
import type { Instant } from '../domain/time.ts';

export interface Explanation {
  readonly allowed: boolean;
  readonly permission: Permission;
  /** `org`, `team/<team>` or `project/<team>/<project>`. */
  readonly place: string;
  /** The grants that give the permission there. */
  readonly because: readonly Grant[];
  /** The permission, when no grant gives it there. */
  readonly missing: readonly Permission[];
  readonly reason: string;
}

/** Says of one permission at one place what decides it: the same rule that decides acts. */
export function explain(
  access: Access,
  permission: Permission,
  at: { readonly place: Place; readonly now: Instant },
): Explanation {
  const because = grantsThatGive(access, permission, at);
  const passes = access.key === null || passesOn(access.key, permission, at.place);
  const place = scopeOf(at.place);
  const missing = because.length === 0 ? [permission] : [];
  const allowed = because.length > 0 && passes;
  return { allowed, permission, place, because, missing, reason: reasonOf() };

  function reasonOf(): string {
    if (because.length === 0) return `no grant gives ${permission} on ${place}`;
    const given = because.map(({ role, scope }) => `${role} on ${scope}`).join(', ');
    if (passes) return `${permission} on ${place} comes with ${given}`;
    return `${permission} on ${place} comes with ${given}, but the API key does not pass it on`;
  }
}
