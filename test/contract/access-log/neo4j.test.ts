import { afterAll, beforeAll, describe, vi } from 'vitest';
import { openNeo4jAccessLog } from '../../../src/adapters/neo4j/access-log.ts';
import { openNeo4jLineageStore } from '../../../src/adapters/neo4j/neo4j-lineage-store.ts';
import {
  NEO4J_TURN_MS_MAX,
  type SharedNeo4j,
  sharedNeo4jMissing,
  shareNeo4j,
} from '../../support/neo4j-shared.ts';
import { describeAccessLog } from './describe-access-log.ts';

const missing = sharedNeo4jMissing();

// A server that has just started is slow at first.
vi.setConfig({ testTimeout: 180_000 });

describe.skipIf(missing !== null)(`on a Neo4j${missing === null ? '' : `: ${missing}`}`, () => {
  let shared: SharedNeo4j;
  beforeAll(async () => {
    shared = await shareNeo4j();
    // Its opening brings the schema of all that lies in the database.
    await (await openNeo4jLineageStore(shared)).close();
  }, NEO4J_TURN_MS_MAX);
  afterAll(() => shared.leave());

  describeAccessLog('neo4j', async (options) => {
    await shared.empty();
    const reopen = async () => openNeo4jAccessLog({ ...shared, ...options });
    return { accessLog: await reopen(), reopen };
  });
});
