import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { createRun } from '../../../commands/create-run.ts';
import { finishRun } from '../../../commands/finish-run.ts';
import { stopRun } from '../../../commands/stop-run.ts';
import { type UpdateRunInput as Update, updateRun } from '../../../commands/update-run.ts';
import { invalidInput } from '../../../domain/errors.ts';
import { type FinalStatus, isFinalStatus } from '../../../domain/lineage/run-status.ts';
import { projectIdOf } from '../../../projections/find-by-path.ts';
import { endSummaryOfRun } from '../../../projections/run-summary.ts';
import { sealedRun } from '../../kept-run-files.ts';
import type { GraphContext } from '../graph-context.ts';
import { encodedObject, personalOf } from '../input-values.ts';
import type { CodeRevisionInput } from '../inputs/code-revision-input.ts';
import { CreateRunInput } from '../inputs/create-run-input.ts';
import { FinishRunInput } from '../inputs/finish-run-input.ts';
import { StopRunInput } from '../inputs/stop-run-input.ts';
import { UpdateRunInput } from '../inputs/update-run-input.ts';
import { mayWriteTo } from '../may-write-to.ts';
import { CreateRunPayload } from '../payloads/create-run-payload.ts';
import { FinishRunPayload } from '../payloads/finish-run-payload.ts';
import { StopRunPayload } from '../payloads/stop-run-payload.ts';
import { UpdateRunPayload } from '../payloads/update-run-payload.ts';
import { nameForRun } from '../run-names.ts';
import { submit } from '../submit.ts';

@Resolver()
export class RunMutations {
  @Mutation(() => CreateRunPayload, {
    description: 'Creates a run, which then goes on. For platforms that use no client library.',
  })
  async createRun(
    @Arg('input', () => CreateRunInput, { description: 'The run to create.' })
    input: CreateRunInput,
    @Ctx() context: GraphContext,
  ) {
    const project = projectIdOf(context.hub.org, input.project);
    const key = input.idempotencyKey;
    const asked = {
      project,
      name: input.name ?? nameForRun({ project, key }, context),
      job: input.job ?? null,
      displayName: input.displayName ?? null,
      group: input.group ?? null,
      jobType: input.jobType ?? null,
      tags: input.tags ?? [],
      config: encodedObject(input.config, 'config'),
      environment: encodedObject(input.environment, 'environment'),
      code: codeOf(input.code),
      client: null,
      ifExists: 'refuse' as const,
      personal: personalOf({ notes: input.notes }, context),
      occurredAt: input.occurredAt ?? undefined,
      idempotencyKey: key,
    };
    const { subject, fact } = await submit(createRun, asked, context);
    return { run: subject, fact };
  }

  @Mutation(() => UpdateRunPayload, { description: 'Changes what is said of a run.' })
  async updateRun(
    @Arg('input', () => UpdateRunInput, { description: 'The run and what changes.' })
    input: UpdateRunInput,
    @Ctx() context: GraphContext,
  ) {
    const asked = {
      run: input.run,
      set: changesOf(input),
      clear: input.notes === null ? (['notes'] as const) : [],
      personal: personalOf({ notes: input.notes }, context),
      occurredAt: input.occurredAt ?? undefined,
      idempotencyKey: input.idempotencyKey,
    };
    const { subject, fact } = await submit(updateRun, asked, context);
    return { run: subject, fact };
  }

  @Mutation(() => FinishRunPayload, {
    description: 'Puts the end of a run on record, with its results and its metric history.',
  })
  async finishRun(
    @Arg('input', () => FinishRunInput, { description: 'The run and how it ended.' })
    input: FinishRunInput,
    @Ctx() context: GraphContext,
  ) {
    const { status, exitCode, summary, occurredAt, idempotencyKey } = input;
    const asked = {
      run: input.run,
      status: finalStatus(status),
      exitCode: exitCode ?? null,
      summary: summary == null ? null : encodedObject(summary, 'summary'),
      ...(await telemetryOf(input.run, context)),
      occurredAt: occurredAt ?? undefined,
      idempotencyKey,
    };
    const { subject, fact } = await submit(finishRun, asked, context);
    return { run: subject, fact };
  }

  @Mutation(() => StopRunPayload, {
    description:
      'Asks the processes of a run to stop. The run goes on until its client has been told, and ' +
      'ends as the client ends it; the wandb SDK interrupts the script within some 15 seconds.',
  })
  async stopRun(
    @Arg('input', () => StopRunInput, { description: 'The run to stop.' })
    { run, occurredAt, idempotencyKey }: StopRunInput,
    @Ctx() context: GraphContext,
  ) {
    const asked = { run, occurredAt: occurredAt ?? undefined, idempotencyKey };
    const { subject, fact } = await submit(stopRun, asked, context);
    return { run: subject, fact };
  }
}

/** Only what was named; a field that is left out keeps its value. */
function changesOf(input: UpdateRunInput): Update['set'] {
  const { displayName, group, jobType, tags, config, environment, code } = input;
  const named: Record<string, unknown> = { displayName, group, jobType };
  if (tags !== undefined) named.tags = tags ?? [];
  if (config !== undefined) named.config = encodedObject(config, 'config');
  if (environment !== undefined) named.environment = encodedObject(environment, 'environment');
  if (code !== undefined) named.code = codeOf(code);
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function codeOf(code: CodeRevisionInput | null | undefined) {
  if (!code) return null;
  const { repository, commit, dirty } = code;
  return { repository: repository ?? null, commit: commit ?? null, dirty: dirty ?? null };
}

function finalStatus(status: string): FinalStatus {
  if (isFinalStatus(status)) return status;
  throw invalidInput('a run ends as FINISHED, FAILED, KILLED or CRASHED');
}

/**
 * What the hub holds of the run so far. Nothing is asked by a name that a client gave: an id that
 * is no run of theirs is refused by the command, which puts that on record. A key that may not
 * read what it writes ends a run with everything all the same.
 */
async function telemetryOf(run: string, context: GraphContext) {
  const { store, telemetry } = context.hub;
  const [row] = await store.get([run]);
  const isTheirs = row?.kind === 'RUN' && (await mayWriteTo([run], context));
  if (!isTheirs) return { liveSummary: {}, sealed: [] };
  const liveSummary = await endSummaryOfRun(row, telemetry);
  return { liveSummary, sealed: await sealedRun(context.hub, row.id) };
}
