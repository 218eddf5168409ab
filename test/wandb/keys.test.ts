import { expect, test } from 'vitest';
import { AccessWorld, inMs, REVOKE_KEY } from '../support/access-world.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { withClock } from '../support/with-clock.ts';
import { openDoor, serveDoor } from './open-door.ts';

const VIEWER = '{ viewer { id name username email teams { edges { node { name } } } } }';
const DAY_MS = 24 * 3_600_000;

async function open() {
  const door = await openDoor();
  const client = await openGraphqlClient(door.hub);
  const world = new AccessWorld(client);
  await world.get(
    'mutation { createProject(input: { team: "main", name: "p" }) { fact { index } } }',
  );
  return { door, world };
}

test('a person is shown by name, and as erased when the name is gone', async () => {
  const { door, world } = await open();
  const person = await world.person('Ada Lovelace', { email: 'ada@example.org', team: 'main' });
  await world.grant(person, 'CONTRIBUTOR', 'project/main/p');
  const { key } = await world.apiKey(person);
  const own = door.as(key);
  expect((await own.data(VIEWER)).viewer).toMatchObject({
    name: 'Ada Lovelace',
    username: 'Ada Lovelace',
    email: null,
    teams: { edges: [{ node: { name: 'main' } }] },
  });
  await own.data(
    `mutation { upsertBucket(input: { name: "r", entityName: "main", modelName: "p" }) {
      bucket { id }
    } }`,
  );
  const user = `{ project(name: "p", entityName: "main") { run(name: "r") { user { name } } } }`;
  expect((await door.data(user)).project.run.user.name).toBe('Ada Lovelace');
  await door.hub.personKeys.destroy(person as `act:${string}`);
  expect((await door.data(user)).project.run.user.name).toBe('[erased]');
});

test('teams that the key may not know of are not there', async () => {
  const { door, world } = await open();
  await world.team('secret');
  const service = await world.service('main', 'trainer');
  const { key } = await world.apiKey(service);
  const { viewer } = await door.as(key).data(VIEWER);
  expect(viewer.teams.edges).toEqual([{ node: { name: 'main' } }]);
  const secret = '{ entity(name: "secret") { name } }';
  expect(await door.as(key).data(secret)).toEqual({ entity: null });
  expect((await door.data(secret)).entity).toEqual({ name: 'secret' });
});

test('keys are refused by what is the matter with them', async () => {
  const { door, world } = await open();
  const service = await world.service('main', 'trainer');
  await world.grant(service, 'CONTRIBUTOR', 'project/main/p');
  const codeOf = async (key: string, query = VIEWER) => {
    const { status, body } = await door.as(key).graphql(query);
    return [status, body.errors?.[0]?.extensions?.code];
  };
  const run = `mutation { upsertBucket(input: { name: "x", entityName: "main", modelName: "p" }) {
    bucket { id }
  } }`;
  const good = await world.apiKey(service);
  expect(await codeOf(good.key, run)).toEqual([200, undefined]);
  const reading = await world.apiKey(service, { actions: ['record.read'] });
  expect(await codeOf(reading.key, run)).toEqual([403, 'KEY_SCOPE']);
  const upload = await door.as(reading.key).stream('x', { files: {} });
  expect([upload.status, upload.body.errors[0].extensions.code]).toEqual([403, 'KEY_SCOPE']);
  expect(await codeOf(`ledgerline-${'0'.repeat(64)}`)).toEqual([401, 'UNAUTHENTICATED']);
  await world.get(REVOKE_KEY, { input: { key: good.id } });
  expect(await codeOf(good.key)).toEqual([401, 'KEY_REVOKED']);
  const made = await world.get('mutation { createPerson(input: { name: "Ada" }) { signInKey } }');
  expect(await codeOf(made.createPerson.signInKey)).toEqual([401, 'UNAUTHENTICATED']);
});

test('a key that expired is refused as such', async () => {
  const { door, world } = await open();
  const service = await world.service('main', 'trainer');
  const { key } = await world.apiKey(service, { expiresAt: inMs(DAY_MS) });
  const { hub, clock } = withClock(door.hub);
  const later = (await serveDoor(hub)).as(key);
  expect((await later.graphql(VIEWER)).status).toBe(200);
  clock.advance(2 * DAY_MS);
  const { status, body } = await later.graphql(VIEWER);
  expect([status, body.errors[0].extensions.code]).toEqual([401, 'KEY_EXPIRED']);
});
