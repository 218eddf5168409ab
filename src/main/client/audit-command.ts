import { type Command, Option } from 'commander';
import { jsonLines, limitOption, oneOf, wholeNumber, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { type AskPage, type Connection, lastPagesOf, pagesOf } from './connection-pages.ts';
import { ACTOR_ARGUMENT, findActor } from './find-actor.ts';
import { findSubject, type ThingAnswer, thingPath } from './find-thing.ts';
import type { HubClient } from './hub-client.ts';
import { type Column, printList, type Shape, shapeOf } from './list-output.ts';
import { timeBack } from './time-span.ts';

const OUTCOMES = ['ALLOW', 'DENY', 'ERROR'] as const;

interface Who {
  readonly id: string;
  readonly name: string;
}

interface Entry {
  readonly index: number;
  readonly type: string;
  readonly outcome: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly via: string | null;
  readonly leafHash: string;
  readonly actor: Who;
  readonly onBehalfOf: Who | null;
  readonly subjectKind: string | null;
  readonly subjectId: string | null;
  readonly subject: ThingAnswer | null;
  readonly projects: ReadonlyArray<{ readonly path: string }>;
  readonly body?: unknown;
}

interface Options {
  readonly actor?: string;
  readonly type?: readonly string[];
  readonly outcome?: string;
  readonly subject?: string;
  readonly project?: string;
  readonly since?: string;
  readonly until?: string;
  readonly from?: number;
  readonly limit: number;
  readonly json?: true;
  readonly csv?: true;
}

export function addAuditCommand(program: Command): void {
  const command = program
    .command('audit')
    .description('list entries of the audit log that you may read, in the order of the log')
    .option('--actor <actor>', `who did it: ${ACTOR_ARGUMENT}`)
    .option('--type <type...>', 'types of fact, such as run.created')
    .addOption(new Option('--outcome <outcome>', 'allow, deny or error').argParser(oneOf(OUTCOMES)))
    .option('--subject <thing>', 'what it was about: id, path, or identifier')
    .option('--project <team/project>', 'a project that it speaks of, by path or id')
    .option('--since <when>', 'recorded then or later: 7d (ago), 2027-01-31 or a time', back)
    .option('--until <when>', 'recorded before then', back)
    .addOption(fromOption())
    .addOption(limitOption('entries'))
    .addOption(jsonLines().conflicts('csv'))
    .option('--csv', 'print CSV with a line of headers; the body is JSON in one cell')
    .action(audit);
  withExamples(
    command,
    'ledgerline audit --outcome deny --since 7d',
    'ledgerline audit --actor main/trainer --type run.created version.registered --json',
    'ledgerline audit --project main/churn --from 0 --limit 100000 --csv > churn.csv',
  );
}

function fromOption(): Option {
  const text = 'begin at this index and go forward; without it the newest entries are shown';
  return new Option('--from <index>', text).argParser((index) =>
    wholeNumber(index, { from: 0, to: Number.MAX_SAFE_INTEGER }),
  );
}

function back(text: string): string {
  return timeBack(text);
}

async function audit(options: Options): Promise<void> {
  const hub = connect();
  const shape = shapeOf(options);
  const filter = await filterOf(hub, options);
  const document = shape === 'text' ? 'auditTable' : 'auditExport';
  const askPage: AskPage<Entry> = async (page) => {
    const answer = await hub.ask<{ auditLog: Connection<Entry> }>(document, { filter, ...page });
    return answer.auditLog;
  };
  const entries =
    options.from === undefined
      ? await lastPagesOf(askPage, options.limit)
      : pagesOf(askPage, options.limit);
  await printList(entries, columnsOf(shape), shape);
}

async function filterOf(hub: HubClient, options: Options) {
  const { actor, subject, type: types, outcome, project, since, until, from } = options;
  return {
    actor: actor === undefined ? undefined : (await findActor(hub, actor)).id,
    subject: subject === undefined ? undefined : await findSubject(hub, subject),
    project: project === undefined ? undefined : await findSubject(hub, project),
    types,
    outcome,
    since,
    until,
    fromIndex: from,
  };
}

function columnsOf(shape: Shape): readonly Column<Entry>[] {
  return shape === 'csv' ? CSV_COLUMNS : TABLE_COLUMNS;
}

const TABLE_COLUMNS: readonly Column<Entry>[] = [
  { header: 'index', of: ({ index }) => String(index) },
  { header: 'recorded', of: ({ recordedAt }) => recordedAt },
  { header: 'outcome', of: ({ outcome }) => outcome },
  { header: 'type', of: ({ type }) => type },
  { header: 'actor', of: ({ actor }) => actor.name },
  { header: 'subject', of: subjectText },
];

const CSV_COLUMNS: readonly Column<Entry>[] = [
  { header: 'index', of: ({ index }) => String(index) },
  { header: 'recordedAt', of: ({ recordedAt }) => recordedAt },
  { header: 'occurredAt', of: ({ occurredAt }) => occurredAt },
  { header: 'outcome', of: ({ outcome }) => outcome },
  { header: 'type', of: ({ type }) => type },
  { header: 'actorId', of: ({ actor }) => actor.id },
  { header: 'actorName', of: ({ actor }) => actor.name },
  { header: 'onBehalfOfId', of: ({ onBehalfOf }) => onBehalfOf?.id },
  { header: 'via', of: ({ via }) => via },
  { header: 'subjectKind', of: ({ subjectKind }) => subjectKind },
  { header: 'subjectId', of: ({ subjectId }) => subjectId },
  { header: 'subjectPath', of: ({ subject }) => subject && thingPath(subject) },
  { header: 'projects', of: ({ projects }) => projects.map(({ path }) => path).join(' ') },
  { header: 'leafHash', of: ({ leafHash }) => leafHash },
  { header: 'body', of: ({ body }) => (body == null ? null : JSON.stringify(body)) },
];

function subjectText({ subject, subjectKind, subjectId }: Entry): string | null {
  if (subject) return thingPath(subject);
  return subjectId === null ? null : `${subjectKind?.toLowerCase() ?? ''} ${subjectId}`.trim();
}
