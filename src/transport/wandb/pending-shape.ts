import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { collectionId } from '../../domain/lineage/names.ts';
import { decodeValue } from '../../domain/values/value.ts';
import { jsonTextOf } from './json-text.ts';
import type { PendingArtifact } from './pending-artifacts.ts';
import { openDescription } from './pending-description.ts';
import { NO_TTL, tagShape, typeShape } from './version-shape.ts';
import { type Shape, visibleNode, type WandbContext } from './wandb-context.ts';
import { wireId } from './wire-ids.ts';
import { wireTime } from './wire-time.ts';

/** How an upload under way shows as wandb's type `Artifact`. */
export function pendingShape(
  pending: PendingArtifact,
  project: NodeRow,
  context: WandbContext,
): Shape {
  return {
    __typename: 'Artifact',
    id: wireId('Artifact', pending.uuid),
    artifactSequence: () => sequenceOf(pending, project, context),
    versionIndex: null,
    artifactType: typeShape(pending.type, project),
    description: () => openDescription(context.hub, pending),
    metadata: jsonTextOf(decodeValue(pending.metadata)),
    ttlDurationSeconds: NO_TTL,
    ttlIsInherited: false,
    tags: pending.tags.map(tagShape),
    historyStep: pending.historyStep,
    state: 'PENDING',
    size: 0,
    digest: pending.digest,
    digestAlgorithm: 'MANIFEST_MD5',
    commitHash: null,
    fileCount: 0,
    createdAt: wireTime(pending.createdAt),
    updatedAt: null,
    aliases: [],
    createdBy: null,
  };
}

/** The collection, which the first commit makes. */
async function sequenceOf(
  { kind, name, type }: PendingArtifact,
  project: NodeRow,
  context: WandbContext,
): Promise<Shape> {
  const id = collectionId(context.hub.org, { project: project.id, kind, name });
  const row = await visibleNode(context, id);
  if (row) return context.shapes.collection(row, context);
  return {
    __typename: 'ArtifactSequence',
    id: wireId('ArtifactCollection', id),
    name,
    description: null,
    createdAt: wireTime(project.recordedAt),
    project: () => context.shapes.project(project, context),
    defaultArtifactType: typeShape(type, project),
    tags: { edges: [] },
    latestArtifact: null,
  };
}
