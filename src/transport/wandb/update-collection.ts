import type { TagChanges } from '../../commands/merged-tags.ts';
import { updateCollection } from '../../commands/update-collection.ts';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { isCollectionKind } from '../../domain/lineage/kinds.ts';
import { tagsOf } from '../../domain/lineage/tags.ts';
import { collectionByName, wireTypeOf } from './collection-lookup.ts';
import { newDescription } from './new-description.ts';
import { findProject } from './project-lookup.ts';
import { namesOf, type TagInput } from './update-artifact.ts';
import { tagShape } from './version-shape.ts';
import { readRow, submit, visibleNode, type WandbContext } from './wandb-context.ts';
import { textOfWireId } from './wire-ids.ts';

interface UpdateSequenceArguments {
  readonly artifactSequenceID: string;
  readonly name?: string | null;
  readonly description?: string | null;
}

interface MoveSequenceArguments {
  readonly artifactSequenceID: string;
  readonly destinationArtifactTypeName: string;
}

interface TagArguments {
  readonly entityName: string;
  readonly projectName: string;
  readonly artifactCollectionName: string;
  readonly tags: readonly TagInput[];
}

/** Root fields that change what is said of a collection. */
export const updateCollectionFields = {
  updateArtifactSequence: async (
    { input }: { readonly input: UpdateSequenceArguments },
    context: WandbContext,
  ) => {
    const row = await collectionOfWireId(input.artifactSequenceID, context);
    if (input.name && input.name.normalize('NFC') !== row.name) {
      throw invalidInput(
        `the artifact ${JSON.stringify(row.name)} cannot be renamed: names stay, so that what ` +
          'was recorded by them is found for ever',
      );
    }
    const said = await newDescription(row, input.description, context);
    await submit(context, updateCollection, { collection: row.id, set: {}, ...said });
    const now = await readRow(context, row.id);
    return { artifactCollection: context.shapes.collection(now, context) };
  },

  moveArtifactSequence: async (
    { input }: { readonly input: MoveSequenceArguments },
    context: WandbContext,
  ) => {
    const row = await collectionOfWireId(input.artifactSequenceID, context);
    if (input.destinationArtifactTypeName !== wireTypeOf(row)) {
      throw invalidInput(
        `the type of the artifact ${JSON.stringify(row.name)} cannot be changed: it stays ` +
          JSON.stringify(wireTypeOf(row)),
      );
    }
    return { artifactCollection: context.shapes.collection(row, context) };
  },

  createArtifactCollectionTagAssignments: async (
    { input }: { readonly input: TagArguments },
    context: WandbContext,
  ) => ({ tags: await setTags(input, { tagsToAdd: namesOf(input.tags) }, context) }),

  deleteArtifactCollectionTagAssignments: async (
    { input }: { readonly input: TagArguments },
    context: WandbContext,
  ) => {
    await setTags(input, { tagsToRemove: namesOf(input.tags) }, context);
    return { success: true };
  },
};

async function setTags(input: TagArguments, changes: TagChanges, context: WandbContext) {
  const { entityName, projectName: name, artifactCollectionName } = input;
  const project = await findProject(context, { entityName, name });
  const row = project && (await collectionByName(context, project, artifactCollectionName));
  if (!row) throw new DomainError('NOT_FOUND', `there is no artifact ${artifactCollectionName}`);
  await submit(context, updateCollection, { collection: row.id, set: {}, clear: [], ...changes });
  return tagsOf((await readRow(context, row.id)).props).map(tagShape);
}

async function collectionOfWireId(id: string, context: WandbContext): Promise<NodeRow> {
  const row = await visibleNode(context, textOfWireId('ArtifactCollection', id) ?? '');
  if (row && isCollectionKind(row.kind)) return row;
  throw new DomainError('NOT_FOUND', `there is no collection with the id ${id}`);
}
