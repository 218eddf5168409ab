import { runCreated } from '../domain/audit/facts/run.ts';
import { DomainError } from '../domain/errors.ts';
import { jobId, runId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { checkName, checkPathName, checkText } from '../domain/values/text.ts';
import type { JsonObject } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { existing, placeOfProject } from './placing.ts';

/** Most tags of one run. */
export const TAGS_MAX = 256;

export interface CodeRevision {
  readonly repository: string | null;
  readonly commit: string | null;
  readonly dirty: boolean | null;
}

/** What a client may say of a run. Config and the like are encoded values. */
export interface RunDescription {
  readonly displayName: string | null;
  readonly group: string | null;
  readonly jobType: string | null;
  readonly tags: readonly string[];
  readonly config: JsonObject;
  readonly environment: JsonObject;
  readonly code: CodeRevision | null;
  /** What the client's own library keeps in the run and wants back unchanged. */
  readonly client: JsonObject | null;
}

export interface CreateRunInput extends CommandInput, RunDescription {
  readonly project: NodeId;
  /** Natural name, unique in the project, for ever. */
  readonly name: string;
  readonly job: string | null;
  readonly ifExists: 'return' | 'refuse';
}

/** Personal fields: `notes`, `host`, `program`, `login`, `gitAuthor`. */
export const createRun: Command<CreateRunInput> = {
  operation: 'createRun',
  wants: ({ project, name, job }, _view, { org }) => ({
    nodes: [
      project,
      runId(org, project, name),
      ...(job === null ? [] : [jobId(org, project, job)]),
    ],
  }),
  requires: ({ project }, view) => ({
    permission: 'record.write',
    place: placeOfProject(view, project),
  }),
  decide: (input, { org, view }) => {
    const { project, name, ifExists, occurredAt, job } = input;
    existing(view, project, 'PROJECT');
    const id = runId(org, project, checkPathName(name, "the run's name"));
    const found = view.node(id);
    if (found && ifExists === 'return') return unchanged(found);
    if (found) throw new DomainError('CONFLICT', `the run ${name} exists already`);
    const ofJob = job === null ? null : jobId(org, project, checkName(job, "the job's name"));
    return fact(runCreated, {
      data: {
        run: { id, name, project },
        incarnation: 0,
        job:
          ofJob === null || job === null
            ? null
            : { id: ofJob, name: job, created: view.node(ofJob) === undefined },
        ...checkedDescription(input),
      },
      projects: [project],
      subject: subjectOf({ kind: 'RUN', id }),
      occurredAt,
    });
  },
};

/** The description alone, with its texts checked. */
export function checkedDescription(input: RunDescription) {
  const { displayName, group, jobType, tags, config, environment, code, client } = input;
  for (const [text, what] of [
    [displayName, 'the display name'],
    [group, 'the group'],
    [jobType, 'the job type'],
  ] as const) {
    if (text !== null) checkText(text, what);
  }
  return {
    displayName,
    group,
    jobType,
    tags: checkTags(tags),
    config,
    environment,
    code,
    client,
  };
}

export function checkTags(tags: readonly string[]): string[] {
  if (tags.length > TAGS_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `a run has at most ${TAGS_MAX} tags`);
  }
  return [...new Set(tags.map((tag) => checkName(tag, 'a tag')))];
}
