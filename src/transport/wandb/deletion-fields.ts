import { deleteRun } from '../../commands/delete-run.ts';
import { deleteVersion } from '../../commands/delete-version.ts';
import { DomainError } from '../../domain/errors.ts';
import { runOfWireId } from './run-lookup.ts';
import { existingVersion } from './version-lookup.ts';
import { readRow, submit, type WandbContext } from './wandb-context.ts';

interface DeleteArtifactArguments {
  readonly artifactID: string;
  readonly deleteAliases?: boolean | null;
}

interface DeleteRunArguments {
  readonly id: string;
  readonly deleteArtifacts?: boolean | null;
}

/** What the SDK deletes. It sends no reason, and shows the refusal of what something depends on. */
export const deletionFields = {
  deleteArtifact: async (
    { input }: { readonly input: DeleteArtifactArguments },
    context: WandbContext,
  ) => {
    const version = await existingVersion(context, input.artifactID);
    const aliases = input.deleteAliases ? 'delete' : 'keep';
    await submit(context, deleteVersion, { version: version.id, aliases });
    const row = await readRow(context, version.id);
    return { artifact: context.shapes.version(row, context) };
  },
  deleteRun: async ({ input }: { readonly input: DeleteRunArguments }, context: WandbContext) => {
    const { id } = await runOfWireId(context, input.id);
    const versions = input.deleteArtifacts ? 'delete' : 'keep';
    await submit(context, deleteRun, { run: id, versions });
    return { clientMutationId: null };
  },
  deleteArtifactSequence: () => {
    throw notDeletable('a collection is not deleted; delete its versions');
  },
  deleteFiles: () => {
    throw notDeletable('files of a run are not deleted by themselves; delete the run');
  },
};

function notDeletable(text: string): DomainError {
  return new DomainError('INVALID_INPUT', text);
}
