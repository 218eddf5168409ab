#!/usr/bin/env node
import './production-mode.ts';
import { Command } from 'commander';
import { isDomainError } from '../domain/errors.ts';
import { ConfigError, readConfig } from './config.ts';
import { runDigest } from './run-digest.ts';
import { runDoctor } from './run-doctor.ts';
import { runRebuild } from './run-rebuild.ts';
import { runServe } from './run-serve.ts';
import { VERSION } from './version.ts';

/** Exit codes of every command, as --help lists them. */
export const EXIT = { ok: 0, different: 1, failed: 2, misconfigured: 3 } as const;

// What the hub writes is its own: databases hold hashes of keys, whatever folder they lie in.
process.umask(0o077);

const program = new Command('ledgerline')
  .description('Lineage and governance hub for machine learning')
  .version(VERSION)
  .addHelpText(
    'after',
    `
Settings come from LEDGERLINE_ variables; docs/CONFIGURATION.md lists them.
Exit codes: 0 fine, 1 something differs or is wrong, 2 the command failed, 3 misconfigured.`,
  );

program
  .command('serve')
  .description('serve the API and every door until stopped')
  .addHelpText('after', '\nExample:\n  LEDGERLINE_PORT=4100 ledgerline serve')
  .action(() => runServe(readConfig()));

program
  .command('rebuild')
  .description('replay the log, compare the live graph with it, and name what differs')
  .option('--json', 'print one JSON document')
  .addHelpText('after', '\nExample:\n  ledgerline rebuild --json')
  .action(async (options: { json?: true }) => {
    process.exitCode = await runRebuild(readConfig(), format(options));
  });

program
  .command('digest')
  .description('print the digests of the graph: its state and its content')
  .addHelpText('after', '\nExample:\n  ledgerline digest')
  .action(async () => {
    process.exitCode = await runDigest(readConfig());
  });

program
  .command('doctor')
  .description('check configuration, stores, keys and disk, and say how to mend what is wrong')
  .option('--json', 'print one JSON document')
  .addHelpText('after', '\nExample:\n  ledgerline doctor')
  .action(async (options: { json?: true }) => {
    process.exitCode = await runDoctor(format(options));
  });

function format(options: { json?: true }): 'json' | 'text' {
  return options.json ? 'json' : 'text';
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof ConfigError ? EXIT.misconfigured : EXIT.failed;
  console.error(`ledgerline: ${messageOf(error)}`);
}

function messageOf(error: unknown): string {
  if (error instanceof ConfigError || isDomainError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
