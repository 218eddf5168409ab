import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addClientCommands } from './client-commands.ts';

const page = readFileSync(new URL('../../../docs/COMMAND-LINE.md', import.meta.url), 'utf8');
const program = new Command('ledgerline');
addClientCommands(program);

/** The commands that do something, as they are typed, with what they take. */
function commandsOf(command: Command, path: string): [typed: string, Command][] {
  if (command.commands.length === 0) return [[path, command]];
  return command.commands.flatMap((each) => commandsOf(each, `${path} ${each.name()}`.trim()));
}

/** A command as docs/COMMAND-LINE.md must show it. */
function usageOf(path: string, command: Command): string {
  const given = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  const options = command.options.map(({ flags, mandatory }) => (mandatory ? flags : `[${flags}]`));
  return [path, ...given, ...options].join(' ');
}

describe('docs/COMMAND-LINE.md', () => {
  const commands = commandsOf(program, '');

  it.each(commands)('tells of %s and all that it takes', (path, command) => {
    expect(page).toContain(`| \`${usageOf(path, command)}\` |`);
  });

  it('tells of no other command', () => {
    const told = [...page.matchAll(/^\| `([a-z]+(?: [a-z]+)?)[ `]/gm)].map(([, path]) => path);
    expect(told.toSorted()).toEqual(commands.map(([path]) => path).toSorted());
  });
});
