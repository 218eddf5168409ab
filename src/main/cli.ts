#!/usr/bin/env node
import './production-mode.ts';
import { Command, CommanderError } from 'commander';
import { isDomainError } from '../domain/errors.ts';
import { addClientCommands } from './client/client-commands.ts';
import { ClientError } from './client/client-error.ts';
import { ConfigError, readConfig, readCopyConfig, readWorkerConfig } from './config.ts';
import { VERSION } from './version.ts';

/** Exit codes of every command, as --help lists them. */
export const EXIT = { ok: 0, different: 1, failed: 2, misconfigured: 3 } as const;

// What the hub writes is its own: databases hold hashes of keys, whatever folder they lie in.
process.umask(0o077);
// Who reads no more of the output, as `head` does, wants no more of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const program = new Command('ledgerline')
  .description('Lineage and governance hub for machine learning')
  .version(VERSION)
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, 'ledgerline: ')),
  })
  .addHelpText(
    'after',
    `
Commands from whoami on talk to the hub at LEDGERLINE_URL with the API key in LEDGERLINE_KEY.
Settings come from LEDGERLINE_ variables; docs/CONFIGURATION.md lists them.
Exit codes: 0 fine, 1 something differs or is wrong, 2 the command failed, 3 misconfigured.`,
  );

// Each command loads what it needs: a question to a hub must not wait for the hub's own code.
program
  .command('serve')
  .description('serve the API and every door until stopped')
  .addHelpText('after', '\nExample:\n  LEDGERLINE_PORT=4100 ledgerline serve')
  .action(async () => (await import('./run-serve.ts')).runServe(readConfig()));

program
  .command('worker')
  .description('do what is done behind the doors, beside processes that serve them')
  .addHelpText('after', '\nExample:\n  LEDGERLINE_PORT=4001 ledgerline worker')
  .action(async () => {
    await (await import('./run-serve.ts')).runServe(readWorkerConfig());
  });

program
  .command('migrate')
  .description("bring the graph's schema up to date, as each start does")
  .addHelpText('after', '\nExample:\n  ledgerline migrate')
  .action(async () => {
    await (await import('./run-migrate.ts')).runMigrate(readConfig());
  });

program
  .command('rebuild')
  .description('replay the log, compare the live graph with it, and name what differs')
  .option('--json', 'print one JSON document')
  .addHelpText('after', '\nExample:\n  ledgerline rebuild --json')
  .action(async (options: { json?: true }) => {
    const { runRebuild } = await import('./run-rebuild.ts');
    process.exitCode = await runRebuild(readConfig(), format(options));
  });

program
  .command('digest')
  .description('print the digests of the graph: its state and its content')
  .addHelpText('after', '\nExample:\n  ledgerline digest')
  .action(async () => {
    const { runDigest } = await import('./run-digest.ts');
    process.exitCode = await runDigest(readConfig());
  });

program
  .command('copy')
  .description('move an embedded installation to Neo4j by replaying its log, and compare')
  .requiredOption('--to <url>', 'the empty database, as bolt://host:7687')
  .option('--json', 'print one JSON document')
  .addHelpText(
    'after',
    `
The user and the password are those in LEDGERLINE_NEO4J_USER and LEDGERLINE_NEO4J_PASSWORD. The hub
must be stopped. A copy that was interrupted goes on when it is asked for again.

Example:
  LEDGERLINE_NEO4J_PASSWORD=... ledgerline copy --to bolt://127.0.0.1:7687`,
  )
  .action(async (options: { to: string; json?: true }) => {
    const { runCopy } = await import('./run-copy.ts');
    const { embedded, target } = readCopyConfig(options.to);
    process.exitCode = await runCopy(embedded, target, format(options));
  });

program
  .command('doctor')
  .description('check configuration, stores, keys and disk, and say how to mend what is wrong')
  .option('--json', 'print one JSON document')
  .addHelpText('after', '\nExample:\n  ledgerline doctor')
  .action(async (options: { json?: true }) => {
    const { runDoctor } = await import('./run-doctor.ts');
    process.exitCode = await runDoctor(format(options));
  });

program
  .command('telemetry')
  .description('look after the metric histories of runs')
  .command('verify')
  .description("compare a run's Parquet files with its log, and the log with what is on record")
  .argument('<run>', 'the run, by id or by team/project/name')
  .option('--json', 'print one JSON document')
  .addHelpText('after', '\nExample:\n  ledgerline telemetry verify main/churn/train-1')
  .action(async (run: string, options: { json?: true }) => {
    const { runTelemetryVerify } = await import('./run-telemetry-verify.ts');
    process.exitCode = await runTelemetryVerify(readConfig(), { run, format: format(options) });
  });

addClientCommands(program);

function format(options: { json?: true }): 'json' | 'text' {
  return options.json ? 'json' : 'text';
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // What was wrong with the command line, or its help, is on the screen already.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.failed;
  } else {
    process.exitCode = error instanceof ConfigError ? EXIT.misconfigured : EXIT.failed;
    console.error(`ledgerline: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  const isForPeople =
    error instanceof ConfigError || error instanceof ClientError || isDomainError(error);
  if (isForPeople) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
