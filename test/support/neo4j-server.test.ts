import neo4j from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { neo4jMissing } from './neo4j-jars.ts';
import { type Neo4jServer, startNeo4j } from './neo4j-server.ts';

const missing = neo4jMissing();
const SERVER_MS_MAX = 400_000;

describe.skipIf(missing !== null)(`a Neo4j of a test's own ${missing ?? ''}`, () => {
  let server: Neo4jServer;
  beforeAll(async () => {
    server = await startNeo4j();
  }, SERVER_MS_MAX);
  afterAll(() => server?.stop());

  test(
    'what was committed is there after it was killed and started again',
    async () => {
      await ask(server, 'CREATE (:Kept {value: 1})');
      const before = server.pid();
      await server.kill();
      await expect(ask(server, 'RETURN 1')).rejects.toMatchObject({ code: 'ServiceUnavailable' });
      await server.startAgain();
      expect(server.pid()).not.toBe(before);
      expect(await ask(server, 'MATCH (k:Kept) RETURN k.value')).toEqual([[1]]);
    },
    SERVER_MS_MAX,
  );
});

async function ask({ url, user, password }: Neo4jServer, text: string): Promise<unknown[][]> {
  const driver = neo4j.driver(url, neo4j.auth.basic(user, password), {
    disableLosslessIntegers: true,
    connectionAcquisitionTimeout: 5_000,
  });
  const session = driver.session();
  try {
    const { records } = await session.run(text);
    return records.map((record) => [...record.values()]);
  } finally {
    await session.close();
    await driver.close();
  }
}
