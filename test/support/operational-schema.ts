import { readFile } from 'node:fs/promises';
import { Bolt } from '../../src/adapters/neo4j/bolt.ts';
import type { Neo4jAddress } from './neo4j-server.ts';

const FILE = new URL('../../schema/graph/0002-operational.cypher', import.meta.url);

/** Applies what the stores of operational data need in a Neo4j, and waits until it is there. */
export async function applyOperationalSchema(address: Neo4jAddress): Promise<void> {
  const bolt = new Bolt(address);
  try {
    const text = (await readFile(FILE, 'utf8')).replace(/^\/\/.*$/gm, '');
    for (const statement of text.split(';')) {
      if (statement.trim() !== '') await bolt.write([statement, {}]);
    }
    await bolt.write(['CALL db.awaitIndexes(60)', {}]);
  } finally {
    await bolt.close();
  }
}
