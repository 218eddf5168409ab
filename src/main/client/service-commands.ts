import { type Command, InvalidArgumentError } from 'commander';
import { jsonDocument, jsonLines, limitOption, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { type ActorAnswer, actorName, actorsOf } from './find-actor.ts';
import { printList, shapeOf } from './list-output.ts';
import { say, sayJson } from './say.ts';

interface ServiceName {
  readonly team: string;
  readonly name: string;
}

interface ListOptions {
  readonly team?: string;
  readonly json?: true;
  readonly limit: number;
}

export function addServiceCommands(program: Command): void {
  const service = program.command('service').description('service accounts, for programs');
  withExamples(service, 'ledgerline service list');
  const create = service
    .command('create')
    .description('create a service account; takes access.manage on the team')
    .argument('<team/name>', 'its team, and its natural name there, which it keeps', serviceName)
    .addOption(jsonDocument())
    .action(createService);
  withExamples(create, 'ledgerline service create main/trainer');
  const list = service
    .command('list')
    .description('list service accounts, latest made first')
    .option('--team <name>', 'those of one team')
    .addOption(limitOption('service accounts'))
    .addOption(jsonLines())
    .action(listServices);
  withExamples(list, 'ledgerline service list --team main');
}

function serviceName(text: string): ServiceName {
  const [team, name, ...rest] = text.split('/');
  if (team && name && rest.length === 0) return { team, name };
  throw new InvalidArgumentError('It takes team/name.');
}

async function createService(input: ServiceName, options: { json?: true }): Promise<void> {
  const { createServiceAccount: made } = await connect().ask<{
    createServiceAccount: { serviceAccount: ActorAnswer };
  }>('createServiceAccount', { input });
  if (shapeOf(options) === 'json') return sayJson(made);
  say(`service account ${input.team}/${input.name}: ${made.serviceAccount.id}`);
}

async function listServices({ team, limit, ...options }: ListOptions): Promise<void> {
  const services = actorsOf(connect(), { kind: 'SERVICE', team }, limit);
  const columns = [
    { header: 'name', of: actorName },
    { header: 'id', of: ({ id }: ActorAnswer) => id },
  ];
  await printList(services, columns, shapeOf(options));
}
