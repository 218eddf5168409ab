import { describe, expect, it } from 'vitest';
import { sharedOperations } from '../../src/transport/wandb/shared-streams.ts';
import { type Door, openDoor, upsertRun } from './open-door.ts';

const row = (writer: string, at: number) => JSON.stringify({ [writer]: at });

function post(door: Door, client: string, body: object) {
  return door.post('/files/main/p/r/file_stream', JSON.stringify(body), {
    'x-wandb-use-async-filestream': 'true',
    'x-wandb-async-client-id': client,
  });
}

const history = (offset: number, ...content: string[]) => ({
  files: { 'wandb-history.jsonl': { offset, content } },
});

async function runOf(door: Door) {
  const { project } = await door.data(
    `{ project(name: "p", entityName: "main") { run(name: "r") {
      state summaryMetrics history(samples: 100)
    } } }`,
  );
  return project.run;
}

describe('a run that several processes share', () => {
  it('keeps the rows of all, whatever each counts them from', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    await post(door, 'a', history(0, row('a', 0), row('a', 1)));
    await post(door, 'b', history(0, row('b', 0)));
    await post(door, 'a', history(2, row('a', 2)));
    await post(door, 'b', history(0, row('b', 0), row('b', 1)));
    const rows = (await runOf(door)).history;
    const all = [row('a', 0), row('a', 1), row('b', 0), row('a', 2), row('b', 1)];
    expect(rows).toEqual(all);
  });

  it('has the summary of all, and ends when the first of them says so', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const summary = (text: string) => ({
      files: { 'wandb-summary.json': { offset: 0, content: [text] } },
    });
    await post(door, 'a', summary('{"a":1,"n":NaN}'));
    await post(door, 'b', summary('{"b":2}'));
    await post(door, 'a', { complete: true, exitcode: 0 });
    await post(door, 'b', history(0, row('b', 0)));
    expect(await runOf(door)).toMatchObject({
      state: 'finished',
      summaryMetrics: '{"a":1,"n":NaN,"b":2}',
      history: [row('b', 0)],
    });
  });

  it('keeps the place of lines that were placed and not yet written', async () => {
    const door = await openDoor();
    const { hub } = door;
    const made = await upsertRun(door, 'r');
    const run = Buffer.from(made.body.data.upsertBucket.bucket.id, 'base64').toString().slice(4);
    const lines = [row('a', 0)];
    const file = 'wandb-history.jsonl';
    const operation = { stream: 'history', file, offset: 0, lines } as const;
    await sharedOperations(hub, { run, client: 'a' }, [operation]);
    await post(door, 'b', history(0, row('b', 0)));
    await post(door, 'a', history(0, ...lines));
    expect((await runOf(door)).history).toEqual([row('a', 0), row('b', 0)]);
  });

  it('keeps no name that a process gives itself or its console', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const output = { files: { 'output_alice-laptop.log': { offset: 0, content: ['hello'] } } };
    await post(door, 'alice@box7', output);
    const kept = await door.hub.operational.list('run-telemetry', { prefix: '', limit: 100 });
    expect(kept.some(({ key }) => key.includes('/console/of/'))).toBe(true);
    expect(JSON.stringify(kept)).not.toMatch(/alice|box7|hello/);
  });

  it('has the config of all', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r', { config: '{"a":{"value":1}}' });
    const input = { name: 'r', modelName: 'p', config: '{"b":{"value":2}}' };
    const query = `mutation ($input: UpsertBucketInput!) {
      upsertBucket(input: $input) { bucket { config } }
    }`;
    const shared = { 'x-wandb-use-async-filestream': 'true', 'x-wandb-client-id': 'b' };
    const body = JSON.stringify({ query, variables: { input } });
    const answer = await door.post('/graphql', body, shared);
    expect(JSON.parse(answer.body.data.upsertBucket.bucket.config)).toEqual({
      a: { value: 1 },
      b: { value: 2 },
    });
  });
});
