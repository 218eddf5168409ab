import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNeo4jLineageStore } from '../../src/adapters/neo4j/neo4j-lineage-store.ts';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import type { FactRow } from '../../src/ports/lineage-store.ts';
import { openLineageDigest } from '../../src/wire/openlineage/parse-event.ts';
import { ask, HUB_KEY, type HubProcess, runCli, startHub } from '../support/hub-process.ts';
import { neo4jMissing } from '../support/neo4j-jars.ts';
import { type Neo4jServer, startNeo4j } from '../support/neo4j-server.ts';
import { wholeLog } from '../support/open-ledger.ts';
import { type RedisServer, redisMissing, startRedis } from '../support/redis-server.ts';

/** `npm run fault` asks for more. */
const ROUNDS = Number(process.env.LEDGERLINE_FAULT_ROUNDS ?? 3);
const LIFE_MS_MIN = 300;
const LIFE_MS_MAX = 1_500;
/** How long a client goes on asking before it counts the hub as lost, in milliseconds. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 100;
/** Between two events of one sender: what is sent in a round is applied about as fast. */
const EVENTS_PAUSE_MS = 400;
/** How long what was acknowledged may take to be applied when nothing breaks any more. */
const SETTLE_MS_MAX = 240_000;

const VICTIMS = ['hub', 'worker', 'neo4j', 'redis'] as const;
type Victim = (typeof VICTIMS)[number];

/** What clients were told is recorded, and what was taken to be recorded. */
const told = { runs: new Map<string, number>(), events: new Set<string>() };
const missing = neo4jMissing() ?? redisMissing();

/** Everything that runs; each of it may be killed and comes back at the same place. */
class World {
  readonly #dataDir: string;
  readonly neo4j: Neo4jServer;
  readonly redis: RedisServer;
  hubs: [HubProcess, HubProcess];
  worker: HubProcess;

  private constructor(parts: {
    dataDir: string;
    neo4j: Neo4jServer;
    redis: RedisServer;
    hubs: [HubProcess, HubProcess];
    worker: HubProcess;
  }) {
    this.#dataDir = parts.dataDir;
    this.neo4j = parts.neo4j;
    this.redis = parts.redis;
    this.hubs = parts.hubs;
    this.worker = parts.worker;
  }

  static async open(): Promise<World> {
    const dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-stores-'));
    const [neo4j, redis] = await Promise.all([startNeo4j(), startRedis()]);
    const environment = environmentOf(neo4j, redis);
    const first = await startHub({ dataDir, environment: { ...environment, ...API } });
    const second = await startHub({ dataDir, environment: { ...environment, ...API } });
    const worker = await startHub({ dataDir, environment, command: 'worker' });
    return new World({ dataDir, neo4j, redis, hubs: [first, second], worker });
  }

  get environment(): Readonly<Record<string, string>> {
    return environmentOf(this.neo4j, this.redis);
  }

  async killAndReplace(victim: Victim): Promise<void> {
    const { environment } = this;
    const dataDir = this.#dataDir;
    const down = () => new Promise((wake) => setTimeout(wake, randomInt(LIFE_MS_MAX)));
    if (victim === 'neo4j' || victim === 'redis') {
      await this[victim].kill();
      await down();
      return this[victim].startAgain();
    }
    if (victim === 'worker') {
      await this.worker.kill();
      await down();
      this.worker = await startHub({ dataDir, environment, command: 'worker' });
      return;
    }
    const at = randomInt(2) as 0 | 1;
    await this.hubs[at].kill();
    await down();
    this.hubs[at] = await startHub({ dataDir, environment: { ...environment, ...API } });
  }

  command(...args: string[]) {
    return runCli({ dataDir: this.#dataDir, environment: this.environment }, ...args);
  }

  async close(): Promise<void> {
    await Promise.all([...this.hubs, this.worker].map((hub) => hub.kill()));
    await Promise.all([this.neo4j.stop(), this.redis.stop()]);
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}

const API = { LEDGERLINE_ROLE: 'api' };

function environmentOf(neo4j: Neo4jServer, redis: RedisServer) {
  return {
    LEDGERLINE_NEO4J_URL: neo4j.url,
    LEDGERLINE_NEO4J_USER: neo4j.user,
    LEDGERLINE_NEO4J_PASSWORD: neo4j.password,
    LEDGERLINE_REDIS_URL: redis.url,
  };
}

const CREATE_RUN = `mutation ($input: CreateRunInput!) {
  createRun(input: $input) { run { id } fact { index } }
}`;

/** Asks until it is acknowledged, as a client does that may not lose what it says. */
async function untilTold<T>(say: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await say();
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((wake) => setTimeout(wake, PAUSE_MS));
    }
  }
}

async function writeRun(world: World, at: 0 | 1, name: string): Promise<void> {
  const input = { project: 'main/faults', name, idempotencyKey: name };
  const { createRun } = await untilTold(() =>
    ask<{ createRun: { run: { id: string }; fact: { index: number } } }>(
      world.hubs[at],
      CREATE_RUN,
      { input },
    ),
  );
  told.runs.set(createRun.run.id, createRun.fact.index);
}

/** The start and the end of a pipeline's run that reads what others make. */
async function sendEvents(world: World, at: 0 | 1, nth: number): Promise<void> {
  const runId = randomUUID();
  const dataset = (name: string) => ({ namespace: 's3://lake', name });
  for (const [eventType, second] of [
    ['START', 0],
    ['COMPLETE', 1],
  ] as const) {
    const event = {
      ...{ eventType, producer: 'https://example.com/faults' },
      eventTime: new Date(1.79e12 + nth * 2_000 + second * 1_000).toISOString(),
      run: { runId },
      job: { namespace: 'faults', name: `job-${nth % 5}` },
      inputs: [dataset(`table-${nth % 3}`)],
      outputs: [dataset(`table-${(nth + 1) % 3}`)],
    };
    await untilTold(async () => {
      const { url } = world.hubs[at];
      const response = await fetch(`${url}/api/v1/lineage?project=main/faults`, {
        method: 'POST',
        headers: { authorization: `Bearer ${HUB_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify(event),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
    });
    told.events.add(openLineageDigest(event));
  }
}

/** Writes through both hubs until told to stop, and rejects what patience did not help. */
function load(world: World) {
  let stage: 'on' | 'off' = 'on';
  let nth = 0;
  const writers = ([0, 1] as const).flatMap((at) => [
    (async () => {
      while (stage === 'on') await writeRun(world, at, `run-${at}-${randomUUID()}`);
    })(),
    (async () => {
      while (stage === 'on') {
        await sendEvents(world, at, nth++);
        await new Promise((wake) => setTimeout(wake, EVENTS_PAUSE_MS));
      }
    })(),
  ]);
  const all = Promise.all(writers);
  all.catch(() => {});
  return async () => {
    stage = 'off';
    await all;
  };
}

describe.skipIf(missing !== null)('stores and processes that are killed under load', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open();
    await ask(
      world.hubs[0],
      'mutation { createProject(input: {team: "main", name: "faults"}) { fact { index } } }',
    );
    const stop = load(world);
    for (const victim of VICTIMS) {
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = told.runs.size;
        await new Promise((wake) => setTimeout(wake, randomInt(LIFE_MS_MIN, LIFE_MS_MAX)));
        await world.killAndReplace(victim);
        // The next one falls only when work goes on again.
        await untilTold(async () => {
          if (told.runs.size <= before + 2) throw new Error(`nothing goes on after the ${victim}`);
        });
      }
    }
    await stop();
  }, 1_800_000);

  afterAll(() => world?.close());

  let log: readonly FactRow[] = [];

  it('makes facts of everything that was acknowledged, and has no gap', async () => {
    const { url, user, password } = world.neo4j;
    const store = await openNeo4jLineageStore({ url, user, password });
    try {
      const until = performance.now() + SETTLE_MS_MAX;
      let lost: string[] = [];
      do {
        log = await wholeLog(store);
        const keys = new Set(
          log.map(({ leaf }) => parseLeaf(leaf).request.idempotencyKey?.split('@')[0]),
        );
        lost = [...told.events].filter((digest) => !keys.has(digest));
        if (lost.length > 0) await new Promise((wake) => setTimeout(wake, 1_000));
      } while (lost.length > 0 && performance.now() < until);
      expect(lost).toEqual([]);
    } finally {
      await store.close();
    }
    expect(log.map(({ index }) => index)).toEqual(log.map((_, at) => at));
    expect(told.runs.size).toBeGreaterThan(ROUNDS * VICTIMS.length);
    for (const [id, index] of told.runs) expect(log[index]?.subject).toBe(id);
  }, 300_000);

  it('recorded nothing twice', () => {
    const keys = log.flatMap(({ leaf, outcome }) => {
      const { actor, request } = parseLeaf(leaf);
      const { operation, idempotencyKey: key } = request;
      return key === null || outcome !== 'allow' ? [] : `${actor.ref} ${operation} ${key}`;
    });
    expect(keys.length).toBe(new Set(keys).size);
  });

  it('applied every fact whole: the graph is what the log says', async () => {
    const { exitCode, output } = await world.command('rebuild');
    expect(output).toMatch(/^equal: /m);
    expect(exitCode).toBe(0);
  }, 300_000);
});
