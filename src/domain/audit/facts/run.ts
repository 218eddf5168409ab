import { z } from 'zod';
import type { Change } from '../../lineage/change.ts';
import { RUN_STATUSES } from '../../lineage/run-status.ts';
import type { Json } from '../../values/value.ts';
import {
  encodedObject,
  type FactView,
  factType,
  id,
  leaf,
  nullableText,
  personal,
  personalProps,
} from '../fact-type.ts';

const run = z.strictObject({ id, name: z.string(), project: id });
const code = z.strictObject({
  repository: nullableText,
  commit: nullableText,
  dirty: z.boolean().nullable(),
});

/** What a client may say of a run, at its start or later. Null takes a value away. */
const told = {
  displayName: nullableText,
  group: nullableText,
  jobType: nullableText,
  tags: z.array(z.string()),
  config: encodedObject,
  environment: encodedObject,
  code: code.nullable(),
  /** What the client's own library keeps in the run and wants back unchanged. */
  client: encodedObject.nullable(),
};

const description = {
  displayName: leaf(told.displayName),
  group: leaf(told.group),
  jobType: leaf(told.jobType),
  tags: leaf(told.tags),
  config: leaf(told.config),
  environment: leaf(told.environment),
  code: leaf(told.code),
  client: leaf(told.client),
};

/** Strict: neither the hub's own properties nor a person's can be set by this way. */
const update = z.strictObject({ ...told, summary: encodedObject }).partial();
export type RunUpdate = z.infer<typeof update>;

const personalFields = {
  notes: personal(),
  host: personal(),
  program: personal(),
  login: personal(),
  gitAuthor: personal(),
};
const PERSONAL = ['notes', 'host', 'program', 'login', 'gitAuthor'] as const;
export type RunPersonalField = (typeof PERSONAL)[number];

function putRun(
  fact: FactView<{ readonly run: z.infer<typeof run> }>,
  set: Record<string, Json | undefined>,
): Change {
  const { id: own, name, project } = fact.data.run;
  return { op: 'put', id: own, kind: 'RUN', project, name, set };
}

export const runCreated = factType({
  type: 'run.created',
  version: 1,
  fields: {
    run: leaf(run),
    incarnation: leaf(z.number().int()),
    job: leaf(z.strictObject({ id, name: z.string(), created: z.boolean() }).nullable()),
    ...description,
    ...personalFields,
  },
  changes: (fact) => {
    const { run: own, job, incarnation, ...rest } = fact.data;
    const changes: Change[] = [
      putRun(fact, {
        ...rest,
        incarnation,
        status: 'RUNNING',
        startedAt: fact.occurredAt ?? fact.recordedAt,
        job: job?.id,
        ...personalProps(fact, PERSONAL),
      }),
      { op: 'open', kind: 'WAS_ASSOCIATED_WITH', from: own.id, to: fact.actor.ref },
    ];
    if (job?.created) {
      const { id: jobId, name } = job;
      changes.push({
        op: 'put',
        id: jobId,
        kind: 'JOB',
        project: own.project,
        name,
        set: {},
      });
    }
    return changes;
  },
});

/** Only what changed is in `set`; a key with null takes the value away. */
export const runUpdated = factType({
  type: 'run.updated',
  version: 1,
  fields: {
    run: leaf(run),
    set: leaf(update),
    /** Personal fields that were taken away. */
    cleared: leaf(z.array(z.enum(PERSONAL))),
    ...personalFields,
  },
  changes: (fact) => [
    putRun(fact, {
      ...fact.data.set,
      ...Object.fromEntries(fact.data.cleared.map((field) => [field, null])),
      ...personalProps(fact, PERSONAL),
    }),
  ],
});

const sealedStream = z.strictObject({
  stream: z.string(),
  bytes: z.number().int().nonnegative(),
  lines: z.number().int().nonnegative(),
  digest: z.string(),
});

export const runFinished = factType({
  type: 'run.finished',
  version: 1,
  fields: {
    run: leaf(run),
    status: leaf(z.enum(RUN_STATUSES).exclude(['RUNNING'])),
    exitCode: leaf(z.number().int().nullable()),
    /** The summary as it stands from now on, and what gates read. */
    summary: leaf(encodedObject),
    /** The telemetry kept so far: the first `bytes` of each stream's log have this digest. */
    sealed: leaf(z.array(sealedStream)),
  },
  changes: (fact) => {
    const { status, exitCode, summary, sealed } = fact.data;
    const endedAt = fact.occurredAt ?? fact.recordedAt;
    return [putRun(fact, { status, exitCode, summary, sealed, endedAt })];
  },
});

export const runResumed = factType({
  type: 'run.resumed',
  version: 1,
  fields: { run: leaf(run), previousStatus: leaf(z.enum(RUN_STATUSES)) },
  changes: (fact) => [putRun(fact, { status: 'RUNNING', endedAt: null, exitCode: null })],
});
