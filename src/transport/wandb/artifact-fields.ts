import { mayReadProject } from '../../projections/readable-by.ts';
import type { PendingArtifacts } from './pending-artifacts.ts';
import { pendingShape } from './pending-shape.ts';
import { versionOfClient, versionOfText, versionOfWireId } from './version-lookup.ts';
import { type Shape, visibleNode, type WandbContext } from './wandb-context.ts';
import { textOfWireId, wireId } from './wire-ids.ts';

/** Root fields that look artifacts up by an id. */
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
