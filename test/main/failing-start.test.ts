import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type CommandResult, runCli, startHub } from '../support/hub-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'main', 'cli.js');
/** A start that fails must end by itself; after so long it is taken for one that hangs. */
const END_MS_MAX = 15_000;
const MADE_KEY = /^ {2}(ledgerline-[0-9a-f]{64})$/m;

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-start-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface FailedStart extends CommandResult {
  /** Null when it ended by itself. */
  readonly signal: NodeJS.Signals | null;
}

/** Starts a hub that is expected to give up, and waits for its end. */
async function failedStart(environment: Record<string, string>): Promise<FailedStart> {
  const child = spawn(process.execPath, [CLI, 'serve'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, LEDGERLINE_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: END_MS_MAX,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, output }));
  });
}

test('the log of another organization ends the start, and lets go of the data folder', async () => {
  const dataDir = await dataFolder();
  await (await startHub({ dataDir })).stop();
  const failed = await failedStart({ LEDGERLINE_DATA_DIR: dataDir, LEDGERLINE_ORG: 'other' });
  expect(failed).toMatchObject({ exitCode: 2, signal: null });
  expect(failed.output).toMatch(/^ledgerline: the data folder holds the log of .* example, not /);
  await (await startHub({ dataDir })).stop();
});

test('a data folder that another hub holds ends the start', async () => {
  const dataDir = await dataFolder();
  const running = await startHub({ dataDir });
  const failed = await failedStart({ LEDGERLINE_DATA_DIR: dataDir });
  await running.stop();
  expect(failed).toEqual({
    exitCode: 2,
    signal: null,
    output: 'ledgerline: another hub is running on this data folder\n',
  });
});

test('a setting that is wrong ends the start as misconfigured', async () => {
  const failed = await failedStart({ LEDGERLINE_PORT: 'many' });
  expect(failed).toMatchObject({ exitCode: 3, signal: null });
});

test('a taken port ends the first start before a key is made; the next one prints it', async () => {
  const dataDir = await dataFolder();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const failed = await failedStart({ LEDGERLINE_DATA_DIR: dataDir, LEDGERLINE_PORT: `${port}` });
  await new Promise((resolve) => other.close(resolve));
  expect(failed).toMatchObject({ exitCode: 2, signal: null });
  expect(failed.output).toContain(`port ${port}: another process listens there`);
  expect(failed.output).not.toMatch(MADE_KEY);

  const hub = await startHub({ dataDir, environment: { LEDGERLINE_ADMIN_KEY: '' } });
  const key = MADE_KEY.exec(hub.output())?.[1];
  const answer = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { name } }' }),
  });
  await hub.stop();
  expect(await answer.json()).toEqual({ data: { viewer: { name: 'administrator' } } });
});

test('a command on a folder without a hub says so and ends', async () => {
  const dataDir = await dataFolder();
  for (const command of ['digest', 'rebuild']) {
    const { exitCode, output } = await runCli(dataDir, command);
    expect(exitCode).toBe(2);
    expect(output).toMatch(/^ledgerline: there is no hub in /);
  }
});
