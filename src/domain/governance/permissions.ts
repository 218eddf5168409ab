import type { Instant } from '../time.ts';
import type { JsonObject } from '../values/value.ts';

export const ROLES = ['VIEWER', 'CONTRIBUTOR', 'APPROVER', 'AUDITOR', 'ADMINISTRATOR'] as const;
export type Role = (typeof ROLES)[number];

/** What an actor may be allowed to do. Refusals name the one that was missing. */
export const PERMISSIONS = [
  'record.read',
  'record.write',
  'project.create',
  'audit.read',
  'access.manage',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const PERMISSIONS_OF: Readonly<Record<Role, readonly Permission[]>> = {
  VIEWER: ['record.read'],
  CONTRIBUTOR: ['record.read', 'record.write', 'project.create'],
  APPROVER: ['record.read'],
  AUDITOR: ['record.read', 'audit.read'],
  ADMINISTRATOR: PERMISSIONS,
};

/** Where something is done: a project of a team, a team, or (nothing given) the organization. */
export interface Place {
  readonly team?: string | undefined;
  readonly project?: string | undefined;
}

export interface Grant {
  readonly role: Role;
  /** `org`, `team/<team>` or `project/<team>/<project>`. */
  readonly scope: string;
  readonly expiresAt: Instant | null;
}

const GRANT_PROP = 'grant:';

/** The grants that an agent's node carries. */
export function grantsOf(props: JsonObject): Grant[] {
  return Object.entries(props)
    .filter(([key]) => key.startsWith(GRANT_PROP))
    .map(([, grant]) => grant as unknown as Grant);
}

/** True when one of the grants gives the permission at that place at that time. */
export function isPermitted(
  grants: readonly Grant[],
  permission: Permission,
  at: { readonly place: Place; readonly now: Instant },
): boolean {
  return grants.some(
    ({ role, scope, expiresAt }) =>
      Object.hasOwn(PERMISSIONS_OF, role) &&
      PERMISSIONS_OF[role].includes(permission) &&
      scopeCovers(scope, at.place) &&
      (expiresAt === null || at.now < expiresAt),
  );
}

function scopeCovers(scope: string, { team, project }: Place): boolean {
  if (scope === 'org') return true;
  if (team === undefined) return false;
  if (scope === `team/${team}`) return true;
  return project !== undefined && scope === `project/${team}/${project}`;
}
