import { readFileSync } from 'node:fs';
import { fastify } from 'fastify';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wandbDoor } from '../../src/transport/wandb/wandb-door.ts';
import {
  CANARY,
  type CanaryWorld,
  HIDDEN_TEAM,
  openCanaryWorld,
  TWIN,
} from '../support/canary-world.ts';
import { everyQuestion, type Pool, type Question } from '../support/every-question.ts';
import { ADMIN_KEY } from '../support/open-hub.ts';
import { Door } from './open-door.ts';
import { servedParts } from './served-parts.ts';

const SCHEMA = new URL('../../schema/wandb.graphql', import.meta.url);
const schema = buildSchema(readFileSync(SCHEMA, 'utf8'));

const cleanups: Array<() => Promise<void>> = [];
let world: CanaryWorld;
let viewer: Door;
let admin: Door;

beforeAll(async () => {
  world = await openCanaryWorld('with the hidden project', (work) => void cleanups.push(work));
  const app = fastify({ routerOptions: { maxParamLength: 32_768 } });
  await app.register((scope) => wandbDoor(scope, world.hub), { prefix: '/wandb' });
  cleanups.push(() => app.close());
  admin = new Door(world.hub, app, ADMIN_KEY);
  viewer = admin.as(world.viewer.key);
}, 60_000);
afterAll(async () => {
  for (const work of cleanups.reverse()) await work();
});

function poolOf({ ids }: CanaryWorld): Pool {
  return {
    name: ['open', `${CANARY}-project`],
    entityName: ['main', HIDDEN_TEAM],
    'entity.name': ['main', HIDDEN_TEAM],
    id: [ids.openModel, ids.hiddenModel, ids.hiddenFeatures, ids.openSame, ids.hiddenSame],
    clientID: ['nothing', ids.hiddenModel],
  };
}

/** What required arguments of nested fields get. */
const NESTED = {
  'run.name': `"${CANARY}-prepare"`,
  'bucket.name': `"${CANARY}-prepare"`,
  'artifact.name': `"${CANARY}-features:latest"`,
  'artifactType.name': '"dataset"',
  'artifactCollectionMembership.name': '"latest"',
  'artifactCollection.name': `"${CANARY}-features"`,
  'artifactMembership.aliasName': '"latest"',
  'sampledHistory.specs': '[]',
  'history.minStep': '0',
  'files.names': '[]',
};

function questions(): Question[] {
  const plan = { schema, roots: poolOf(world), nested: NESTED, depth: 2 };
  return everyQuestion('Query', plan).flatMap(servedParts);
}

const ids = () => Object.entries(world.ids).filter(([name]) => name.startsWith('hidden'));

function twinText(text: string): string {
  let twin = text.replaceAll(CANARY, TWIN);
  for (const [, id] of ids()) {
    twin = twin.replaceAll(id, `${id.slice(0, id.indexOf('_') + 1)}${'A'.repeat(43)}`);
  }
  return twin;
}

describe('a viewer of one project, by the door for wandb', () => {
  test('is answered about hidden things as about unknown ones, without the canary', async () => {
    const seen = { viewer: 0, administrator: 0 };
    const asked = questions();
    for (const { query, variables } of asked) {
      const answer = await viewer.graphql(query, variables);
      const twin = await viewer.graphql(
        twinText(query),
        JSON.parse(twinText(JSON.stringify(variables))),
      );
      expect({ query, variables, answer: JSON.parse(twinText(JSON.stringify(answer))) }).toEqual({
        query,
        variables,
        answer: twin,
      });
      if (JSON.stringify(answer.body.data ?? null).includes(CANARY)) seen.viewer += 1;
      const known = await admin.graphql(query, variables);
      if (JSON.stringify(known.body.data ?? null).includes(CANARY)) seen.administrator += 1;
    }
    expect(asked.length).toBeGreaterThan(10);
    expect(seen.viewer).toBe(0);
    expect(seen.administrator).toBeGreaterThan(5);
  }, 120_000);
});
