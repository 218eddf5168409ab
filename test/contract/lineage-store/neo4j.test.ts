import { afterAll, beforeAll, describe, onTestFinished, vi } from 'vitest';
import { openNeo4jLineageStore } from '../../../src/adapters/neo4j/neo4j-lineage-store.ts';
import {
  NEO4J_TURN_MS_MAX,
  type SharedNeo4j,
  sharedNeo4jMissing,
  shareNeo4j,
} from '../../support/neo4j-shared.ts';
import { describeLineageStore } from './describe-lineage-store.ts';

/** A server on a busy machine is slow at first; neo4j-faults.test.ts keeps to the default. */
const HEAD_MS_MAX = 30_000;

/** Property tests ask hundreds of questions, each over a socket and many with a plan of its own. */
vi.setConfig({ testTimeout: 180_000 });

const missing = sharedNeo4jMissing();

describe.skipIf(missing !== null)(`on a real server ${missing ?? ''}`, () => {
  let neo4j: SharedNeo4j;
  beforeAll(async () => {
    neo4j = await shareNeo4j();
    await neo4j.emptyWholly();
  }, NEO4J_TURN_MS_MAX);
  afterAll(() => neo4j?.leave());

  describeLineageStore('Neo4j', async () => {
    await neo4j.empty();
    return {
      open: async () => {
        const { url, user, password } = neo4j;
        const options = { url, user, password, projectionVersion: 1, headMsMax: HEAD_MS_MAX };
        const store = await openNeo4jLineageStore(options);
        onTestFinished(() => store.close());
        return store;
      },
    };
  });
});
