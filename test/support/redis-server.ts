import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long a server may take to load its file and answer, in milliseconds. */
const START_MS_MAX = 30_000;
/** Somebody else may take a port between our finding and our using it. */
const PORTS_TRIED_MAX = 5;

/** A Redis of the test's own, with everything that it is told synced to a temporary folder. */
export interface RedisServer {
  readonly url: string;
  /** Of the process that runs now. */
  pid(): number;
  /** Ends it as a power cut does; its folder and port stay. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port, and waits until it answers. */
  startAgain(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export interface RedisUrl {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Says why tests that need a Redis of their own cannot run, or null when they can. Where
 * everything must be provisioned, that is an error.
 */
export function redisMissing(): string | null {
  if (spawnSync('redis-server', ['--version']).status === 0) return null;
  const reason = 'not provisioned: no redis-server; install it, .ci/run does so by apt-get';
  if (process.env.CI === 'true') throw new Error(reason);
  return reason;
}

/** Where the Redis of tests that share one is: the one that is named, else one of our own. */
export async function openRedis(): Promise<RedisUrl> {
  const named = process.env.LEDGERLINE_TEST_REDIS_URL;
  return named === undefined ? startRedis() : { url: named, stop: async () => {} };
}

/** Like redisMissing, for tests that take any Redis. */
export function redisUrlMissing(): string | null {
  return process.env.LEDGERLINE_TEST_REDIS_URL === undefined ? redisMissing() : null;
}

export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-redis-'));
  for (let tried = 1; ; tried += 1) {
    const port = await freePort();
    try {
      return new OwnRedis({ folder, port, settings }, await launch({ folder, port, settings }));
    } catch (error) {
      if (tried < PORTS_TRIED_MAX) continue;
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly settings: readonly string[];
}

class OwnRedis implements RedisServer {
  readonly url: string;
  readonly #place: Place;
  #child: ChildProcess;

  constructor(place: Place, child: ChildProcess) {
    this.#place = place;
    this.#child = child;
    this.url = `redis://127.0.0.1:${place.port}`;
  }

  pid(): number {
    return this.#child.pid as number;
  }

  kill(): Promise<void> {
    return end(this.#child, 'SIGKILL');
  }

  async startAgain(): Promise<void> {
    this.#child = await launch(this.#place);
  }

  async stop(): Promise<void> {
    await end(this.#child, 'SIGKILL');
    await rm(this.#place.folder, { recursive: true, force: true });
  }
}

async function launch({ folder, port, settings }: Place): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    [
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--daemonize', 'no'],
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
      ...['--maxmemory-policy', 'noeviction', ...settings],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // A run that ends in the middle leaves no server behind.
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  child.stderr.on('data', (chunk) => (printed += chunk));
  const until = performance.now() + START_MS_MAX;
  while (!printed.includes('Ready to accept connections')) {
    const late = performance.now() > until;
    if (late) await end(child, 'SIGKILL');
    if (late || child.exitCode !== null) throw new Error(`redis-server did not start:\n${printed}`);
    await new Promise((wake) => setTimeout(wake, 10));
  }
  return child;
}

async function end(child: ChildProcess, signal: 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  const closed = once(probe, 'close');
  probe.close();
  await closed;
  return port;
}
