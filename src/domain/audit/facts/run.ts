import { z } from 'zod';
import type { Change } from '../../lineage/change.ts';
import { RUN_STATUSES } from '../../lineage/run-status.ts';
import {
  encodedObject,
  factType,
  id,
  instant,
  leaf,
  nullableText,
  personal,
  personalProps,
} from '../fact-type.ts';
import { putRun, namedRun as run, sealedOrDamagedStreams, sealedStreams } from '../run-parts.ts';

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

const finalStatus = z.enum(RUN_STATUSES).exclude(['RUNNING']);

export const runFinished = factType({
  type: 'run.finished',
  version: 1,
  fields: {
    run: leaf(run),
    status: leaf(finalStatus),
    exitCode: leaf(z.number().int().nullable()),
    /** The summary as it stands from now on, and what gates read. */
    summary: leaf(encodedObject),
    /** The telemetry kept so far: the first `bytes` of each stream's log have this digest. */
    sealed: leaf(sealedStreams),
  },
  changes: (fact) => {
    const { status, exitCode, summary, sealed } = fact.data;
    const endedAt = fact.occurredAt ?? fact.recordedAt;
    return [putRun(fact, { status, exitCode, summary, sealed, endedAt })];
  },
});

export const runFinishedV2 = factType({
  type: 'run.finished',
  version: 2,
  fields: {
    run: leaf(run),
    status: leaf(finalStatus),
    exitCode: leaf(z.number().int().nullable()),
    summary: leaf(encodedObject),
    sealed: leaf(sealedOrDamagedStreams),
    /**
     * The stop for the sake of which the hub calls the end KILLED: the client told of an exit code
     * alone, that of an interrupted process. Null where what the client told decided by itself.
     */
    stopRequestedAt: leaf(instant.nullable()),
  },
  changes: (fact) => {
    const { status, exitCode, summary, sealed } = fact.data;
    const endedAt = fact.occurredAt ?? fact.recordedAt;
    const sealedAt = fact.recordedAt;
    return [putRun(fact, { status, exitCode, summary, sealed, sealedAt, endedAt })];
  },
});

/** The hub's own inference: it had heard of the run, and then nothing for longer than the limit. */
export const runCrashed = factType({
  type: 'run.crashed',
  version: 1,
  fields: {
    run: leaf(run),
    /** When the hub heard of the run last. */
    lastSeenAt: leaf(instant),
    /** The limit: how many seconds of silence the hub took for a crash. */
    silentSeconds: leaf(z.number().int().positive()),
    /** The summary that its telemetry shows. */
    summary: leaf(encodedObject),
    sealed: leaf(sealedOrDamagedStreams),
  },
  changes: (fact) => {
    const { lastSeenAt: endedAt, summary, sealed } = fact.data;
    const sealedAt = fact.recordedAt;
    const ended = { status: 'CRASHED', exitCode: null, endedAt };
    return [putRun(fact, { ...ended, summary, sealed, sealedAt })];
  },
});

export const runResumed = factType({
  type: 'run.resumed',
  version: 1,
  fields: { run: leaf(run), previousStatus: leaf(z.enum(RUN_STATUSES)) },
  changes: (fact) => [putRun(fact, { status: 'RUNNING', endedAt: null, exitCode: null })],
});

export const runResumedV2 = factType({
  type: 'run.resumed',
  version: 2,
  fields: {
    run: leaf(run),
    previousStatus: leaf(z.enum(RUN_STATUSES)),
    /** Whether a stop that was asked for before is asked for no more. */
    stopCleared: leaf(z.boolean()),
  },
  changes: (fact) => {
    const cleared = fact.data.stopCleared ? { stopRequestedAt: null } : {};
    return [putRun(fact, { status: 'RUNNING', endedAt: null, exitCode: null, ...cleared })];
  },
});
