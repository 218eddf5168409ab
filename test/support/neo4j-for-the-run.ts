import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Neo4jServer, startNeo4j } from './neo4j-server.ts';

/** How often it is looked for a suite that asks, in milliseconds. */
const LOOK_EVERY_MS = 200;

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which suites ask for the run's Neo4j and are told where it is. */
    neo4jFolder: string;
  }
}

/**
 * Runs in the process that leads the test run: starts one Neo4j when the first suite asks for it,
 * and ends it with the run. A run that needs none starts none.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-neo4j-run-'));
  project.provide('neo4jFolder', folder);
  let server: Promise<Neo4jServer | undefined> | undefined;
  const look = setInterval(() => {
    if (!existsSync(join(folder, ASKED))) return;
    clearInterval(look);
    server = startFor(folder);
  }, LOOK_EVERY_MS).unref();
  return async () => {
    clearInterval(look);
    await (await server)?.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Names of the files in the folder. */
export const ASKED = 'asked';
export const ANSWER = 'answer.json';

/** What the leading process answers: where the server is, or why there is none. */
export type Neo4jAnswer =
  | { readonly url: string; readonly user: string; readonly password: string }
  | { readonly failure: string };

export async function readAnswer(folder: string): Promise<Neo4jAnswer | undefined> {
  const file = join(folder, ANSWER);
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Neo4jAnswer) : undefined;
}

async function startFor(folder: string): Promise<Neo4jServer | undefined> {
  try {
    const server = await startNeo4j();
    const { url, user, password } = server;
    await answer(folder, { url, user, password });
    return server;
  } catch (error) {
    await answer(folder, { failure: String(error) });
    return undefined;
  }
}

async function answer(folder: string, text: Neo4jAnswer): Promise<void> {
  await writeFile(join(folder, 'answering'), JSON.stringify(text));
  await rename(join(folder, 'answering'), join(folder, ANSWER));
}
