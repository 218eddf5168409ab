import type { Command } from 'commander';
import { ClientError } from './client-error.ts';
import { jsonDocument, jsonLines, limitOption, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { type ActorAnswer, actorsOf } from './find-actor.ts';
import { type Column, printList, shapeOf } from './list-output.ts';
import { sayJson, sayKey } from './say.ts';

interface PersonPayload {
  readonly person: ActorAnswer;
  readonly signInKey: string | null;
}

interface CreateOptions {
  readonly email?: string;
  readonly team?: string;
  readonly json?: true;
}

interface ListOptions {
  readonly team?: string;
  readonly json?: true;
  readonly limit: number;
}

export function addPersonCommands(program: Command): void {
  const person = program.command('person').description('people');
  withExamples(person, 'ledgerline person list --team main');
  const create = person
    .command('create')
    .description(
      'put a person on record and print the key they sign in with, once; takes access.manage ' +
        'on the team, or on the organization',
    )
    .argument('<name>', 'name by which others know the person')
    .option('--email <address>', 'e-mail address; no two people have the same')
    .option('--team <name>', 'team that the person is in; the organization alone when left out')
    .addOption(jsonDocument())
    .action(createPerson);
  withExamples(
    create,
    "ledgerline person create 'Ada Lovelace' --email ada@example.com --team main",
  );
  const list = person
    .command('list')
    .description('list people, latest made first')
    .option('--team <name>', 'those in one team')
    .addOption(limitOption('people'))
    .addOption(jsonLines())
    .action(listPeople);
  withExamples(list, 'ledgerline person list --team main', 'ledgerline person list --json');
}

async function createPerson(name: string, options: CreateOptions): Promise<void> {
  const { email, team } = options;
  const { createPerson: made } = await connect().ask<{ createPerson: PersonPayload }>(
    'createPerson',
    { input: { name, email, team } },
  );
  if (shapeOf(options) === 'json') return sayJson(made);
  const { person, signInKey } = made;
  if (signInKey === null) throw new ClientError(`${name} is ${person.id} and has a key already`);
  sayKey(
    signInKey,
    `${person.name} (${person.id}) signs in with this key, shown this once; ` +
      'it opens sessions and is no API key:',
  );
}

async function listPeople({ team, limit, ...options }: ListOptions): Promise<void> {
  const people = actorsOf(connect(), { kind: 'PERSON', team }, limit);
  const columns: Column<ActorAnswer>[] = [
    { header: 'name', of: ({ name }) => name },
    { header: 'id', of: ({ id }) => id },
    { header: 'teams', of: ({ teams }) => teams.map(({ name }) => name).join(', ') },
    { header: 'e-mail', of: ({ email }) => email },
  ];
  await printList(people, columns, shapeOf(options));
}
