import { runCreated } from '../domain/audit/facts/run.ts';
import { DomainError } from '../domain/errors.ts';
import { jobId, runId, runIncarnations } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { publicRepositoryAddress } from '../domain/lineage/repository-address.ts';
import { incarnationOf } from '../domain/lineage/tombstone.ts';
import { checkName, checkPathName, checkText } from '../domain/values/text.ts';
import type { JsonObject } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { currentId, existing } from './placing.ts';

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
  /** Natural name, unique in the project; the name of a run that was deleted is free again. */
  readonly name: string;
  readonly job: string | null;
  readonly ifExists: 'return' | 'refuse';
}

/** Personal fields: `notes`, `host`, `program`, `login`, `gitAuthor`. */
export const createRun: Command<CreateRunInput> = {
  operation: 'createRun',
  wants: ({ project, name, job }, view, { org }) => ({
    nodes: [
      project,
      runId(org, project, name),
      currentId(view, runIncarnations(org, project, name)),
      ...(job === null ? [] : [jobId(org, project, job)]),
    ],
  }),
  requires: ({ project }) => [{ permission: 'record.write', of: project }],
  decide: (input, { org, view }) => {
    const { project, ifExists, occurredAt } = input;
    existing(view, project, 'PROJECT');
    const name = checkPathName(input.name, "the run's name");
    const job = input.job === null ? null : checkName(input.job, "the job's name");
    const id = currentId(view, runIncarnations(org, project, name));
    const found = view.node(id);
    if (found && ifExists === 'return') return unchanged(found);
    if (found) throw new DomainError('CONFLICT', `the run ${name} exists already`);
    const ofJob = job === null ? null : jobId(org, project, job);
    return fact(runCreated, {
      data: {
        run: { id, name, project },
        incarnation: incarnationOf(view.node(runId(org, project, name))),
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
  checkTexts(input);
  return {
    displayName,
    group,
    jobType,
    tags: checkTags(tags),
    config,
    environment,
    code: checkedCode(code),
    client,
  };
}

/** The texts of a description that are given hold nothing that a store would change. */
export function checkTexts(given: Partial<RunDescription>): void {
  for (const [text, what] of [
    [given.displayName, 'the display name'],
    [given.group, 'the group'],
    [given.jobType, 'the job type'],
  ] as const) {
    if (text != null) checkText(text, what);
  }
}

/** The address of a repository may hold a person's name or token: neither goes on record. */
export function checkedCode(code: CodeRevision | null): CodeRevision | null {
  const { repository } = code ?? { repository: null };
  if (code === null || repository === null) return code;
  return { ...code, repository: publicRepositoryAddress(repository) };
}

export function checkTags(tags: readonly string[]): string[] {
  if (tags.length > TAGS_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `a run has at most ${TAGS_MAX} tags`);
  }
  return [...new Set(tags.map((tag) => checkName(tag, 'a tag')))];
}
