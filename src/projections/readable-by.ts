import type { Actor } from '../domain/actor.ts';
import {
  type Access,
  homeOf,
  isPermitted,
  type Permission,
  type Place,
  placeOfScope,
  scopeCovers,
} from '../domain/governance/permissions.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { projectId, teamId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Instant } from '../domain/time.ts';
import type { AccessScope } from '../ports/access-log.ts';
import type { LineageStore, ProjectScope } from '../ports/lineage-store.ts';
import { projectsOfTeam } from './team-projects.ts';

/**
 * Somebody who reads. The same scope has two faces: `mayRead` decides about one thing, and
 * `scope` filters lists within the store.
 */
export interface Reader {
  readonly actor: Actor;
  readonly access: Access;
  readonly scope: ProjectScope;
  /** The teams that are no secret to the reader: their own, and those they may read in. */
  readonly teams: ReadonlySet<NodeId>;
  /** May read facts that belong to no project: the organization's own. */
  readonly readsOrganization: boolean;
}

export interface ReaderSource {
  readonly org: string;
  readonly store: LineageStore;
  readonly now: Instant;
}

/** The actor's node, as far as it tells who may see what. */
type Agent = Pick<NodeRow, 'props'>;

/** The one place that knows who sees what: works out a reader's scope from the access of now. */
export async function readerOf(
  actor: Actor,
  access: Access,
  source: ReaderSource & { readonly agent: Agent },
): Promise<Reader> {
  const at = { place: {}, now: source.now };
  const scopes = readableScopes(access, source.now);
  const { team } = source.agent.props;
  return {
    actor,
    access,
    scope: scopes.includes('org') ? { all: true } : await projectsOf(scopes, source),
    teams: new Set([...teamsOf(scopes, source.org), ...(typeof team === 'string' ? [team] : [])]),
    readsOrganization: isPermitted(access, 'audit.read', at),
  };
}

/** Whether a node may be shown. People and services belong to no project and are known to all. */
export function mayRead(
  { scope, teams }: Pick<Reader, 'scope' | 'teams'>,
  node: Pick<NodeRow, 'id' | 'kind' | 'project'>,
): boolean {
  if (scope.all) return true;
  if (node.kind === 'TEAM') return teams.has(node.id);
  return node.project === null || setOf(scope).has(node.project);
}

/** Whether the things of a project may be shown. */
export function mayReadProject({ scope }: Pick<Reader, 'scope'>, project: NodeId): boolean {
  return scope.all || setOf(scope).has(project);
}

/** A fact is shown whole or not at all: every project in its leaf must be readable. */
export function mayReadFact(reader: Reader, projects: readonly NodeId[]): boolean {
  if (projects.length === 0) return reader.readsOrganization;
  return projects.every((id) => mayReadProject(reader, id));
}

/** Whether a reader may know of what is granted, or done, within a scope. */
export function mayReadScope({ access }: Reader, scope: string, now: Instant): boolean {
  const place = placeOfScope(scope);
  if (place === null) return false;
  return readableScopes(access, now).some((own) => scopeCovers(own, place) || isWithin(own, place));
}

/**
 * What a reader may know of who read what: everybody's readings where the reader has audit.read
 * and may read the thing itself, and their own. A key with limits tells nobody what its owner read
 * beyond them.
 */
export async function accessScopeOf(reader: Reader, source: ReaderSource): Promise<AccessScope> {
  const { actor, access, scope } = reader;
  const scopes = scopesWith('audit.read', access, source.now);
  const audited = scopes.includes('org')
    ? ({ all: true } as const)
    : await projectsOf(scopes, source);
  const both = common(audited, scope);
  if (both.all) return both;
  const { actions = null, scope: keyScope = null } = access.key ?? {};
  const isLimited = actions !== null || keyScope !== null;
  return { ...both, own: { actor: actor.ref, within: isLimited ? scope : { all: true } } };
}

/** The projects that are in both scopes. */
function common(a: ProjectScope, b: ProjectScope): ProjectScope {
  if (a.all) return b;
  if (b.all) return a;
  return { all: false, projects: a.projects.filter((id) => setOf(b).has(id)) };
}

/** Whether a reader may know of an actor what is between the actor and who manages access. */
export function mayManage(
  { actor, access }: Pick<Reader, 'actor' | 'access'>,
  agent: Pick<NodeRow, 'id' | 'props'>,
  now: Instant,
): boolean {
  const at = { place: homeOf(agent.props), now };
  return agent.id === actor.ref || isPermitted(access, 'access.manage', at);
}

/** A place within the one that is asked about: who reads a project knows its team. */
function isWithin(scope: string, { team, project }: Place): boolean {
  if (team === undefined) return true;
  return project === undefined && placeOfScope(scope)?.team === team;
}

const SETS = new WeakMap<object, ReadonlySet<NodeId>>();

/** The projects of a scope for looking up, made once for each. */
function setOf(scope: { readonly projects: readonly NodeId[] }): ReadonlySet<NodeId> {
  const known = SETS.get(scope);
  if (known) return known;
  const made = new Set(scope.projects);
  SETS.set(scope, made);
  return made;
}

/** The scopes in which everything may be read: those of grants, narrowed to the key's. */
function readableScopes(access: Access, now: Instant): string[] {
  return scopesWith('record.read', access, now);
}

/** The scopes within which a permission holds everywhere. */
function scopesWith(permission: Permission, access: Access, now: Instant): string[] {
  const { scope: keyScope = null } = access.key ?? {};
  const scopes = access.grants.flatMap((grant) => {
    const scope = keyScope === null ? grant.scope : narrower(grant.scope, keyScope);
    const place = scope === null ? null : placeOfScope(scope);
    if (scope === null || place === null) return [];
    const own = { ...access, grants: [grant] };
    return isPermitted(own, permission, { place, now }) ? [scope] : [];
  });
  return [...new Set(scopes)];
}

/** What two scopes have in common, which is one of them or nothing. */
function narrower(a: string, b: string): string | null {
  const [placeA, placeB] = [placeOfScope(a), placeOfScope(b)];
  if (placeB !== null && scopeCovers(a, placeB)) return b;
  return placeA !== null && scopeCovers(b, placeA) ? a : null;
}

async function projectsOf(
  scopes: readonly string[],
  { org, store }: ReaderSource,
): Promise<ProjectScope> {
  const named = new Set<NodeId>();
  for (const scope of scopes) {
    const { team, project } = placeOfScope(scope) ?? {};
    if (team === undefined) continue;
    if (project !== undefined) named.add(projectId(org, { team, project }));
    else for (const id of await projectsOfTeam(team, store)) named.add(id);
  }
  return { all: false, projects: [...named].sort() };
}

function teamsOf(scopes: readonly string[], org: string): NodeId[] {
  return scopes.flatMap((scope) => {
    const team = placeOfScope(scope)?.team;
    return team === undefined ? [] : [teamId(org, team)];
  });
}
