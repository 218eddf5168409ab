import type { Command } from 'commander';
import { jsonDocument, withExamples } from './command-parts.ts';

export function addSeedCommand(program: Command): void {
  const command = program
    .command('seed')
    .description('play a small world into the hub and say what to try; takes an administrator')
    .argument('[scenario]', 'name of a scenario, or the path of a file; harbor when left out')
    .option('--list', 'list the scenarios that come with the hub, and play none')
    .addOption(jsonDocument())
    .action(async (scenario: string | undefined, options: { json?: true; list?: true }) => {
      // Other commands must not wait for the reader of scenarios.
      const { runSeed } = await import('../seed/run-seed.ts');
      await runSeed(scenario, options);
    });
  withExamples(command, 'ledgerline seed', 'ledgerline seed --list');
}
