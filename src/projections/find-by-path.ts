import { invalidInput } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { type CollectionKind, versionKindOf } from '../domain/lineage/kinds.ts';
import {
  aliasId,
  collectionId,
  ordinalOf,
  parseProjectPath,
  parseThingPath,
  parseVersionPath,
  projectId,
  runIncarnations,
} from '../domain/lineage/names.ts';
import { kindOfId, type NodeId } from '../domain/lineage/node-id.ts';
import { incarnationOf } from '../domain/lineage/tombstone.ts';
import type { LineageStore } from '../ports/lineage-store.ts';

/**
 * Collections of one project whose versions could bear the same name: one for each kind, and one
 * for each slash at which the namespace of a dataset may end.
 */
const NAMESAKES_MAX = 1_000;

/** Where names are looked up: the hub's organization and its store. */
export interface NameSource {
  readonly org: string;
  readonly store: LineageStore;
}

/** A project as clients name it: its id, or `team/project`. */
export function projectIdOf(org: string, idOrPath: string): NodeId {
  if (kindOfId(idOrPath) === 'PROJECT') return idOrPath;
  if (!idOrPath.includes('/')) {
    throw invalidInput(`a project is an id or "team/project", not ${JSON.stringify(idOrPath)}`);
  }
  return projectId(org, parseProjectPath(idOrPath));
}

/** The run at `team/project/name`; one that was deleted is not found by the name it had. */
export function runIdOfPath(source: NameSource, path: string): Promise<NodeId> {
  const { name, ...project } = parseThingPath(path);
  return currentRunId(source, { project: projectId(source.org, project), name });
}

/** The id that a run's name has now, whether a run of that name is there or not. */
export async function currentRunId(
  { org, store }: NameSource,
  { project, name }: { readonly project: NodeId; readonly name: string },
): Promise<NodeId> {
  const idOf = runIncarnations(org, project, name);
  const [first] = await store.get([idOf(0)]);
  return idOf(incarnationOf(first));
}

export function collectionIdOfPath(org: string, kind: CollectionKind, path: string): NodeId {
  const { name, ...project } = parseThingPath(path);
  return collectionId(org, { project: projectId(org, project), kind, name });
}

export interface VersionOf {
  readonly collection: NodeId;
  readonly kind: CollectionKind;
  /** `v7` or an alias. */
  readonly version: string;
}

/** The version at `team/project/name:v3` or `team/project/name:alias`; null when none is there. */
export async function versionIdOfPath(
  { org, store }: NameSource,
  kind: CollectionKind,
  path: string,
): Promise<NodeId | null> {
  const { version, name, ...project } = parseVersionPath(path);
  const collection = collectionId(org, { project: projectId(org, project), kind, name });
  return versionIdOf({ org, store }, { collection, kind, version });
}

/**
 * A number is found by the name that its version bears, which stores index; an alias by the id
 * that its name has and the edge that leaves it. Neither looks at the other versions.
 */
export async function versionIdOf(
  { org, store }: NameSource,
  { collection, kind, version }: VersionOf,
): Promise<NodeId | null> {
  const ordinal = ordinalOf(version);
  if (ordinal === undefined) {
    const at = [aliasId(org, collection, version)];
    const [edge] = await store.edges({ at, direction: 'OUT', kinds: ['ALIASES'], limit: 1 });
    return edge?.to ?? null;
  }
  const [row] = await store.get([collection]);
  if (!row?.project) return null;
  const namesakes = await store.list({
    scope: { all: true },
    kinds: [versionKindOf(kind)],
    project: row.project,
    name: `${row.name}:v${ordinal}`,
    order: 'id',
    limit: NAMESAKES_MAX,
  });
  return namesakes.find((found) => isOf(found, collection))?.id ?? null;
}

function isOf(version: NodeRow, collection: NodeId): boolean {
  return version.props.collection === collection;
}
