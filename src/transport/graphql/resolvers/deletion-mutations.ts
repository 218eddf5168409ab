import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { deleteRun } from '../../../commands/delete-run.ts';
import { deleteVersion } from '../../../commands/delete-version.ts';
import type { GraphContext } from '../graph-context.ts';
import { personalOf } from '../input-values.ts';
import { DeleteRunInput } from '../inputs/delete-run-input.ts';
import { DeleteVersionInput } from '../inputs/delete-version-input.ts';
import { DeleteRunPayload } from '../payloads/delete-run-payload.ts';
import { DeleteVersionPayload } from '../payloads/delete-version-payload.ts';
import { submit } from '../submit.ts';

@Resolver()
export class DeletionMutations {
  @Mutation(() => DeleteVersionPayload, {
    description:
      'Deletes a version that nothing depends on: no alias but "latest", no registered model, no ' +
      'run that used it. Its place in lineage and its facts stay.',
  })
  async deleteVersion(
    @Arg('input', () => DeleteVersionInput, { description: 'The version to delete.' })
    { version, deleteAliases, reason, idempotencyKey }: DeleteVersionInput,
    @Ctx() context: GraphContext,
  ) {
    const asked = {
      version,
      aliases: deleteAliases ? ('delete' as const) : ('keep' as const),
      personal: personalOf({ reason }, context),
      idempotencyKey,
    };
    const { subject, fact } = await submit(deleteVersion, asked, context);
    return { version: subject, fact };
  }

  @Mutation(() => DeleteRunPayload, {
    description:
      'Deletes a run that has ended and whose versions are deleted, or go with it. Its place in ' +
      'lineage and its facts stay, and its name is free for a new run.',
  })
  async deleteRun(
    @Arg('input', () => DeleteRunInput, { description: 'The run to delete.' })
    { run, deleteVersions, reason, idempotencyKey }: DeleteRunInput,
    @Ctx() context: GraphContext,
  ) {
    const asked = {
      run,
      versions: deleteVersions ? ('delete' as const) : ('keep' as const),
      personal: personalOf({ reason }, context),
      idempotencyKey,
    };
    const { subject, fact } = await submit(deleteRun, asked, context);
    return { run: subject, fact };
  }
}
