import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { NamedEnds } from '../../../commands/named-ends.ts';
import { recordLineage } from '../../../commands/record-lineage.ts';
import { setAliases } from '../../../commands/set-aliases.ts';
import { DomainError, isDomainError } from '../../../domain/errors.ts';
import { projectIdOf } from '../../../projections/find-by-path.ts';
import type { GraphContext } from '../graph-context.ts';
import { RecordLineageInput } from '../inputs/record-lineage-input.ts';
import { SetAliasInput } from '../inputs/set-alias-input.ts';
import { namedVersions, ownersOf } from '../named-datasets.ts';
import { RecordLineagePayload } from '../payloads/record-lineage-payload.ts';
import { SetAliasPayload } from '../payloads/set-alias-payload.ts';
import { submit } from '../submit.ts';

@Resolver()
export class LineageMutations {
  @Mutation(() => RecordLineagePayload, {
    description: 'Records which versions a run read and which it made.',
  })
  async recordLineage(
    @Arg('input', () => RecordLineageInput, { description: 'The run, its inputs and outputs.' })
    input: RecordLineageInput,
    @Ctx() context: GraphContext,
  ) {
    const { run, inputs, outputs, occurredAt, idempotencyKey } = input;
    await requireInProject(run, input.project, context);
    const at = occurredAt ?? undefined;
    const asked = { run, inputs, outputs, ...namedIn(input, context), occurredAt: at };
    const { subject, fact } = await submit(recordLineage, { ...asked, idempotencyKey }, context);
    return { run: subject, fact };
  }

  @Mutation(() => SetAliasPayload, {
    description: 'Lets an alias lead to a version from now on, whatever it led to before.',
  })
  async setAlias(
    @Arg('input', () => SetAliasInput, { description: 'The alias and the version.' })
    input: SetAliasInput,
    @Ctx() context: GraphContext,
  ) {
    const { version, alias, occurredAt, idempotencyKey } = input;
    const at = occurredAt ?? undefined;
    const asked = { version, add: [alias], remove: [], occurredAt: at, idempotencyKey };
    const { subject, fact } = await submit(setAliases, asked, context).catch((error: unknown) => {
      throw asAskedFor(error);
    });
    return { version: subject, fact };
  }
}

/** Versions by the names that stores give; nothing where none is named, as it always was. */
function namedIn(input: RecordLineageInput, { hub }: GraphContext): NamedEnds {
  const inputDatasets = namedVersions(input.inputDatasets);
  const outputDatasets = namedVersions(input.outputDatasets);
  const all = [...inputDatasets, ...outputDatasets];
  return all.length === 0 ? {} : { inputDatasets, outputDatasets, owners: ownersOf(all, hub) };
}

/** The command sets several aliases at once; a refusal names it as the client asked for it. */
function asAskedFor(error: unknown): unknown {
  const { operation } = setAliases;
  if (!isDomainError(error) || !error.message.startsWith(`${operation} `)) return error;
  const message = `setAlias${error.message.slice(operation.length)}`;
  return new DomainError(error.code, message, { details: error.details, cause: error });
}

/** A project that is named wrongly is a mistake of the caller, not a detail to overlook. */
async function requireInProject(run: string, project: string, context: GraphContext) {
  const row = await context.loaders.node.load(run);
  // One that may not be seen is refused by the command, which puts that on record.
  if (row === null || row.project === projectIdOf(context.hub.org, project)) return;
  throw new DomainError('NOT_FOUND', `there is no run ${run} in the project ${project}`);
}
