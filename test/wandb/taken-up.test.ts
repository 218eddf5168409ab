import { expect, it } from 'vitest';
import { type Door, openDoor, upsertRun } from './open-door.ts';

const STOP = 'mutation ($id: ID!) { stopRun(input: {id: $id}) { success } }';
/** As the SDK starts: it says where it runs, and what it is comes later. */
const START = { host: 'box7', jobProgram: 'train.py', config: '{"_wandb":{"value":{"t":{}}}}' };
const WRITER = { e: { 'writer-1': { os: 'Linux', host: 'box7' } } };
const LATER = { config: JSON.stringify({ _wandb: { value: WRITER } }) };
const SHARED = { 'x-wandb-use-async-filestream': 'true', 'x-wandb-async-client-id': 'w' };

/** A run whose process is asked to stop and has not been told. */
async function openStopped(): Promise<Door> {
  const door = await openDoor();
  const { body } = await upsertRun(door, 'r', START);
  await door.data(STOP, { id: body.data.upsertBucket.bucket.id });
  return door;
}

const isTold = async (door: Door) => (await door.stream('r', {})).body.stopped === true;

it('a process that takes over before anybody noticed is not asked to stop', async () => {
  const door = await openStopped();
  await upsertRun(door, 'r', START);
  expect(await isTold(door)).toBe(false);
  expect((await door.facts()).slice(-2)).toEqual(['runStop.requested', 'run.resumed']);
  await upsertRun(door, 'r', START);
  expect((await door.facts()).at(-1)).toBe('run.resumed');
});

it.each([
  ['tells of itself', { ...START, ...LATER }],
  ['changes its config', { config: '{"lr":{"value":1}}' }],
])('a process that %s goes on being asked to stop', async (_what, input) => {
  const door = await openStopped();
  await upsertRun(door, 'r', input);
  expect(await isTold(door)).toBe(true);
});

it('a process that joins a shared run replaces nobody', async () => {
  const door = await openStopped();
  const query = `mutation ($input: UpsertBucketInput!) {
    upsertBucket(input: $input) { inserted }
  }`;
  const variables = { input: { name: 'r', modelName: 'p', ...START } };
  const { status } = await door.post('/graphql', JSON.stringify({ query, variables }), SHARED);
  expect(status).toBe(200);
  expect(await isTold(door)).toBe(true);
});
