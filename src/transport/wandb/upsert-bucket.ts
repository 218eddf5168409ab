import { createRun, type RunDescription } from '../../commands/create-run.ts';
import { resumeRun } from '../../commands/finish-run.ts';
import { updateRun } from '../../commands/update-run.ts';
import { invalidInput } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { publicRepositoryAddress } from '../../domain/lineage/repository-address.ts';
import { isFinalStatus } from '../../domain/lineage/run-status.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { currentRunId } from '../../projections/find-by-path.ts';
import { mayRead } from '../../projections/readable-by.ts';
import { joinedDefinitions } from './metric-notes.ts';
import { personalTextOf } from './personal-texts.ts';
import { ensureProject } from './project-lookup.ts';
import type { RunActivity } from './run-activity.ts';
import {
  CLIENT_KEY,
  commitOf,
  type PersonalTexts,
  speaksOfWriters,
  splitConfig,
} from './run-config.ts';
import { isToStop, runOfWireId } from './run-lookup.ts';
import { encodedSummary } from './run-summary.ts';
import type { Turns } from './turns.ts';
import { type Shape, submit, type WandbContext } from './wandb-context.ts';
import { wireId } from './wire-ids.ts';

type Nullable<T> = T | null | undefined;
type Code = NonNullable<RunDescription['code']>;

export interface UpsertBucketArguments {
  readonly id?: Nullable<string>;
  readonly name?: Nullable<string>;
  readonly groupName?: Nullable<string>;
  readonly modelName?: Nullable<string>;
  readonly entityName?: Nullable<string>;
  readonly displayName?: Nullable<string>;
  readonly notes?: Nullable<string>;
  readonly config?: Nullable<string>;
  readonly commit?: Nullable<string>;
  readonly host?: Nullable<string>;
  readonly jobProgram?: Nullable<string>;
  readonly jobRepo?: Nullable<string>;
  readonly jobType?: Nullable<string>;
  readonly tags?: Nullable<readonly string[]>;
  readonly summaryMetrics?: Nullable<string>;
}

/** What upserts are written with: whether runs are heard of, and the turns of each run. */
interface Upserting {
  readonly activity: RunActivity;
  readonly turns: Turns;
}

export const upsertBucketFields = ({ activity, turns }: Upserting) => ({
  upsertBucket: async (
    { input }: { readonly input: UpsertBucketArguments },
    context: WandbContext,
  ): Promise<{ readonly bucket: Shape; readonly inserted: boolean }> => {
    const written = input.name
      ? await runOfClient(context, input)
      : { run: await runToChange(context, input), inserted: false, context };
    const { run, inserted } = written;
    const complete = inserted && !input.summaryMetrics;
    // What the request says is joined with what is there, which others may be changing.
    const changed = complete
      ? run
      : await turns.take(run.id, async () => change(context, await rowOf(context, run.id), input));
    if (isFromProcess(input)) await activity.note(run.id);
    return { bucket: bucketOf(changed, written.context), inserted };
  },
});

/** A process that trains says where it runs; the public API makes and changes runs without that. */
function isFromProcess({ name, host, jobProgram }: UpsertBucketArguments): boolean {
  return Boolean(name && (host || jobProgram));
}

/**
 * A process that starts says where it runs and nothing of itself yet; what the SDK tells later
 * names its writer. One that joins a shared run replaces nobody.
 */
function isStart(input: UpsertBucketArguments, { sharedClient }: WandbContext): boolean {
  if (!isFromProcess(input) || sharedClient !== null) return false;
  return !speaksOfWriters(input.config ?? '{}');
}

/**
 * Whoever may write and not read learns the id and the name, with which the SDK goes on, and
 * nothing else of the run that is there.
 */
function bucketOf(run: NodeRow, context: WandbContext): Shape {
  if (mayRead(context.reader, run)) return context.shapes.run(run, context);
  return { __typename: 'Run', id: wireId('Run', run.id), name: run.name };
}

/** The public API changes a run by its id; whether the run still goes on does not matter. */
function runToChange(context: WandbContext, { id }: UpsertBucketArguments): Promise<NodeRow> {
  if (!id) throw invalidInput('a run is named by its id or by its name');
  return runOfWireId(context, id);
}

/**
 * A process that trains names its run and its project. When the run was over, or another process
 * was asked to stop, it takes the run up again.
 */
async function runOfClient(asking: WandbContext, input: UpsertBucketArguments) {
  const { hub } = asking;
  const { modelName: name, entityName } = input;
  const write = { operation: 'upsertBucket', what: 'a run' };
  const { project, context } = await ensureProject(asking, { name, entityName }, write);
  const id = await currentRunId(hub, { project: project.id, name: input.name as string });
  const [found] = await hub.store.get([id]);
  if (!found) {
    const receipt = await submit(context, createRun, await creation(context, project, input));
    const run = await rowOf(context, receipt.subject?.id ?? id);
    return { run, inserted: receipt.outcome === 'recorded', context };
  }
  const takesUp = isFinalStatus(found.props.status) || (isToStop(found) && isStart(input, context));
  if (!takesUp) return { run: found, inserted: false, context };
  await submit(context, resumeRun, { run: id, stopRequest: 'clear' });
  return { run: await rowOf(context, id), inserted: false, context };
}

async function creation(context: WandbContext, project: NodeRow, input: UpsertBucketArguments) {
  const { set, personal } = said(input, {});
  return {
    project: project.id,
    name: input.name as string,
    job: null,
    ifExists: 'return' as const,
    ...EMPTY_DESCRIPTION,
    ...set,
    personal: personalOf(context, personal),
  };
}

/** Brings what the request says into the run; what is so already makes no fact. */
async function change(
  context: WandbContext,
  run: NodeRow,
  input: UpsertBucketArguments,
): Promise<NodeRow> {
  const now = said(input, run.props);
  const set = context.sharedClient === null ? now.set : withOthers(now.set, run.props);
  const { personal } = now;
  const news = await changedTexts(context, run, personal);
  const summary = summaryOf(input);
  const recorded = summary !== null && isFinalStatus(run.props.status) ? { summary } : {};
  const receipt = await submit(context, updateRun, {
    run: run.id,
    set: { ...set, ...recorded },
    clear: [],
    personal: personalOf(context, news),
  });
  // The command has asked whether the sender may write; the line that clients read comes after.
  if (summary !== null) await writeSummary(context, run, input.summaryMetrics as string);
  return receipt.outcome === 'recorded' ? rowOf(context, run.id) : run;
}

const EMPTY_DESCRIPTION: RunDescription = {
  displayName: null,
  group: null,
  jobType: null,
  tags: [],
  config: {},
  environment: {},
  code: null,
  client: null,
};

/** Of processes that share a run each sends its own part of the config; the rest stays. */
function withOthers(set: Said['set'], props: JsonObject): Said['set'] {
  const before = (props.client as JsonObject | undefined)?.[CLIENT_KEY] as JsonObject | undefined;
  const after = set.client?.[CLIENT_KEY] as JsonObject | undefined;
  return {
    ...set,
    ...(set.config && { config: { ...(props.config as JsonObject), ...set.config } }),
    ...(set.client && { client: { ...set.client, [CLIENT_KEY]: { ...before, ...after } } }),
  };
}

const NOTHING_DESCRIBED = {
  config: undefined,
  client: undefined,
  environment: undefined,
  code: undefined,
  personal: {},
};

interface Said {
  readonly set: Partial<RunDescription>;
  readonly personal: PersonalTexts;
}

/** What the request says, in the hub's words. What is null is not spoken of. */
function said(input: UpsertBucketArguments, props: JsonObject): Said {
  const { displayName, groupName: group, jobType, tags, notes, host, jobProgram: program } = input;
  const { personal, ...described } = describedByConfig(input, props);
  const code = withDirt(described.code ?? codeOf(input), props);
  return {
    set: {
      ...present({ displayName, group, jobType, tags }),
      ...present({ ...described, code }),
    },
    personal: { ...personal, ...present({ notes, host, program }) },
  };
}

function describedByConfig({ config: text }: UpsertBucketArguments, props: JsonObject) {
  if (text === null || text === undefined) {
    return NOTHING_DESCRIBED;
  }
  const split = splitConfig(text);
  const client = split.client && {
    ...(props.client as JsonObject | undefined),
    [CLIENT_KEY]: withDefinitions(split.client, props),
  };
  return { ...split, client };
}

/** A process that takes a run up does not know what was said of its metrics before. */
function withDefinitions(notes: JsonObject, { client }: JsonObject): JsonObject {
  const known = (client as JsonObject | null | undefined)?.[CLIENT_KEY] as JsonObject | undefined;
  if (known?.m === undefined && notes.m === undefined) return notes;
  return { ...notes, m: joinedDefinitions(known?.m, notes.m) };
}

function codeOf({ jobRepo, commit }: UpsertBucketArguments): Code | undefined {
  if (!jobRepo && !commit) return undefined;
  const repository = jobRepo ? publicRepositoryAddress(jobRepo) : null;
  return { repository, commit: commitOf(commit ?? undefined), dirty: null };
}

/** The SDK says by a file of its own that code differed from its commit, so that stays known. */
function withDirt(code: Code | undefined, props: JsonObject): Code | undefined {
  const known = props.code as JsonObject | null | undefined;
  if (!code || known?.dirty === undefined) return code;
  if (known.commit !== null && known.commit !== code.commit) return code;
  return { ...code, dirty: known.dirty as boolean | null };
}

/** Null and what is not there, left out; empty texts of a person too: they say nothing. */
function present<T extends object>(entries: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept = Object.entries(entries).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: NonNullable<T[K]> };
}

function personalOf({ reader }: WandbContext, texts: PersonalTexts) {
  const values = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
  return Object.keys(values).length === 0 ? [] : [{ person: reader.actor.ref, values }];
}

/** The SDK repeats notes, host and program in each request; only news goes on record. */
async function changedTexts(
  { hub }: WandbContext,
  run: NodeRow,
  texts: PersonalTexts,
): Promise<PersonalTexts> {
  const entries = await Promise.all(
    Object.entries(texts).map(async ([field, text]) => {
      const known = await personalTextOf(hub, run.props, field);
      return known === text ? [] : [[field, text] as const];
    }),
  );
  return Object.fromEntries(entries.flat());
}

/** A summary that the public API sends; of a run that is over, it goes on record. */
function summaryOf({ summaryMetrics: text }: UpsertBucketArguments): JsonObject | null {
  if (text === null || text === undefined) return null;
  const summary = encodedSummary(text);
  if (summary === null) throw invalidInput('the summary is not a JSON object');
  return summary;
}

async function writeSummary({ hub }: WandbContext, run: NodeRow, text: string): Promise<void> {
  await hub.telemetry.append(run.id, [{ stream: 'summary', offset: 0, lines: [text] }]);
}

async function rowOf({ hub }: WandbContext, id: string): Promise<NodeRow> {
  const [row] = await hub.store.get([id]);
  return row as NodeRow;
}
