import { updateVersion } from '../../commands/update-version.ts';
import { invalidInput } from '../../domain/errors.ts';
import { encodedMetadata } from './artifact-metadata.ts';
import { newDescription } from './new-description.ts';
import { refuseTimeToLive } from './time-to-live.ts';
import { existingVersion } from './version-lookup.ts';
import { readRow, submit, type WandbContext } from './wandb-context.ts';

export interface TagInput {
  readonly tagName: string;
}

interface UpdateArtifactArguments {
  readonly artifactID: string;
  readonly description?: string | null;
  readonly metadata?: string | null;
  readonly tagsToAdd?: readonly TagInput[] | null;
  readonly tagsToDelete?: readonly TagInput[] | null;
  readonly ttlDurationSeconds?: number | null;
  readonly aliases?: readonly unknown[] | null;
}

/**
 * Saving an artifact sends everything that is known of it; only what is new goes on record. A
 * field that is null stays, and an empty description takes the description away.
 */
export const updateArtifactFields = {
  updateArtifact: async (
    { input }: { readonly input: UpdateArtifactArguments },
    context: WandbContext,
  ) => {
    refuseTimeToLive(input.ttlDurationSeconds);
    if (input.aliases?.length) throw invalidInput('aliases are changed by addAliases');
    const version = await existingVersion(context, input.artifactID);
    const { metadata, tagsToAdd, tagsToDelete } = input;
    await submit(context, updateVersion, {
      version: version.id,
      set: metadata ? { metadata: encodedMetadata(metadata) } : {},
      tagsToAdd: namesOf(tagsToAdd),
      tagsToRemove: namesOf(tagsToDelete),
      ...(await newDescription(version, input.description, context)),
    });
    const row = await readRow(context, version.id);
    return { artifact: context.shapes.version(row, context) };
  },
};

export function namesOf(tags: readonly TagInput[] | null | undefined): string[] {
  return (tags ?? []).map(({ tagName }) => tagName);
}
