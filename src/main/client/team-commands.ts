import type { Command } from 'commander';
import { jsonDocument, jsonLines, limitOption, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { type Connection, pagesOf } from './connection-pages.ts';
import { printList, shapeOf } from './list-output.ts';
import { say, sayJson } from './say.ts';

interface TeamAnswer {
  readonly id: string;
  readonly name: string;
}

interface ListOptions {
  readonly json?: true;
  readonly limit: number;
}

export function addTeamCommands(program: Command): void {
  const team = program.command('team').description('teams, which projects and people belong to');
  withExamples(team, 'ledgerline team list');
  const create = team
    .command('create')
    .description('create a team; takes access.manage on the organization')
    .argument('<name>', 'natural name, which it keeps')
    .addOption(jsonDocument())
    .action(createTeam);
  withExamples(create, 'ledgerline team create growth');
  const list = team
    .command('list')
    .description('list the teams that you may know of, latest made first')
    .addOption(limitOption('teams'))
    .addOption(jsonLines())
    .action(listTeams);
  withExamples(list, 'ledgerline team list');
}

async function createTeam(name: string, options: { json?: true }): Promise<void> {
  const { createTeam: made } = await connect().ask<{ createTeam: { team: TeamAnswer | null } }>(
    'createTeam',
    { input: { name } },
  );
  if (shapeOf(options) === 'json') return sayJson(made);
  say(`team ${name}: ${made.team?.id ?? 'created, and not for you to see'}`);
}

async function listTeams(options: ListOptions): Promise<void> {
  const hub = connect();
  const teams = pagesOf(async (page) => {
    const answer = await hub.ask<{ teams: Connection<TeamAnswer> }>('teams', page);
    return answer.teams;
  }, options.limit);
  const columns = [
    { header: 'name', of: ({ name }: TeamAnswer) => name },
    { header: 'id', of: ({ id }: TeamAnswer) => id },
  ];
  await printList(teams, columns, shapeOf(options));
}
