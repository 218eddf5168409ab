import type { Actor } from '../domain/actor.ts';
import { type Grant, isPermitted } from '../domain/governance/permissions.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { projectId } from '../domain/lineage/names.ts';
import type { Instant } from '../domain/time.ts';
import { type LineageStore, PAGE_ROWS_MAX, type ProjectScope } from '../ports/lineage-store.ts';

/** Somebody who reads: who it is, what was granted, and the projects that follow from it. */
export interface Reader {
  readonly actor: Actor;
  readonly grants: readonly Grant[];
  readonly scope: ProjectScope;
  /** May read facts that belong to no project: the organization's own. */
  readonly readsOrganization: boolean;
}

export interface ReaderSource {
  readonly org: string;
  readonly store: LineageStore;
  readonly now: Instant;
}

/** The one place that knows who sees what: works out a reader's scope from the grants of now. */
export async function readerOf(
  actor: Actor,
  grants: readonly Grant[],
  source: ReaderSource,
): Promise<Reader> {
  const at = { place: {}, now: source.now };
  const readsAll = isPermitted(grants, 'record.read', at);
  const scope = readsAll ? { all: true as const } : await projectsOf(grants, source);
  return { actor, grants, scope, readsOrganization: isPermitted(grants, 'audit.read', at) };
}

/** Whether a node may be shown. Teams and agents belong to no project and are known to all. */
export function mayRead({ scope }: Pick<Reader, 'scope'>, node: Pick<NodeRow, 'project'>): boolean {
  return scope.all || node.project === null || scope.projects.includes(node.project);
}

/** A fact is shown whole or not at all: every project in its leaf must be readable. */
export function mayReadFact(reader: Reader, projects: readonly string[]): boolean {
  if (projects.length === 0) return reader.readsOrganization;
  return reader.scope.all || projects.every((id) => mayRead(reader, { project: id }));
}

async function projectsOf(
  grants: readonly Grant[],
  { org, store, now }: ReaderSource,
): Promise<ProjectScope> {
  const named = new Set<string>();
  for (const grant of grants) {
    const [level, team = '', project = ''] = grant.scope.split('/');
    const at = { place: { team, project }, now };
    if (!isPermitted([grant], 'record.read', at)) continue;
    if (level === 'project') named.add(projectId(org, { team, project }));
    if (level === 'team') for (const id of await projectsOfTeam(team, store)) named.add(id);
  }
  return { all: false, projects: [...named] };
}

async function projectsOfTeam(team: string, store: LineageStore): Promise<string[]> {
  const ids: string[] = [];
  let after: { id: string; since: number } | undefined;
  for (;;) {
    const page = await store.list({
      scope: { all: true },
      kinds: ['PROJECT'],
      order: 'id',
      after,
      limit: PAGE_ROWS_MAX,
    });
    for (const row of page) if (row.props.teamName === team) ids.push(row.id);
    const last = page.at(-1);
    if (!last || page.length < PAGE_ROWS_MAX) return ids;
    after = last;
  }
}
