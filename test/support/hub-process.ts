import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The administrator's key of every hub that tests start. */
export const HUB_KEY = `ledgerline-${'k'.repeat(48)}`;
/** How long a hub may take to say where it is, in milliseconds. */
const START_MS_MAX = 60_000;
const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'main', 'cli.js');

export interface HubProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything that it has printed so far, on both streams. */
  output(): string;
  /** Ends it as a power cut ends a process: nothing is said, nothing is flushed. */
  kill(): Promise<void>;
  /** Asks it to stop, and waits for it. */
  stop(): Promise<void>;
}

export interface HubOptions {
  readonly dataDir: string;
  /** What to run node under, such as a tracer. */
  readonly wrapper?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** `serve` when left out. */
  readonly command?: 'serve' | 'worker';
}

/** Starts a hub as a process of its own on a free port, and waits until it answers. */
export async function startHub(options: HubOptions): Promise<HubProcess> {
  const { wrapper = [], command: does = 'serve' } = options;
  const [command = '', ...args] = [...wrapper, process.execPath, CLI, does];
  const child = spawn(command, args, {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      LEDGERLINE_DATA_DIR: options.dataDir,
      LEDGERLINE_ADMIN_KEY: HUB_KEY,
      LEDGERLINE_PORT: '0',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout?.on('data', (chunk) => (printed += chunk));
  child.stderr?.on('data', (chunk) => (printed += chunk));
  const output = () => printed;
  const url = await addressOf(child, output);
  return {
    url,
    process: child,
    output,
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  };
}

async function addressOf(child: ChildProcess, output: () => string): Promise<string> {
  const until = performance.now() + START_MS_MAX;
  while (performance.now() < until) {
    const url = / (?:serves|health at) (http[^\s;]+)/.exec(output())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`the hub did not start:\n${output()}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`the hub did not start in time:\n${output()}`);
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Where a command finds what it works on. */
export interface CliPlace {
  readonly dataDir: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command of the hub's command line on a data folder. */
export async function runCli(place: string | CliPlace, ...args: string[]): Promise<CommandResult> {
  const { dataDir, environment = {} } = typeof place === 'string' ? { dataDir: place } : place;
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, LEDGERLINE_DATA_DIR: dataDir, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, output };
}

interface GraphqlAnswer<T> {
  readonly data?: T;
  readonly errors?: ReadonlyArray<{ readonly message: string }>;
}

/** Asks a hub's GraphQL API as the administrator; throws what it refuses. */
export async function ask<T>(
  { url }: Pick<HubProcess, 'url'>,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  return post<T>(`${url}/graphql`, { query, variables });
}

/** The same at the address of any GraphQL endpoint of the hub. */
export async function post<T>(address: string, body: unknown): Promise<T> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${HUB_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { data, errors } = (await response.json()) as GraphqlAnswer<T>;
  if (errors?.length || data === undefined) {
    throw new Error(errors?.map(({ message }) => message).join('; ') ?? `HTTP ${response.status}`);
  }
  return data;
}
