import type { Instant } from '../time.ts';
import type { JsonObject } from '../values/value.ts';

export const ROLES = ['VIEWER', 'CONTRIBUTOR', 'APPROVER', 'AUDITOR', 'ADMINISTRATOR'] as const;
export type Role = (typeof ROLES)[number];

/** What an actor may be allowed to do. Refusals name the one that was missing. */
export const PERMISSIONS = [
  'record.read',
  'record.write',
  'record.delete',
  'project.create',
  'audit.read',
  'access.manage',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Which permissions each role gives, as policies/roles.yaml says. */
export type RoleTable = Readonly<Record<Role, readonly Permission[]>>;

/** Where something is done: a project of a team, a team, or (nothing given) the organization. */
export interface Place {
  readonly team?: string | undefined;
  readonly project?: string | undefined;
}

export interface Grant {
  readonly id: string;
  readonly role: Role;
  /** `org`, `team/<team>` or `project/<team>/<project>`. */
  readonly scope: string;
  /** The team or project that the scope meant when it was granted; null for the organization. */
  readonly scopeId?: string | null;
  readonly expiresAt: Instant | null;
  /** Who granted it, and when; left out of grants of a first release. */
  readonly grantedBy?: string | null;
  readonly grantedAt?: Instant | null;
}

/** What a key may narrow of the rights of its owner. */
export interface KeyLimits {
  /** The permissions that it passes on; null or left out: all of its owner's. */
  readonly actions?: readonly Permission[] | null;
  /** The scope that it is good for; null or left out: all of its owner's. */
  readonly scope?: string | null;
}

/** An API key as its owner's node tells of it. A key never gives more than its owner's grants. */
export interface KeyRecord extends KeyLimits {
  readonly id: string;
  /** First characters of the key, to tell keys apart. */
  readonly prefix: string;
  readonly expiresAt: Instant | null;
  readonly revoked: boolean;
  readonly revokedAt?: Instant | null;
  /** Who made it, and when; left out of keys of a first release. */
  readonly createdBy?: string | null;
  readonly createdAt?: Instant | null;
  /** The key that was made in its place, if it was rotated. */
  readonly replacedBy?: string | null;
}

/** A key by which a person opens sessions; it is no API key. */
export interface SignInKeyRecord {
  readonly id: string;
  readonly prefix: string;
  readonly createdAt: Instant;
  readonly revoked: boolean;
}

/** Everything that decides what an actor may do: grants, and the key that was shown. */
export interface Access {
  readonly roles: RoleTable;
  readonly grants: readonly Grant[];
  /** The key that narrows the grants; null for who came without one. */
  readonly key: KeyRecord | null;
}

const GRANT_PROP = 'grant:';
const KEY_PROP = 'apiKey:';
const SIGN_IN_KEY_PROP = 'signInKey:';

/** The grants that an agent's node carries, without the revoked ones. */
export function grantsOf(props: JsonObject): Grant[] {
  return recordsOf<Grant & { revoked?: boolean }>(props, GRANT_PROP).filter(
    ({ revoked }) => revoked !== true,
  );
}

/** The API keys that an agent's node carries, revoked and expired ones too. */
export function keysOf(props: JsonObject): KeyRecord[] {
  return recordsOf<KeyRecord>(props, KEY_PROP);
}

/** The keys by which a person signs in, ended ones too. */
export function signInKeysOf(props: JsonObject): SignInKeyRecord[] {
  return recordsOf<SignInKeyRecord>(props, SIGN_IN_KEY_PROP);
}

function recordsOf<T>(props: JsonObject, prefix: string): T[] {
  return Object.entries(props)
    .filter(([property]) => property.startsWith(prefix))
    .map(([, value]) => value as T);
}

export function grantOf(props: JsonObject, id: string): Grant | null {
  return grantsOf(props).find((grant) => grant.id === id) ?? null;
}

export function keyOf(props: JsonObject, id: string): KeyRecord | null {
  return keysOf(props).find((key) => key.id === id) ?? null;
}

/** What an agent may do that came by `via`: the id of one of its keys, or another proof. */
export function accessOf(props: JsonObject, via: string, roles: RoleTable): Access {
  return { roles, grants: grantsOf(props), key: keyOf(props, via) };
}

/** True when a grant gives the permission at that place at that time, and the key passes it on. */
export function isPermitted(
  access: Access,
  permission: Permission,
  at: { readonly place: Place; readonly now: Instant },
): boolean {
  return (
    isGranted(access, permission, at) &&
    (access.key === null || passesOn(access.key, permission, at.place))
  );
}

/** The same by the grants alone, as if the actor had come with a key without limits. */
export function isGranted(
  access: Pick<Access, 'roles' | 'grants'>,
  permission: Permission,
  at: { readonly place: Place; readonly now: Instant },
): boolean {
  const where = { ...at, roles: access.roles };
  return access.grants.some((grant) => gives(grant, permission, where));
}

/** The grants that give the permission at that place at that time. */
export function grantsThatGive(
  { roles, grants }: Pick<Access, 'roles' | 'grants'>,
  permission: Permission,
  at: { readonly place: Place; readonly now: Instant },
): Grant[] {
  const where = { ...at, roles };
  return grants.filter((grant) => gives(grant, permission, where));
}

function gives(
  { role, scope, expiresAt }: Grant,
  permission: Permission,
  { place, now, roles }: { place: Place; now: Instant; roles: RoleTable },
): boolean {
  return (
    Object.hasOwn(roles, role) &&
    roles[role].includes(permission) &&
    scopeCovers(scope, place) &&
    (expiresAt === null || now < expiresAt)
  );
}

/** Whether a key lets a permission through at a place. */
export function passesOn(key: KeyLimits, permission: Permission, place: Place): boolean {
  const { actions = null, scope = null } = key;
  return (
    (actions === null || actions.includes(permission)) &&
    (scope === null || scopeCovers(scope, place))
  );
}

/** Whether a key with the inner limits could do nothing that one with the outer could not. */
export function isWithinLimits(inner: KeyLimits, outer: KeyLimits): boolean {
  const [actions, scope] = [outer.actions ?? null, outer.scope ?? null];
  const place = inner.scope ? placeOfScope(inner.scope) : null;
  return (
    (actions === null || inner.actions?.every((each) => actions.includes(each)) === true) &&
    (scope === null || (place !== null && scopeCovers(scope, place)))
  );
}

export function scopeCovers(scope: string, { team, project }: Place): boolean {
  if (scope === 'org') return true;
  if (team === undefined) return false;
  if (scope === `team/${team}`) return true;
  return project !== undefined && scope === `project/${team}/${project}`;
}

/** Where an actor is at home: in a team, or in the organization alone. */
export function homeOf(props: JsonObject): Place {
  return typeof props.teamName === 'string' ? { team: props.teamName } : {};
}

/** The scope that is exactly a place. */
export function scopeOf({ team, project }: Place): string {
  if (team === undefined) return 'org';
  return project === undefined ? `team/${team}` : `project/${team}/${project}`;
}

/** The place that a scope names. Null for a text that is no scope. */
export function placeOfScope(scope: string): Place | null {
  const [level, team, project, ...rest] = scope.split('/');
  if (scope === 'org') return {};
  if (!team || rest.length > 0) return null;
  if (level === 'team' && project === undefined) return { team };
  return level === 'project' && project ? { team, project } : null;
}
