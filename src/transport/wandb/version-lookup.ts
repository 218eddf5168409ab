import { DomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import {
  type CollectionKind,
  isVersionKind,
  VERSION_KINDS,
  versionKindOf,
} from '../../domain/lineage/kinds.ts';
import { collectionId, LATEST } from '../../domain/lineage/names.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import { versionIdOf } from '../../projections/find-by-path.ts';
import { collectionByName } from './collection-lookup.ts';
import { isStored, wandbPartOf } from './version-manifest.ts';
import { refuseDeleted, visibleNode, type WandbContext } from './wandb-context.ts';
import { textOfWireId } from './wire-ids.ts';

/** Schemes of the foreign names that this door gives to versions. */
export const ARTIFACT_SCHEME = 'wandb-artifact:';
export const DIGEST_SCHEME = 'wandb-digest:';
export const CLIENT_SCHEME = 'wandb-client:';

/** Most collections of a project that could hold versions of one foreign name. */
const NAMESAKES_MAX = 1_000;
const WANDB_DIGEST = /^[0-9a-f]{32}$/;

/**
 * The version behind a wire id, or null: ids made before the commit hold a UUID that the version
 * keeps as a foreign name, ids of committed versions hold the node's own id.
 */
export async function versionOfWireId(context: WandbContext, id: string): Promise<NodeRow | null> {
  const text = textOfWireId('Artifact', id);
  return text === undefined ? null : versionOfText(context, text);
}

export async function versionOfText(context: WandbContext, text: string): Promise<NodeRow | null> {
  const row = await visibleNode(context, text);
  if (row) return isVersionKind(row.kind) ? row : null;
  const [named] = await context.hub.store.list({
    scope: context.reader.scope,
    kinds: VERSION_KINDS,
    identifiers: [`${ARTIFACT_SCHEME}${text}`],
    order: 'id',
    limit: 1,
  });
  return named ?? null;
}

/** What an upload was begun for. */
export interface UploadOf {
  readonly uuid: string;
  readonly project: NodeId;
  readonly kind: CollectionKind;
  readonly name: string;
}

/**
 * The version that an upload became. One that bears the upload's id in another collection, or
 * without its bytes, is not it.
 */
export async function versionOfUpload(
  { hub, reader }: WandbContext,
  { uuid, project, kind, name }: UploadOf,
): Promise<NodeRow | null> {
  const collection = collectionId(hub.org, { project, kind, name });
  const rows = await hub.store.list({
    scope: reader.scope,
    kinds: [versionKindOf(kind)],
    project,
    identifiers: [`${ARTIFACT_SCHEME}${uuid}`],
    order: 'id',
    limit: NAMESAKES_MAX,
  });
  return rows.find((row) => isOf(row, collection) && isStored(row)) ?? null;
}

export async function existingVersion(context: WandbContext, id: string): Promise<NodeRow> {
  const version = await versionOfWireId(context, id);
  if (version) return version;
  await refuseDeleted(context, textOfWireId('Artifact', id) ?? '');
  throw new DomainError('NOT_FOUND', `there is no committed artifact with the id ${id}`);
}

/**
 * The version that a client named by an id of its own. Clients choose these ids, so one that
 * several versions bear names none.
 */
export async function versionOfClient(
  { hub, reader }: WandbContext,
  clientID: string,
): Promise<NodeRow | null> {
  const [found, another] = await hub.store.list({
    scope: reader.scope,
    kinds: VERSION_KINDS,
    identifiers: [`${CLIENT_SCHEME}${clientID}`],
    order: 'id',
    limit: 2,
  });
  return found && !another ? found : null;
}

/** The version at `collection:version`, where the version is an alias, `v3` or wandb's digest. */
export async function versionByName(
  context: WandbContext,
  project: NodeRow,
  text: string,
): Promise<NodeRow | null> {
  const colon = text.indexOf(':');
  const [name, version] =
    colon < 0 ? [text, LATEST] : [text.slice(0, colon), text.slice(colon + 1)];
  const collection = await collectionByName(context, project, name);
  return collection && versionOfCollection(context, collection, version);
}

export async function versionOfCollection(
  context: WandbContext,
  collection: NodeRow,
  version: string,
): Promise<NodeRow | null> {
  const { org, store } = context.hub;
  const kind = collection.kind as CollectionKind;
  const id = await versionIdOf({ org, store }, { collection: collection.id, kind, version });
  if (id !== null) return visibleNode(context, id);
  if (!WANDB_DIGEST.test(version)) return null;
  const [found] = await versionsByDigest(context, collection, version);
  return found ?? null;
}

/** The versions of a collection that have this content, by wandb's digest; whole ones first. */
export async function versionsByDigest(
  { hub, reader }: WandbContext,
  collection: Pick<NodeRow, 'id' | 'kind' | 'project'>,
  digest: string,
): Promise<readonly NodeRow[]> {
  const rows = await hub.store.list({
    scope: reader.scope,
    kinds: [versionKindOf(collection.kind as CollectionKind)],
    project: collection.project ?? undefined,
    identifiers: [`${DIGEST_SCHEME}${digest}`],
    order: 'id',
    limit: NAMESAKES_MAX,
  });
  const within = rows.filter((row) => isOf(row, collection.id));
  return within.sort((a, b) => Number(isWhole(b)) - Number(isWhole(a)));
}

/** Whether the hub holds every file of a version that came by this door. */
export function isWhole(version: NodeRow): boolean {
  return isStored(version) && wandbPartOf(version)?.references === 0;
}

function isOf({ props }: NodeRow, collection: NodeId): boolean {
  return props.collection === collection;
}
