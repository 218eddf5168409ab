import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import neo4j, { type Driver } from 'neo4j-driver';
import { inject } from 'vitest';
import { holdDataLock } from '../../src/adapters/sqlite/data-lock.ts';
import { isDomainError } from '../../src/domain/errors.ts';
import { ASKED, readAnswer } from './neo4j-for-the-run.ts';
import { neo4jMissing } from './neo4j-jars.ts';
import type { Neo4jAddress } from './neo4j-server.ts';

/**
 * How long a suite may wait for the server and for its turn on it, in milliseconds: the time limit
 * for the hook that calls `shareNeo4j`.
 */
export const NEO4J_TURN_MS_MAX = 1_200_000;
const LOOK_EVERY_MS = 100;

/** The run's Neo4j, which nobody else uses until `leave`. */
export interface SharedNeo4j extends Neo4jAddress {
  /** Removes every node and relationship, but not what says which schema there is. */
  empty(): Promise<void>;
  /** Removes the schema too, so that the database is as it was made. */
  emptyWholly(): Promise<void>;
  leave(): Promise<void>;
}

/** Like `neo4jMissing`, for suites that take any Neo4j. */
export function sharedNeo4jMissing(): string | null {
  return process.env.LEDGERLINE_TEST_NEO4J_URL === undefined ? neo4jMissing() : null;
}

/**
 * The Neo4j that suites share: the one that LEDGERLINE_TEST_NEO4J_URL names, else one that is
 * started for the run. A Community server has one database and files run in parallel, so each
 * suite waits for its turn. A suite that ends without leaving loses its turn with its process.
 */
export async function shareNeo4j(): Promise<SharedNeo4j> {
  const folder = inject('neo4jFolder');
  const release = await takeTurn(join(folder, 'turn'));
  try {
    const address = namedServer() ?? (await serverOfTheRun(folder));
    const login = neo4j.auth.basic(address.user, address.password);
    const driver = neo4j.driver(address.url, login, { disableLosslessIntegers: true });
    return {
      ...address,
      empty: async () => {
        await removeNodes(driver, 'NOT n:Migration AND NOT n:Meta AND NOT n:Head');
        await driver.executeQuery("MATCH (h:Head) SET h = {name: 'log', size: 0}");
      },
      emptyWholly: async () => {
        await removeNodes(driver, 'true');
        await removeSchema(driver);
      },
      leave: async () => {
        await driver.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

function namedServer(): Neo4jAddress | undefined {
  const { LEDGERLINE_TEST_NEO4J_URL: url, ...rest } = process.env;
  if (url === undefined) return undefined;
  const { LEDGERLINE_TEST_NEO4J_USER: user, LEDGERLINE_TEST_NEO4J_PASSWORD: password } = rest;
  return { url, user: user ?? 'neo4j', password: password ?? 'neo4j' };
}

async function serverOfTheRun(folder: string): Promise<Neo4jAddress> {
  await writeFile(join(folder, ASKED), '');
  for (;;) {
    const answer = await readAnswer(folder);
    if (answer === undefined) await pause();
    else if ('failure' in answer) throw new Error(answer.failure);
    else return answer;
  }
}

/** The operating system lets go of the lock with the process, however that ends. */
async function takeTurn(file: string): Promise<() => void> {
  for (;;) {
    try {
      return holdDataLock(file).release;
    } catch (error) {
      if (!isDomainError(error)) throw error;
    }
    await pause();
  }
}

async function removeNodes(driver: Driver, which: string): Promise<void> {
  const session = driver.session({ database: 'neo4j' });
  try {
    await session.run(
      `MATCH (n) WHERE ${which} CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS`,
    );
  } finally {
    await session.close();
  }
}

async function removeSchema(driver: Driver): Promise<void> {
  const ask = async (text: string) =>
    (await driver.executeQuery(text, {}, { database: 'neo4j' })).records;
  for (const record of await ask('SHOW CONSTRAINTS YIELD name')) {
    await ask(`DROP CONSTRAINT \`${record.get('name')}\``);
  }
  for (const record of await ask("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'")) {
    await ask(`DROP INDEX \`${record.get('name')}\``);
  }
}

function pause(): Promise<void> {
  return new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS));
}
