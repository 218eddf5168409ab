import { invalidInput } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { canonicalJson } from '../../domain/values/canonical-json.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import { encodeValue } from '../../domain/values/value.ts';
import { mayReadProject } from '../../projections/readable-by.ts';
import type { PendingArtifacts } from './pending-artifacts.ts';
import { pendingShape } from './pending-shape.ts';
import { personalTextOf } from './personal-texts.ts';
import {
  existingVersion,
  versionOfClient,
  versionOfText,
  versionOfWireId,
} from './version-lookup.ts';
import { type Shape, visibleNode, type WandbContext } from './wandb-context.ts';
import { textOfWireId, wireId } from './wire-ids.ts';

interface UpdateArtifactArguments {
  readonly artifactID: string;
  readonly description?: string | null;
  readonly metadata?: string | null;
  readonly tagsToAdd?: readonly unknown[] | null;
  readonly tagsToDelete?: readonly unknown[] | null;
}

/** Root fields that look artifacts up by an id, or change what was said of them. */
export function artifactFields(pendings: PendingArtifacts) {
  return {
    artifact: async ({ id }: { readonly id: string }, context: WandbContext) => {
      const version = await versionOfWireId(context, id);
      if (version) context.notes.opened(version);
      return version ? context.shapes.version(version, context) : pending(id, context, pendings);
    },

    clientIDMapping: async ({ clientID }: { readonly clientID: string }, context: WandbContext) => {
      const { ref } = context.reader.actor;
      const own = await pendings.ofClient(ref, clientID);
      const named = own === null ? null : await namedByText(own, context, pendings);
      const text = named ?? (await versionOfClient(context, clientID))?.id;
      return text === undefined ? null : { serverID: wireId('Artifact', text) };
    },

    updateArtifact: async (
      { input }: { readonly input: UpdateArtifactArguments },
      context: WandbContext,
    ) => {
      const version = await existingVersion(context, input.artifactID);
      await refuseChanges(version, input, context);
      return { artifact: context.shapes.version(version, context) };
    },
  };
}

async function pending(
  id: string,
  context: WandbContext,
  pendings: PendingArtifacts,
): Promise<Shape | null> {
  const uuid = textOfWireId('Artifact', id);
  const found = uuid === undefined ? null : await pendings.find(uuid);
  const project = found && (await visibleNode(context, found.project));
  return found && project ? pendingShape(found, project, context) : null;
}

/** The version that a text names, or the upload that it still is. */
async function namedByText(
  text: string,
  context: WandbContext,
  pendings: PendingArtifacts,
): Promise<string | null> {
  const version = await versionOfText(context, text);
  if (version) return version.id;
  const found = await pendings.find(text);
  return found !== null && mayReadProject(context.reader, found.project) ? text : null;
}

/** Saving an artifact sends everything that is known of it; what is so already needs no change. */
async function refuseChanges(
  version: NodeRow,
  input: UpdateArtifactArguments,
  { hub }: WandbContext,
): Promise<void> {
  const { description, metadata, tagsToAdd, tagsToDelete } = input;
  const known = await personalTextOf(hub, version.props, 'description');
  const encoded = metadata ? encodeValue(parseLosslessJson(metadata)) : null;
  const changes = [
    description && description !== known ? 'the description' : null,
    encoded !== null && canonicalJson(encoded) !== canonicalJson(version.props.metadata ?? {})
      ? 'the metadata'
      : null,
    tagsToAdd?.length || tagsToDelete?.length ? 'the tags' : null,
  ].filter((change) => change !== null);
  if (changes.length === 0) return;
  throw invalidInput(
    `${changes.join(' and ')} of a committed version cannot be changed; log a new version`,
  );
}
