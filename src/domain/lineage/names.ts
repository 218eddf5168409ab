import { invalidInput } from '../errors.ts';
import { checkPathName } from '../values/text.ts';
import type { CollectionKind } from './kinds.ts';
import { versionKindOf } from './kinds.ts';
import { type NodeId, nodeId } from './node-id.ts';

/** Ids of the things that have natural names; `org` is the hub's organization. */

export function teamId(org: string, name: string): NodeId {
  return nodeId({ org, container: null, kind: 'TEAM', name });
}

export interface ProjectName {
  readonly team: string;
  readonly project: string;
}

export function projectId(org: string, { team, project }: ProjectName): NodeId {
  return nodeId({ org, container: teamId(org, team), kind: 'PROJECT', name: project });
}

export function runId(org: string, project: NodeId, name: string): NodeId {
  return nodeId({ org, container: project, kind: 'RUN', name });
}

/** The id of each incarnation of a run's name; 0 is the first. */
export function runIncarnations(
  org: string,
  project: NodeId,
  name: string,
): (incarnation: number) => NodeId {
  return (incarnation) => nodeId({ org, container: project, kind: 'RUN', name, incarnation });
}

export function jobId(org: string, project: NodeId, name: string): NodeId {
  return nodeId({ org, container: project, kind: 'JOB', name });
}

export interface CollectionName {
  readonly project: NodeId;
  readonly kind: CollectionKind;
  readonly name: string;
}

export function collectionId(org: string, { project, kind, name }: CollectionName): NodeId {
  return nodeId({ org, container: project, kind, name });
}

/**
 * A version is named by what it is: `manifest:<digest>` of its list of files, `content:<digest>`
 * as a client stated it, or `uri:<address>` where nothing but that is known.
 */
export function versionId(org: string, collection: NodeId, of: VersionIdentity): NodeId {
  const kind = versionKindOf(of.kind);
  const { identity: name, incarnation } = of;
  return nodeId({ org, container: collection, kind, name, ...(incarnation && { incarnation }) });
}

export interface VersionIdentity {
  readonly kind: CollectionKind;
  readonly identity: string;
  /** How often the same content was deleted before. */
  readonly incarnation?: number;
}

/** What a version is, as its name states it. */
export function identityOf(of: {
  readonly identity: 'manifest' | 'content' | 'address';
  readonly digest: string | null;
  readonly uri: string | null;
}): string {
  return of.digest === null ? `uri:${of.uri}` : `${of.identity}:${of.digest}`;
}

export function aliasId(org: string, collection: NodeId, name: string): NodeId {
  return nodeId({ org, container: collection, kind: 'ALIAS', name });
}

/** A registered model lives in a project, its registry, and is named within that. */
export function registeredModelId(org: string, project: NodeId, name: string): NodeId {
  return nodeId({ org, container: project, kind: 'REGISTERED_MODEL', name });
}

/** A version is registered under a model once, so the version names the registration. */
export function registrationId(org: string, model: NodeId, version: NodeId): NodeId {
  return nodeId({ org, container: model, kind: 'REGISTRATION', name: version });
}

/** The alias that follows the newest version. */
export const LATEST = 'latest';

const VERSION_NAME = /^v(0|[1-9]\d{0,14})$/;

/** The ordinal in `v7`, or undefined for an alias. */
export function ordinalOf(versionName: string): number | undefined {
  const digits = VERSION_NAME.exec(versionName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A path `team/project/name`. */
export interface ThingPath extends ProjectName {
  readonly name: string;
}

/** A path `team/project/name:v3` or `team/project/name:alias`. */
export interface VersionPath extends ThingPath {
  readonly version: string;
}

export function parseProjectPath(path: string): ProjectName {
  const [team, project, ...rest] = path.split('/');
  if (!team || !project || rest.length > 0) {
    throw invalidInput(`not a path of the form team/project: ${shown(path)}`);
  }
  return {
    team: checkPathName(team, "the team's name"),
    project: checkPathName(project, "the project's name"),
  };
}

export function parseThingPath(path: string): ThingPath {
  const [team, project, name, ...rest] = path.split('/');
  if (!team || !project || !name || rest.length > 0) {
    throw invalidInput(`not a path of the form team/project/name: ${shown(path)}`);
  }
  return { ...parseProjectPath(`${team}/${project}`), name: checkPathName(name, 'the name') };
}

export function parseVersionPath(path: string): VersionPath {
  const colon = path.lastIndexOf(':');
  const version = path.slice(colon + 1);
  if (colon < 0 || version === '') {
    throw invalidInput(`not a path of the form team/project/name:version: ${shown(path)}`);
  }
  const thing = parseThingPath(path.slice(0, colon));
  return { ...thing, version: checkPathName(version, 'the version') };
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
