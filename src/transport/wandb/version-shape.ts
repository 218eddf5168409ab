import type { Digest } from '../../domain/digest.ts';
import { hexOf } from '../../domain/digest.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { tagsOf } from '../../domain/lineage/tags.ts';
import { deletedAtOf } from '../../domain/lineage/tombstone.ts';
import { decodeValue } from '../../domain/values/value.ts';
import { firstMaker } from '../../projections/first-maker.ts';
import { wireTypeOf } from './collection-lookup.ts';
import { edgesAt } from './edge-lists.ts';
import { jsonTextOf } from './json-text.ts';
import { personalTextOf } from './personal-texts.ts';
import { aliasesOf, aliasShape } from './version-aliases.ts';
import {
  manifestShape,
  type VersionFileArguments,
  versionFileConnection,
} from './version-files.ts';
import { type VersionManifests, wandbPartOf } from './version-manifest.ts';
import { type Shape, visibleNode, visibleNodes, type WandbContext } from './wandb-context.ts';
import { wireId } from './wire-ids.ts';
import { wireTime } from './wire-time.ts';

/** Versions do not end by themselves. */
export const NO_TTL = -2;

/** How a committed version shows as wandb's type `Artifact`. */
export function versionShape(
  row: NodeRow,
  context: WandbContext,
  manifests: VersionManifests,
): Shape {
  const { hub } = context;
  const { props } = row;
  const part = wandbPartOf(row);
  return {
    __typename: 'Artifact',
    id: wireId('Artifact', row.id),
    artifactSequence: () => collectionOf(row, context),
    versionIndex: Number(props.ordinal),
    artifactType: typeShape(wireTypeOf(row), row),
    description: () => personalTextOf(hub, props, 'description'),
    metadata: () => jsonTextOf(decodeValue(props.metadata ?? {})),
    ttlDurationSeconds: NO_TTL,
    ttlIsInherited: false,
    tags: tagsOf(props).map(tagShape),
    historyStep: part?.historyStep ?? null,
    state: deletedAtOf(row) === undefined ? 'COMMITTED' : 'DELETED',
    size: props.sizeBytes ?? 0,
    digest: part?.digest ?? (props.digest ? hexOf(props.digest as Digest) : ''),
    digestAlgorithm: 'MANIFEST_MD5',
    commitHash: props.digest ? hexOf(props.digest as Digest) : null,
    fileCount: props.fileCount ?? 0,
    createdAt: wireTime(row.recordedAt),
    updatedAt: null,
    aliases: async () => {
      const collection = await collectionOf(row, context);
      return (await aliasesOf(row, context)).map((alias) => aliasShape(alias, collection));
    },
    currentManifest: () => manifestShape(row, { context, manifests }),
    createdBy: () => creatorOf(row, context),
    usedBy: () => readersOf(row, context),
    artifactMemberships: () => ({ edges: [{ node: context.shapes.membership(row, context) }] }),
  };
}

/** A version in its collection, which is where the SDK asks for its files. */
export function membershipShape(
  row: NodeRow,
  context: WandbContext,
  manifests: VersionManifests,
): Shape {
  return {
    __typename: 'ArtifactCollectionMembership',
    id: wireId('Membership', row.id),
    versionIndex: Number(row.props.ordinal),
    createdAt: wireTime(row.recordedAt),
    aliases: async () => (await aliasesOf(row, context)).map((alias) => aliasShape(alias, null)),
    artifactCollection: () => collectionOf(row, context),
    artifact: () => context.shapes.version(row, context),
    files: (args: VersionFileArguments) => {
      context.notes.opened(row);
      return versionFileConnection(row, args, { context, manifests });
    },
  };
}

export function typeShape(type: string, of: NodeRow): Shape {
  return {
    __typename: 'ArtifactType',
    id: wireId('ArtifactType', `${of.project}:${type}`),
    name: type,
    description: null,
    createdAt: wireTime(of.recordedAt),
  };
}

export function tagShape(name: string): Shape {
  return { __typename: 'Tag', id: `tag:${name}`, name };
}

async function collectionOf(row: NodeRow, context: WandbContext): Promise<Shape | null> {
  const collection = await visibleNode(context, String(row.props.collection));
  return collection && context.shapes.collection(collection, context);
}

/** The run of its project that made it first; others may have made the same bytes again. */
async function creatorOf(row: NodeRow, context: WandbContext): Promise<Shape | null> {
  const at = { node: row.id, kind: 'WAS_GENERATED_BY', direction: 'OUT' } as const;
  const edges = await edgesAt(context.hub, at);
  const ids = edges.map(({ to }) => to);
  const run = firstMaker(row, await visibleNodes(context, ids));
  return run && context.shapes.run(run, context);
}

async function readersOf(row: NodeRow, context: WandbContext) {
  const at = { node: row.id, kind: 'USED', direction: 'IN' } as const;
  const edges = await edgesAt(context.hub, at);
  const runs = await visibleNodes(
    context,
    edges.map(({ from }) => from),
  );
  const pageInfo = { __typename: 'PageInfo', endCursor: null, hasNextPage: false };
  return { edges: runs.map((run) => ({ node: context.shapes.run(run, context) })), pageInfo };
}
