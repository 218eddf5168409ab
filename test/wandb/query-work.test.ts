import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ALIASES_MAX } from '../../src/transport/wandb/query-work.ts';
import { addService } from '../support/add-service.ts';
import { type Answer, type Door, openDoor, upsertRun } from './open-door.ts';

const NAMED = '(name: "p", entityName: "main")';
const times = (count: number, field: string) =>
  Array.from({ length: count }, (_, at) => `a${at}: ${field}`).join(' ');

/** What the public API lists of each run when it is asked for all of it. */
const RUN_LIST = `query Runs($first: Int = 50, $filters: JSONString, $order: String) {
  project${NAMED} {
    internalId runCount(filters: $filters) readOnly
    runs(filters: $filters, first: $first, order: $order) {
      edges { node { projectId ...Fields } cursor } pageInfo { endCursor hasNextPage }
    }
  }
}
fragment Fields on Run {
  id tags name displayName sweepName state group jobType commit readOnly createdAt heartbeatAt
  description notes historyLineCount user { name username }
}`;

/** A door with a run in a project, and a viewer of it who asks. */
async function open(): Promise<{ door: Door; viewer: Door }> {
  const door = await openDoor();
  await upsertRun(door, 'r');
  const { key } = await addService(door.hub, 'viewer', [['VIEWER', 'project/main/p']]);
  return { door, viewer: door.as(key) };
}

function expectRefused({ status, body }: Answer, why: RegExp) {
  expect([400, 413]).toContain(status);
  expect(body.data).toBeUndefined();
  expect(body.errors[0].message).toMatch(why);
}

describe('a query that asks for more than the SDK does is refused before it is answered', () => {
  it.each([
    [
      'runs of the project of each run',
      `{ project${NAMED} { runs(first: 5000) { edges { node { project {
        runs(first: 5000) { edges { node { id } } } } } } } } }`,
      /runs is asked of the project itself/,
    ],
    [
      'the same through versions',
      `{ project${NAMED} { artifactCollection(name: "c") { project { runCount } } } }`,
      /runCount is asked of the project itself/,
    ],
    [
      'lists within lists within lists',
      `{ project${NAMED} { runs { edges { node { inputArtifacts { edges { node { usedBy {
        edges { node { id } } } } } } } } } } }`,
      /at most 2 lists with pages .*usedBy/,
    ],
    [
      'the same through fragments',
      `{ project${NAMED} { runs { edges { node { ...R } } } } }
      fragment R on Run { outputArtifacts { edges { node { ...A } } } }
      fragment A on Artifact { usedBy { edges { node { id } } } }`,
      /at most 2 lists/,
    ],
    [
      'the runs under many names',
      `{ project${NAMED} { ${times(100, 'runs(first: 5000, filters: "{}") { totalCount }')} } }`,
      /at most 30 other names/,
    ],
    [
      'the runs under some names',
      `{ project${NAMED} { ${times(ALIASES_MAX, 'runs { totalCount }')} } }`,
      /work of \d+ fields/,
    ],
    [
      'the rows of a run again and again',
      `{ project${NAMED} { run(name: "r") {
        ${times(20, 'sampledHistory(specs: ["{}"])')} } } }`,
      /work of \d+ fields/,
    ],
    [
      'the rows of a run by many specifications',
      `{ project${NAMED} { run(name: "r") {
        sampledHistory(specs: [${'"{}",'.repeat(50)}]) } } }`,
      /work of \d+ fields/,
    ],
    [
      'the rows of many runs',
      `{ project${NAMED} { runs { edges { node { history } } } } }`,
      /work of \d+ fields/,
    ],
    [
      'the projects with their runs',
      `{ models(entityName: "main") { edges { node { runCount } } } }`,
      /work of \d+ fields/,
    ],
  ])('%s', async (_what, query, why) => {
    const { viewer } = await open();
    expectRefused(await viewer.graphql(query), why);
  });

  it('a page whose size a variable gives', async () => {
    const { viewer } = await open();
    const query = `query ($n: Int) { project${NAMED} { runs(first: $n) {
      edges { node { inputArtifacts(first: $n) { edges { node { id } } } } } } } }`;
    expectRefused(await viewer.graphql(query, { n: 5_000 }), /smaller pages/);
    expect((await viewer.graphql(query, { n: 50 })).status).toBe(200);
  });

  it('the schema, which the SDK never asks for', async () => {
    const { viewer } = await open();
    const { status, body } = await viewer.graphql('{ __schema { types { name } } }');
    expect([status, body.errors[0].message]).toEqual([
      400,
      'the hub does not serve this query of the wandb API (__schema)',
    ]);
  });
});

describe('what the SDK asks for is answered', () => {
  it.each([50, 1_000, 5_000])('pages of %i runs', async (first) => {
    const { viewer } = await open();
    const data = await viewer.data(RUN_LIST, { first, filters: '{}', order: '-config.a' });
    expect(data.project.runs.edges).toHaveLength(1);
  });

  it('pages of 5,000 files', async () => {
    const { viewer } = await open();
    const data = await viewer.data(`{ project${NAMED} { run(name: "r") { files(first: 5000) {
      edges { node { name directUrl sizeBytes mimetype updatedAt md5 } } } } } }`);
    expect(data.project.run.files.edges).toEqual([]);
  });

  it('all of a run, with a page of its rows', async () => {
    const { viewer } = await open();
    const data = await viewer.data(`{ project${NAMED} { run(name: "r") {
      config summaryMetrics historyKeys systemMetrics project { name entity { name } }
      sampledHistory(specs: "{\\"keys\\":[\\"a\\"]}") historyTail eventsTail } } }`);
    expect(data.project.run.project).toEqual({ name: 'p', entity: { name: 'main' } });
  });
});

it('a query whose client has gone is not worked on', async () => {
  const { door } = await open();
  await door.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = door.app.server.address() as { port: number };
  let lists = 0;
  const { store } = door.hub;
  const list = store.list.bind(store);
  store.list = async (asked) => {
    if (asked.kinds?.includes('RUN')) lists += 1;
    await setTimeout(300);
    return list(asked);
  };
  const client = new AbortController();
  const query = `{ project${NAMED} { runs { edges { node { inputArtifacts { totalCount } } } } } }`;
  const [key] = [(await addService(door.hub, 'other', [['VIEWER', 'project/main/p']])).key];
  const asked = fetch(`http://127.0.0.1:${port}/wandb/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: client.signal,
  });
  let edges = 0;
  const edgesOf = store.edges.bind(store);
  store.edges = (which) => {
    edges += 1;
    return edgesOf(which);
  };
  while (lists === 0) await setTimeout(5);
  client.abort();
  await expect(asked).rejects.toThrow(/abort/i);
  await setTimeout(600);
  expect([lists, edges]).toEqual([1, 0]);
});
