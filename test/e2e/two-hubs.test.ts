import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../contract/temporary-folder.ts';
import { ask, HUB_KEY, type HubProcess, startHub } from '../support/hub-process.ts';
import {
  NEO4J_TURN_MS_MAX,
  type SharedNeo4j,
  sharedNeo4jMissing,
  shareNeo4j,
} from '../support/neo4j-shared.ts';
import { openRedis, type RedisUrl, redisUrlMissing } from '../support/redis-server.ts';

const missing = sharedNeo4jMissing() ?? redisUrlMissing();
/** How long a stopped process may hold the others up, and what a busy machine adds to it. */
const HELD_UP_MS_MAX = 5_000 + 5_000;
/** How often each of the two is stopped. */
const STOPS = 2;
const CHUNKS = 40;

describe.skipIf(missing !== null)(`two hubs${missing === null ? '' : `: ${missing}`}`, () => {
  let neo4j: SharedNeo4j;
  let redis: RedisUrl;
  beforeAll(async () => {
    neo4j = await shareNeo4j();
    await neo4j.emptyWholly();
    redis = await openRedis();
  }, NEO4J_TURN_MS_MAX);
  afterAll(async () => {
    await redis.stop();
    await neo4j.leave();
  });

  test('on one installation are as one, and neither holds the other up', async () => {
    const dataDir = join(await temporaryFolder(), 'data');
    const environment = {
      LEDGERLINE_NEO4J_URL: neo4j.url,
      LEDGERLINE_NEO4J_USER: neo4j.user,
      LEDGERLINE_NEO4J_PASSWORD: neo4j.password,
      LEDGERLINE_REDIS_URL: redis.url,
    };
    const hubs = await Promise.all([
      startHub({ dataDir, environment }),
      startHub({ dataDir, environment: { ...environment, LEDGERLINE_ROLE: 'api' } }),
    ]);
    try {
      await knowOneKey(hubs);
      await writeOneRun(hubs);
      await holdNobodyUp(hubs);
      await haveNoGap(hubs[1]);
    } finally {
      for (const hub of hubs) {
        hub.process.kill('SIGCONT');
        await hub.stop();
      }
    }
  }, 240_000);
});

type Hubs = readonly [HubProcess, HubProcess];

const CREATE_KEY = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { key } }`;

async function knowOneKey([first, second]: Hubs): Promise<void> {
  const { viewer } = await ask<{ viewer: { id: string } }>(first, '{ viewer { id } }');
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const input = { actor: viewer.id, expiresAt };
  const { createApiKey } = await ask<{ createApiKey: { key: string } }>(first, CREATE_KEY, {
    input,
  });
  const answer = await fetch(`${second.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${createApiKey.key}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query: '{ viewer { id } }' }),
  });
  expect(await answer.json()).toEqual({ data: { viewer } });
}

/** Rows of one run by turns through both, and the run as the SDK sees it after. */
async function writeOneRun(hubs: Hubs): Promise<void> {
  await upsertRun(hubs[0], 'shared');
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    await stream(hubs[chunk % 2] as HubProcess, 'shared', chunk);
  }
  for (const hub of hubs) {
    expect(await upsertRun(hub, 'shared')).toMatchObject({ historyLineCount: CHUNKS });
  }
}

/** While one is stopped in the midst of its work, the other does all kinds of work. */
async function holdNobodyUp([first, second]: Hubs): Promise<void> {
  await upsertRun(first, 'stopped');
  let chunk = 0;
  for (let stop = 0; stop < STOPS; stop += 1) {
    for (const [stopped, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const begun = Promise.allSettled([
        stream(stopped, 'stopped', chunk),
        upsertRun(stopped, `begun-${randomUUID()}`),
      ]);
      await new Promise((wake) => setTimeout(wake, 3 * stop));
      stopped.process.kill('SIGSTOP');
      const startedAt = performance.now();
      await Promise.all([
        stream(other, 'stopped', chunk + 1),
        upsertRun(other, `other-${randomUUID()}`),
      ]);
      expect(performance.now() - startedAt).toBeLessThan(HELD_UP_MS_MAX);
      stopped.process.kill('SIGCONT');
      await begun;
      await stream(stopped, 'stopped', chunk);
      chunk += 2;
    }
  }
  expect(await upsertRun(first, 'stopped')).toMatchObject({ historyLineCount: chunk });
}

async function haveNoGap(hub: HubProcess): Promise<void> {
  const { auditLog } = await ask<{
    auditLog: { edges: ReadonlyArray<{ node: { index: number } }> };
  }>(hub, '{ auditLog(first: 500) { edges { node { index } } } }');
  const indexes = auditLog.edges.map(({ node }) => Number(node.index)).sort((a, b) => a - b);
  expect(indexes).toEqual(indexes.map((_, at) => at));
  expect(indexes.length).toBeGreaterThan(10);
}

const UPSERT = `mutation ($input: UpsertBucketInput!) {
  upsertBucket(input: $input) { bucket { name historyLineCount } }
}`;

/** Makes a run, or takes it up again, as a training process does. */
async function upsertRun(hub: HubProcess, name: string): Promise<object> {
  const input = { name, modelName: 'p', entityName: null, config: '{}' };
  const body = { query: UPSERT, variables: { input }, operationName: '' };
  const { data } = await toWandb(hub, '/graphql', body);
  return data.upsertBucket.bucket;
}

/** One row, at its own place: sent again it stands there once. */
async function stream(hub: HubProcess, run: string, offset: number): Promise<void> {
  const content = [JSON.stringify({ _step: offset, loss: 1 / (offset + 1) })];
  const files = { 'wandb-history.jsonl': { offset, content } };
  await toWandb(hub, `/files/main/p/${run}/file_stream`, { files });
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
async function toWandb(hub: HubProcess, path: string, body: object): Promise<any> {
  const answer = await fetch(`${hub.url}/wandb${path}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`api:${HUB_KEY}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`HTTP ${answer.status}: ${text}`);
  const said = JSON.parse(text);
  if (said.errors) throw new Error(text);
  return said;
}
