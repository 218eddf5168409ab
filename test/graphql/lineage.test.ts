import { describe, expect, test } from 'vitest';
import type { LineageStore } from '../../src/ports/lineage-store.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { addService } from '../support/add-service.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

/** The hub over a store that counts how often each of its methods is called. */
function counting(hub: Hub): { readonly hub: Hub; readonly calls: Record<string, number> } {
  const calls: Record<string, number> = {};
  const store = new Proxy(hub.store, {
    get: (target, name: keyof LineageStore & string) => {
      const method = target[name] as (...args: unknown[]) => unknown;
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        calls[name] = (calls[name] ?? 0) + 1;
        return method.apply(target, args);
      };
    },
  });
  return { hub: Object.assign(Object.create(hub), { store }) as Hub, calls };
}

/** `steps` runs in a row: each reads what the one before made, and makes a model. */
async function chain(steps: number) {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  await record.project('chain');
  const data = await record.version('DATASET', 'main/chain/data', { digest: digestOf(1) });
  let last = data;
  const ids = [data];
  for (let step = 0; step < steps; step += 1) {
    const run = await record.run('main/chain', `run-${step}`, { tags: [`s${step}`] });
    const model = await record.version('MODEL', 'main/chain/model', { digest: digestOf(2 + step) });
    await record.lineage(run, [last], [model]);
    ids.push(run, model);
    last = model;
  }
  return { hub, client, data, last, ids };
}

describe('how often the store is asked', () => {
  const query = (fields: string) => `query ($root: ID!) {
    lineage(root: $root, depth: 100) { nodes { ${fields} } edges { kind from to } depths }
  }`;

  test('thin nodes need no rows', async () => {
    const { hub, last } = await chain(5);
    const counted = counting(hub);
    const { get } = await openGraphqlClient(counted.hub);
    const { lineage } = await get(query('__typename id kind name'), { root: last });
    expect(lineage.nodes).toHaveLength(11);
    // One look at the key's owner, one at the root, one at the head, one walk.
    expect(counted.calls).toEqual({ get: 2, head: 1, walk: 1 });
  });

  test('nested fields of many nodes are asked for together', async () => {
    const nested = `
      ... on LineageNode { recordedAt project { name path team { name } } }
      ... on Run { status tags config inputs { edges { node { name } } } startedBy { name } }
      ... on ArtifactVersion { version aliases generatedBy { name status } usedBy(first: 5) {
        edges { node { name } } } }
      ... on ModelVersion { collection { name versionCount } }`;
    const callsFor = async (steps: number) => {
      const { hub, last } = await chain(steps);
      const counted = counting(hub);
      const { get } = await openGraphqlClient(counted.hub);
      const { lineage } = await get(query(nested), { root: last });
      expect(lineage.nodes).toHaveLength(1 + 2 * steps);
      return counted.calls;
    };
    const [few, many] = [await callsFor(3), await callsFor(12)];
    expect(many).toEqual(few);
    expect(many.edges).toBeLessThanOrEqual(5);
  });

  test('the facts of all edges come at once', async () => {
    const { hub, last } = await chain(6);
    const counted = counting(hub);
    const { get } = await openGraphqlClient(counted.hub);
    const { lineage } = await get(
      'query ($root: ID!) { lineage(root: $root, depth: 100) { edges { fact { type index } } } }',
      { root: last },
    );
    expect(lineage.edges).toHaveLength(12);
    expect(counted.calls.facts).toBe(1);
  });
});

describe('a walk', () => {
  test('goes both ways, and its answer is cut by depth and by number', async () => {
    const { client, data, last, ids } = await chain(4);
    const ask = `query ($root: ID!, $depth: Int!, $first: Int!, $way: LineageDirection!) {
      lineage(root: $root, depth: $depth, first: $first, direction: $way) {
        nodes { id } truncated frontier depths
      }
    }`;
    const all = { depth: 1000, first: 1000 };
    const up = await client.get(ask, { root: last, way: 'UPSTREAM', ...all });
    expect(up.lineage.nodes.map(({ id }: { id: string }) => id)).toEqual([...ids].reverse());
    const down = await client.get(ask, { root: data, way: 'DOWNSTREAM', ...all });
    expect(down.lineage.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(down.lineage).toMatchObject({ truncated: false, frontier: [] });
    const near = await client.get(ask, { root: data, way: 'BOTH', depth: 2, first: 1000 });
    expect(near.lineage).toEqual({
      nodes: ids.slice(0, 3).map((id) => ({ id })),
      truncated: true,
      frontier: [ids[2]],
      depths: [0, 1, 2],
    });
    const two = await client.get(ask, { root: data, way: 'DOWNSTREAM', depth: 9, first: 2 });
    expect(two.lineage).toMatchObject({ truncated: true, frontier: [ids[1]], depths: [0, 1] });
  });

  test.each([[''], ['kinds: [RUN, MODEL_VERSION], ']])(
    'is shown page by page, the same walk while facts come in (%s)',
    async (kinds) => {
      const { client, last, hub } = await chain(6);
      const fields = 'nodes { id } edges { kind from to } depths endCursor';
      const page = (first: number, after: string | null, root = last) =>
        client.get(
          `query ($root: ID!, $first: Int!, $after: String) {
            lineage(root: $root, depth: 99, ${kinds}first: $first, after: $after) { ${fields} }
          }`,
          { root, first, after },
        );
      const whole = (await page(1000, null)).lineage;
      expect(whole.endCursor).toBe(null);
      const shown = { nodes: [] as unknown[], edges: [] as unknown[], depths: [] as number[] };
      let after: string | null = null;
      const record = recorder(client);
      do {
        const { lineage } = await page(4, after);
        shown.nodes.push(...lineage.nodes);
        shown.edges.push(...lineage.edges);
        shown.depths.push(...lineage.depths);
        // A run that reads the first page's model meanwhile, and one more parent of it.
        const run = await record.run('main/chain', `late-${shown.nodes.length}`);
        await record.lineage(run, [], [last]);
        after = lineage.endCursor;
      } while (after !== null);
      const sorted = (edges: unknown[]) => edges.map((each) => JSON.stringify(each)).sort();
      expect(shown.nodes).toEqual(whole.nodes);
      expect(shown.depths).toEqual(whole.depths);
      expect(sorted(shown.edges)).toEqual(sorted(whole.edges));
      const { endCursor } = (await page(2, null)).lineage;
      await expect(page(2, endCursor, hub.org)).rejects.toThrow(/another question/);
    },
  );

  test('kinds choose what is returned, not where the walk goes', async () => {
    const { client, last, data, ids } = await chain(3);
    const { lineage } = await client.get(
      `query ($root: ID!) {
        lineage(root: $root, depth: 9, kinds: [DATASET_VERSION]) {
          nodes { id } edges { kind } truncated depths
        }
      }`,
      { root: last },
    );
    expect(lineage).toEqual({ nodes: [{ id: data }], edges: [], truncated: false, depths: [6] });
    const { lineage: first } = await client.get(
      `query ($root: ID!) {
        lineage(root: $root, depth: 9, first: 1, kinds: [RUN]) { nodes { id } truncated frontier }
      }`,
      { root: last },
    );
    expect(first).toEqual({ nodes: [{ id: ids[5] }], truncated: true, frontier: [ids[5]] });
  });

  test('starts at nodes of the graph only', async () => {
    const { client } = await chain(0);
    const { project, viewer } = await client.get(
      '{ project(team: "main", name: "chain") { id team { id } } viewer { id } }',
    );
    for (const id of [project.id, project.team.id, viewer.id]) {
      const ask = 'query ($id: ID!) { lineage(root: $id) { nodes { id } } }';
      const { errors } = await client.ask(ask, { id });
      expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
    }
  });

  test('impact lists what came from a node, page by page, nearest first', async () => {
    const { client, data, ids } = await chain(5);
    const ask = `query ($root: ID!, $after: String) {
      impact(root: $root, first: 2, after: $after) {
        edges { node { id } } truncated pageInfo { hasNextPage endCursor }
      }
    }`;
    const found: string[] = [];
    for (let after: string | null = null; ; ) {
      const { impact } = await client.get(ask, { root: data, after });
      found.push(...impact.edges.map(({ node }: { node: { id: string } }) => node.id));
      if (!impact.pageInfo.hasNextPage) break;
      after = impact.pageInfo.endCursor;
    }
    expect(found).toEqual(ids.filter((id) => id.startsWith('mdv_')));
  });

  test('the past is asked for by what was so and by what was known', async () => {
    const { client, hub } = await chain(0);
    const record = recorder(client);
    const run = await record.run('main/chain', 'late');
    const model = await record.version('MODEL', 'main/chain/late', { digest: digestOf(9) });
    const input = { project: 'main/chain', run, inputs: [], outputs: [model] };
    const before = new Date(hub.clock.nowMs()).toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await client.get(
      `mutation ($input: RecordLineageInput!) { recordLineage(input: $input) { run { id } } }`,
      { input: { ...input, occurredAt: '2020-01-01T00:00:00+01:00' } },
    );
    const ask = `query ($root: ID!, $asOf: DateTime, $knownAt: DateTime) {
      lineage(root: $root, asOf: $asOf, knownAt: $knownAt) { nodes { id } edges { occurredAt } }
    }`;
    const count = async (times: object) =>
      (await client.get(ask, { root: model, ...times })).lineage.nodes.length;
    expect(await count({})).toBe(2);
    expect(await count({ asOf: '2019-12-31T22:59:59Z' })).toBe(1);
    expect(await count({ asOf: '2019-12-31T23:00:00Z' })).toBe(2);
    expect(await count({ knownAt: before })).toBe(1);
    expect(await count({ asOf: '2021-01-01T00:00:00Z', knownAt: before })).toBe(1);
    expect(await count({ asOf: '2021-01-01T00:00:00Z' })).toBe(2);
    const unborn = await client.ask(ask, { root: model, knownAt: '2001-01-01T00:00:00Z' });
    expect(unborn.errors[0]?.extensions.code).toBe('NOT_FOUND');
  });

  test('nested fields inherit the times of the root', async () => {
    const { client, hub } = await chain(0);
    const record = recorder(client);
    const run = await record.run('main/chain', 'nested');
    const model = await record.version('MODEL', 'main/chain/nested', { digest: digestOf(9) });
    const before = new Date(hub.clock.nowMs()).toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await record.lineage(run, [], [model]);
    const ask = `query ($root: ID!, $knownAt: DateTime) {
      lineage(root: $root, knownAt: $knownAt) {
        nodes { ... on ModelVersion { generatedBy { name } history { edges { node { type } } } } }
      }
    }`;
    const now = await client.get(ask, { root: model });
    expect(now.lineage.nodes[0].generatedBy).toEqual({ name: 'nested' });
    const then = await client.get(ask, { root: model, knownAt: before });
    expect(then.lineage.nodes[0]).toEqual({
      generatedBy: null,
      history: { edges: [{ node: { type: 'version.registered' } }] },
    });
  });
});

describe('what a reader may not see', () => {
  /** open data -> secret run -> secret model -> secret run -> open model */
  async function secret() {
    const { hub } = await openTestHub();
    const client = await openGraphqlClient(hub);
    const record = recorder(client);
    await record.project('open');
    await record.project('secret');
    const data = await record.version('DATASET', 'main/open/data', { digest: digestOf(1) });
    const model = await record.version('MODEL', 'main/secret/model', { digest: digestOf(2) });
    const result = await record.version('MODEL', 'main/open/result', { digest: digestOf(3) });
    const first = await record.run('main/secret', 'first');
    const second = await record.run('main/secret', 'second');
    await record.lineage(first, [data], [model]);
    await record.lineage(second, [model], [result]);
    const viewer = await addService(hub, 'viewer', [['VIEWER', 'project/main/open']]);
    const asViewer = (query: string, variables: object = {}) =>
      client.ask(query, variables, viewer.key);
    return { hub, client, data, model, result, first, second, asViewer };
  }

  test('stands in a walk as one element, which leads on', async () => {
    const { asViewer, data, result, second } = await secret();
    const ask = `query ($root: ID!, $depth: Int!) {
      lineage(root: $root, depth: $depth) {
        nodes { __typename id kind name } edges { kind from to recordedAt occurredAt fact { id } }
        truncated frontier depths
      }
    }`;
    const { data: whole } = await asViewer(ask, { root: result, depth: 9 });
    const hidden = whole.lineage.nodes[1];
    expect(hidden).toMatchObject({ __typename: 'Restricted', kind: 'RUN', name: 'restricted' });
    expect(hidden.id).not.toContain(second.slice(4));
    const nothing = { recordedAt: null, occurredAt: null, fact: null };
    expect(whole.lineage).toMatchObject({
      nodes: [{ id: result }, hidden, { id: data, name: 'data:v0' }],
      edges: expect.arrayContaining([
        { kind: 'WAS_GENERATED_BY', from: result, to: hidden.id, ...nothing },
        { kind: 'USED', from: hidden.id, to: data, ...nothing },
      ]),
      depths: [0, 1, 2],
    });
    expect(whole.lineage.edges).toHaveLength(2);
    const { data: near } = await asViewer(ask, { root: result, depth: 1 });
    expect(near.lineage).toMatchObject({ truncated: true, frontier: [hidden.id] });
    const { data: on } = await asViewer(ask, { root: hidden.id, depth: 9 });
    expect(on.lineage.nodes).toMatchObject([{ id: hidden.id }, { id: data }]);
  });

  test('answers everywhere else as if it were not there', async () => {
    const { client, asViewer, data, model, result, first } = await secret();
    const unknown = `run_${'x'.repeat(43)}`;
    const ask = 'query ($id: ID!) { lineage(root: $id) { truncated } node(id: $id) { id } }';
    for (const id of [first, unknown]) {
      const answer = await asViewer(ask, { id });
      expect(answer.errors[0]?.message).toBe(`there is no node with the id "${id}"`);
      expect(answer.errors[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
      expect((await asViewer('query ($id: ID!) { node(id: $id) { id } }', { id })).data).toEqual({
        node: null,
      });
    }
    const { data: seen } = await asViewer(
      `query ($data: ID!, $result: ID!) {
        projects { edges { node { name } } }
        search(text: "model") { edges { node { name } } }
        run(path: "main/secret/first") { id }
        modelVersion(path: "main/secret/model:v0") { id }
        impact(root: $data) { edges { node { name } } }
        resolve(identifier: "${digestOf(2)}") { id }
        node(id: $result) { ... on ModelVersion { generatedBy { id } trainedOn { name } } }
        used: datasetVersion(id: $data) { usedBy { edges { node { id } } } }
      }`,
      { data, result },
    );
    expect(seen).toEqual({
      projects: { edges: [{ node: { name: 'open' } }] },
      search: { edges: [] },
      run: null,
      modelVersion: null,
      impact: { edges: [{ node: { name: 'result:v0' } }] },
      resolve: [],
      node: { generatedBy: null, trainedOn: [{ name: 'data:v0' }] },
      used: { usedBy: { edges: [] } },
    });
    const { resolve } = await client.get(`{ resolve(identifier: "${digestOf(2)}") { id } }`);
    expect(resolve).toEqual([{ id: model }]);
  });

  test('is in no fact that is shown', async () => {
    const { asViewer, client } = await secret();
    const ask = '{ auditLog(first: 100) { edges { node { index type projects { name } } } } }';
    const { auditLog: all } = await client.get(ask);
    const { data: seen } = await asViewer(ask);
    const projects = seen.auditLog.edges.map(
      ({ node }: { node: { projects: { name: string }[] } }) => node.projects,
    );
    expect(projects).toEqual(Array.from({ length: 4 }, () => [{ name: 'open' }]));
    const hidden = all.edges.find(
      ({ node }: { node: { type: string } }) => node.type === 'lineage.recorded',
    );
    const entry = await asViewer('query ($i: LogIndex!) { auditEntry(index: $i) { id } }', {
      i: hidden.node.index,
    });
    expect(entry.data).toEqual({ auditEntry: null });
  });
});
