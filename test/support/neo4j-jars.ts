import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
const POM = join(import.meta.dirname, 'neo4j-server.pom.xml');
const FOLDER = join(ROOT, '.ci', 'neo4j');
const LIB = join(FOLDER, 'lib');
/** The jar that holds the server's entry point; its name says the version that was fetched. */
const SERVER_JAR = join(LIB, 'neo4j-5.26.30.jar');
/** A cold download is 220 MB; this is how long it may take, in milliseconds. */
const DOWNLOAD_MS_MAX = 900_000;
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

/**
 * Says why tests that need a Neo4j of their own cannot run, or null when they can. Where
 * everything must be provisioned, that is an error.
 */
export function neo4jMissing(): string | null {
  const commands = existsSync(SERVER_JAR) ? ['java'] : ['java', 'mvn'];
  const missing = commands.filter((name) => spawnSync(name, ['-version']).status !== 0);
  if (missing.length === 0) return null;
  const reason = `not provisioned: no ${missing.join(' and no ')}; install Java 17 and Maven`;
  if (process.env.CI === 'true') throw new Error(reason);
  return reason;
}

/** The folder of the server's jars, which Maven fetches when they are not there yet. */
export async function neo4jJars(): Promise<string> {
  if (existsSync(SERVER_JAR)) return LIB;
  await mkdir(FOLDER, { recursive: true });
  // Fetched beside and moved, so that what is found later is whole.
  const fetched = await mkdtemp(join(FOLDER, 'fetching-'));
  try {
    const args = ['-B', '-q', '-f', POM, PLUGIN, `-DoutputDirectory=${join(fetched, 'lib')}`];
    const limits = { timeout: DOWNLOAD_MS_MAX, maxBuffer: 16 * 1024 * 1024 };
    await promisify(execFile)('mvn', [...args, '-DincludeScope=runtime'], limits);
    if (!existsSync(SERVER_JAR)) {
      await rm(LIB, { recursive: true, force: true });
      await rename(join(fetched, 'lib'), LIB);
    }
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
  return LIB;
}
