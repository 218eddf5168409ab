import { DomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import {
  type CollectionKind,
  isVersionKind,
  VERSION_KINDS,
  versionKindOf,
} from '../../domain/lineage/kinds.ts';
import { LATEST } from '../../domain/lineage/names.ts';
import { versionIdOf } from '../../projections/find-by-path.ts';
import { collectionByName } from './collection-lookup.ts';
import { visibleNode, type WandbContext } from './wandb-context.ts';
import { textOfWireId } from './wire-ids.ts';

/** Schemes of the foreign names that this door gives to versions. */
export const ARTIFACT_SCHEME = 'wandb-artifact:';
export const DIGEST_SCHEME = 'wandb-digest:';
export const CLIENT_SCHEME = 'wandb-client:';

/** Most collections that could hold one content under one wandb digest in a project. */
const SAME_DIGEST_MAX = 1_000;
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

export async function existingVersion(context: WandbContext, id: string): Promise<NodeRow> {
  const version = await versionOfWireId(context, id);
  if (version) return version;
  throw new DomainError('NOT_FOUND', `there is no committed artifact with the id ${id}`);
}

/** The version that a client named by an id of its own. */
export async function versionOfClient(
  { hub, reader }: WandbContext,
  clientID: string,
): Promise<NodeRow | null> {
  const [found] = await hub.store.list({
    scope: reader.scope,
    kinds: VERSION_KINDS,
    identifiers: [`${CLIENT_SCHEME}${clientID}`],
    order: 'id',
    limit: 1,
  });
  return found ?? null;
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
  return WANDB_DIGEST.test(version) ? versionByDigest(context, collection, version) : null;
}

/** The version of a collection that has this content, by wandb's digest. */
export async function versionByDigest(
  { hub, reader }: WandbContext,
  collection: Pick<NodeRow, 'id' | 'kind' | 'project'>,
  digest: string,
): Promise<NodeRow | null> {
  const rows = await hub.store.list({
    scope: reader.scope,
    kinds: [versionKindOf(collection.kind as CollectionKind)],
    project: collection.project ?? undefined,
    identifiers: [`${DIGEST_SCHEME}${digest}`],
    order: 'id',
    limit: SAME_DIGEST_MAX,
  });
  return rows.find(({ props }) => props.collection === collection.id) ?? null;
}
