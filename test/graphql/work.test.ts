import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  REQUESTS_AT_ONCE_MAX,
  REQUESTS_WAITING_MAX,
} from '../../src/transport/graphql/request-turns.ts';
import { addService } from '../support/add-service.ts';
import { type Calls, counting } from '../support/counting-hub.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { many } from '../support/hostile-parts.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const ends: Array<() => Promise<void>> = [];
let client: GraphqlClient;
let calls: Readonly<Record<'store' | 'objects' | 'telemetry' | 'columns', Calls>>;
let ids: Readonly<Record<'run' | 'other' | 'data' | 'model', string>>;
let viewer: string;

const files = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    path: `part-${at}`,
    sizeBytes: at,
    digest: digestOf(at),
  }));
const LINES = Array.from({ length: 2_500 }, (_, at) => JSON.stringify({ _step: at, loss: at }));

beforeAll(async () => {
  const { hub } = await openTestHub((work) => ends.unshift(work));
  const [store, objects, telemetry, columns] = [
    counting(hub.store),
    counting(hub.objects),
    counting(hub.telemetry),
    counting(hub.telemetry.columns),
  ];
  const over = {
    store: store.counted,
    objects: objects.counted,
    telemetry: Object.assign(Object.create(telemetry.counted), { columns: columns.counted }),
  };
  const counted = Object.assign(Object.create(hub), over);
  client = await openGraphqlClient(counted, (work) => ends.unshift(work));
  calls = {
    store: store.calls,
    objects: objects.calls,
    telemetry: telemetry.calls,
    columns: columns.calls,
  };
  const record = recorder(client);
  await record.project('p');
  const data = await record.version('DATASET', 'main/p/d', { files: files(300) });
  const run = await record.run('main/p', 'r', { config: { rate: 1 } });
  const other = await record.run('main/p', 's', { config: { rate: 2 } });
  const model = await record.version('MODEL', 'main/p/m', { digest: digestOf(9_000) });
  await record.lineage(run, [data], [model]);
  await record.lineage(other, [data], []);
  await hub.telemetry.append(run, [{ stream: 'history', offset: 0, lines: LINES }]);
  ids = { run, other, data, model };
  viewer = (await addService(hub, 'viewer', [['VIEWER', 'project/main/p']])).key;
});
afterAll(async () => {
  for (const end of ends) await end();
});

/** What a viewer's request is answered, and the calls that it took. */
async function taken(query: string, variables: object = {}) {
  for (const look of Object.values(calls)) look();
  const { data, errors } = await client.ask(query, { ...ids, ...variables }, viewer);
  expect(errors).toEqual([]);
  return {
    data,
    store: calls.store(),
    objects: calls.objects(),
    telemetry: calls.telemetry(),
    columns: calls.columns(),
  };
}

const named = (id: string, count: number) => ({ ids: Array.from({ length: count }, () => id) });
const NODES = (fields: string) => `query ($ids: [ID!]!) { nodes(ids: $ids) { ${fields} } }`;

describe('what a request asks for in many places is worked out once', () => {
  test('the files of a version that is named sixty times, and compared with itself', async () => {
    const ask = NODES('... on DatasetVersion { files(first: 1) { edges { node { path } } } }');
    const { data, objects } = await taken(ask, named(ids.data, 60));
    expect(data.nodes).toHaveLength(60);
    expect(new Set(data.nodes.map((each: object) => JSON.stringify(each))).size).toBe(1);
    expect(data.nodes[59].files.edges).toEqual([{ node: { path: 'part-0' } }]);
    expect(objects).toEqual({ read: 1 });
    // A manifest never changes, and the next request finds it kept.
    const compare = 'compare(a: $data, b: $data) { files { addedCount equalCount } }';
    const again = await taken(`query ($data: ID!) { ${many(5, (at) => `c${at}: ${compare}`)} }`);
    expect(again.data.c4).toEqual({ files: { addedCount: 0, equalCount: 300 } });
    expect(again.objects).toEqual({});
  });

  test('the metrics of a run under twenty aliases, and its keys fifty times', async () => {
    const metrics = (at: number) => `m${at}: metrics(keys: ["loss"], samples: ${10 + (at % 2)})`;
    const series = await taken(
      `query ($run: ID!) { run(id: $run) { ${many(
        20,
        (at) => `${metrics(at)} {
        count complete points { step }
      }`,
      )} } }`,
    );
    expect(series.data.run.m7).toMatchObject([{ count: 2_500, complete: true }]);
    expect(series.data.run.m7[0].points.length).toBeLessThanOrEqual(11);
    expect(series.telemetry).toEqual({ states: 1 });
    expect(series.columns).toEqual({ sample: 2 });
    const keys = await taken(NODES('... on Run { metricKeys }'), named(ids.run, 50));
    expect(keys.data.nodes[49]).toEqual({ metricKeys: ['loss'] });
    expect(keys.telemetry).toEqual({});
    expect(keys.columns).toEqual({ keys: 1 });
  });

  test('the experiment of a run that is named fifty times', async () => {
    const ask = NODES('... on Run { experimentHash summary }');
    const once = await taken(ask, named(ids.run, 1));
    const often = await taken(ask, named(ids.run, 50));
    expect(often.data.nodes[49]).toEqual(once.data.nodes[0]);
    expect({ ...often, data: null }).toEqual({ ...once, data: null });
    expect(often.telemetry).toEqual({ read: 1 });
  });

  test.each([
    ['impact(root: $data, kinds: [RUN], first: 1) { edges { node { id } } }', 20],
    ['path(from: $model, to: $data) { depths }', 10],
    ['lineage(root: $model) { depths }', 40],
    ['compare(a: $run, b: $other) { inputs { sameCount } config { equalCount } }', 30],
  ])('%s', async (field, count) => {
    const variables = 'query ($data: ID!, $model: ID!, $run: ID!, $other: ID!)';
    const ask = (times: number) =>
      taken(`${variables} { ${many(times, (at) => `a${at}: ${field}`)}
        unused: nodes(ids: [$data, $model, $run, $other]) { id } }`);
    const once = await ask(1);
    const often = await ask(count);
    expect(often.data[`a${count - 1}`]).toEqual(once.data.a0);
    const { walk, edges } = often.store;
    expect({ walk, edges }).toEqual({ walk: once.store.walk, edges: once.store.edges });
  });

  test('equal references of a router', async () => {
    const ask = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Run { name } } }';
    const r = Array.from({ length: 1_000 }, () => ({ __typename: 'Run', id: ids.run }));
    const { data, store } = await taken(ask, { r });
    expect(data._entities).toHaveLength(1_000);
    expect(data._entities[999]).toEqual({ name: 'r' });
    expect(store.get).toBe((await taken(ask, { r: r.slice(0, 1) })).store.get);
  });
});

describe('what takes much work is refused in great numbers', () => {
  test.each([
    ['walks', 'lineage(root: "x", first: 1) { truncated }'],
    ['effects', 'impact(root: "x", kinds: [RUN], first: 1) { truncated }'],
    ['paths', 'path(from: "x", to: "y") { truncated }'],
    ['comparisons of inputs', 'compare(a: "x", b: "y") { inputs { sameCount } }'],
    ['comparisons of files', 'compare(a: "x", b: "y") { files { addedCount } }'],
    ['comparisons of configs', 'compare(a: "x", b: "y") { config { equalCount } }'],
    ['histories', 'run(id: "x") { metrics(keys: ["loss"], samples: 1) { count } }'],
    ['lists of metrics', 'run(id: "x") { metricKeys }'],
    ['experiments', 'run(id: "x") { experimentHash }'],
  ])('a hundred %s', async (_what, field) => {
    const ask = (count: number) =>
      client.ask(`{ ${many(count, (at) => `a${at}: ${field}`)} }`, {}, viewer);
    const { status, errors } = await ask(100);
    expect(status).toBe(400);
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(/could have \d+ fields, at most 50000/),
      extensions: { code: 'LIMIT_EXCEEDED' },
    });
    // A handful is answered: nothing is there under these ids.
    const { status: answered, errors: few } = await ask(5);
    expect(answered).toBe(200);
    expect(few.filter(({ extensions }) => extensions.code !== 'NOT_FOUND')).toEqual([]);
  });

  test('a page of the default size is not many, and five hundred cheap nodes are not', async () => {
    for (const field of ['metricKeys', 'metrics(keys: ["loss"], samples: 50) { count }']) {
      const page = `runs { edges { node { summary ${field} } } }`;
      const { data } = await taken(`{ project(team: "main", name: "p") { ${page} } }`);
      expect(data.project.runs.edges).toHaveLength(2);
    }
    const cheap = `id __typename ... on Run { name status startedAt endedAt config summary tags
      displayName project { path } startedBy { name } }`;
    const { data } = await taken(NODES(cheap), named(ids.run, 500));
    expect(data.nodes).toHaveLength(500);
  });
});

describe('requests of one actor', () => {
  test('are answered a few at a time; the others wait, and too many are refused', async () => {
    const { hub } = await openTestHub();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let listed = 0;
    const list: typeof hub.store.list = async (query) => {
      listed += 1;
      await gate;
      return hub.store.list(query);
    };
    const store = new Proxy(hub.store, {
      get: (target, name) => {
        const member = name === 'list' ? list : Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const slow = await openGraphqlClient(Object.assign(Object.create(hub), { store }));
    const ask = () => slow.ask('{ projects { edges { cursor } } }');
    const most = REQUESTS_AT_ONCE_MAX + REQUESTS_WAITING_MAX;
    const answers = Array.from({ length: most + 1 }, ask);
    const refused = await Promise.race(answers);
    expect(refused).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'BACKPRESSURE', retryAfterS: expect.any(Number) } }],
    });
    expect(listed).toBe(REQUESTS_AT_ONCE_MAX);
    const { key } = await addService(hub, 'somebody else', []);
    expect((await slow.ask('{ viewer { name } }', {}, key)).status).toBe(200);
    open();
    const statuses = (await Promise.all(answers)).map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array.from({ length: most }, () => 200), 503]);
    expect((await ask()).status).toBe(200);
  });
});
