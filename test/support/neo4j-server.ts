import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import neo4j from 'neo4j-driver';
import { neo4jJars } from './neo4j-jars.ts';

/** How long a server may take to recover its data and answer, in milliseconds. */
const START_MS_MAX = 180_000;
/** How long it may take to stop in good order before it is killed, in milliseconds. */
const STOP_MS_MAX = 60_000;
/** Somebody else may take a port between our finding and our using it. */
const PORTS_TRIED_MAX = 5;
const HEAP = '512m';
const PASSWORD = 'ledgerline-tests';

/** Where a server is and how to sign in. */
export interface Neo4jAddress {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/** A Neo4j of the test's own, with its data in a folder. */
export interface Neo4jServer extends Neo4jAddress {
  readonly home: string;
  /** Of the process that runs now. */
  pid(): number;
  /** Ends it as a power cut does; its home and port stay. */
  kill(): Promise<void>;
  /** Ends it in good order; its home and port stay. */
  shutDown(): Promise<void>;
  /** Starts it again on the same home and port, and waits until it answers. */
  startAgain(): Promise<void>;
  /** Holds it still: it keeps its connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** Ends it, and removes its home when that was made for it. */
  stop(): Promise<void>;
}

export interface Neo4jOptions {
  /** A folder to keep the data in; left out, a temporary one. */
  readonly home?: string;
}

export async function startNeo4j(options: Neo4jOptions = {}): Promise<Neo4jServer> {
  const lib = await neo4jJars();
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'ledgerline-neo4j-')));
  const removeHome = options.home === undefined;
  for (let tried = 1; ; tried += 1) {
    try {
      const place = { lib, home, port: await freePort(), removeHome };
      await prepare(place);
      return new OwnNeo4j(place, await launch(place));
    } catch (error) {
      if (tried < PORTS_TRIED_MAX && String(error).includes('Address already in use')) continue;
      if (removeHome) await rm(home, { recursive: true, force: true });
      throw error;
    }
  }
}

interface Place {
  readonly lib: string;
  readonly home: string;
  readonly port: number;
  readonly removeHome: boolean;
}

class OwnNeo4j implements Neo4jServer {
  readonly url: string;
  readonly user = 'neo4j';
  readonly password = PASSWORD;
  readonly home: string;
  readonly #place: Place;
  #child: ChildProcess;

  constructor(place: Place, child: ChildProcess) {
    this.url = urlOf(place);
    this.home = place.home;
    this.#place = place;
    this.#child = child;
  }

  pid(): number {
    return this.#child.pid as number;
  }

  kill(): Promise<void> {
    return end(this.#child, 'SIGKILL');
  }

  shutDown(): Promise<void> {
    return end(this.#child, 'SIGTERM');
  }

  async startAgain(): Promise<void> {
    this.#child = await launch(this.#place);
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await end(this.#child, this.#place.removeHome ? 'SIGKILL' : 'SIGTERM');
    if (this.#place.removeHome) await rm(this.home, { recursive: true, force: true });
  }
}

/** Writes the settings, and the password when the home has no data yet. */
async function prepare({ lib, home, port }: Place): Promise<void> {
  for (const folder of ['conf', 'data', 'logs', 'plugins', 'import']) {
    await mkdir(join(home, folder), { recursive: true });
  }
  const settings = [
    'server.default_listen_address=127.0.0.1',
    'server.bolt.enabled=true',
    `server.bolt.listen_address=127.0.0.1:${port}`,
    'server.http.enabled=false',
    'server.https.enabled=false',
    'dbms.security.auth_enabled=true',
    'dbms.usage_report.enabled=false',
    'server.memory.pagecache.size=128m',
    `server.memory.heap.initial_size=${HEAP}`,
    `server.memory.heap.max_size=${HEAP}`,
    'db.tx_log.preallocate=false',
    'db.tx_log.rotation.size=16m',
    'db.tx_log.rotation.retention_policy=1 files',
  ];
  await writeFile(join(home, 'conf', 'neo4j.conf'), `${settings.join('\n')}\n`);
  const environment = { ...process.env, NEO4J_HOME: home, NEO4J_CONF: join(home, 'conf') };
  const admin = ['-Xmx128m', '-cp', join(lib, '*'), 'org.neo4j.cli.AdminTool'];
  const setPassword = [...admin, 'dbms', 'set-initial-password', PASSWORD];
  await promisify(execFile)('java', setPassword, { env: environment });
}

const OPENED = ['java.nio', 'java.io', 'sun.nio.ch', 'java.util.concurrent', 'java.lang'];

async function launch(place: Place): Promise<ChildProcess> {
  const { lib, home } = place;
  const log = join(home, 'logs', 'console.log');
  const output = openSync(log, 'w');
  const child = spawn(
    'java',
    [
      ...[`-Xms${HEAP}`, `-Xmx${HEAP}`, '-XX:+UseG1GC', '-XX:-OmitStackTraceInFastThrow'],
      ...['-XX:+DisableExplicitGC', '-Dlog4j2.disable.jmx=true'],
      ...['-Djdk.nio.maxCachedBufferSize=1024', '-Dio.netty.tryReflectionSetAccessible=true'],
      ...OPENED.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
      ...['-cp', [join(lib, '*'), join(home, 'plugins', '*')].join(delimiter)],
      ...['org.neo4j.server.CommunityEntryPoint', `--home-dir=${home}`],
      ...[`--config-dir=${join(home, 'conf')}`, '--console-mode'],
    ],
    { stdio: ['ignore', output, output] },
  );
  closeSync(output);
  // A run that ends in the middle leaves no server behind.
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  try {
    await untilItAnswers(place, child);
  } catch (cause) {
    await end(child, 'SIGKILL');
    throw new Error(`neo4j did not start:\n${await readFile(log, 'utf8')}`, { cause });
  }
  return child;
}

async function untilItAnswers(place: Place, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_MS_MAX;
  const driver = neo4j.driver(urlOf(place), neo4j.auth.basic('neo4j', PASSWORD));
  try {
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended');
      try {
        await driver.executeQuery('RETURN 1', {}, { database: 'neo4j' });
        return;
      } catch (error) {
        if (performance.now() > until) throw error;
        await new Promise((wake) => setTimeout(wake, 200));
      }
    }
  } finally {
    await driver.close();
  }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  // One that is held still hears nothing but SIGKILL.
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await gone;
  clearTimeout(late);
}

function urlOf({ port }: Place): string {
  return `bolt://127.0.0.1:${port}`;
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
