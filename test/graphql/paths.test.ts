import { describe, expect, test } from 'vitest';
import { idAt, writeLayeredGraph } from '../../bench/layered-graph.ts';
import type { Instant } from '../../src/domain/time.ts';
import { WALK_NODES_MAX } from '../../src/ports/lineage-store.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { addService } from '../support/add-service.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const ASK = `query ($from: ID!, $to: ID!, $asOf: DateTime, $knownAt: DateTime) {
  path(from: $from, to: $to, asOf: $asOf, knownAt: $knownAt) {
    nodes { __typename id kind name }
    edges { kind from to recordedAt occurredAt fact { type } }
    depths truncated frontier endCursor
  }
}`;
const EMPTY = {
  nodes: [],
  edges: [],
  depths: [],
  truncated: false,
  frontier: [],
  endCursor: null,
};

const idsOf = (nodes: ReadonlyArray<{ readonly id: string }>) => nodes.map(({ id }) => id);

/** raw -> clean -> features -> model, and a second run that made the model from raw alone. */
async function open() {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  await record.project('open');
  const version = (kind: string, name: string, at: number) =>
    record.version(kind, `main/open/${name}`, { digest: digestOf(at) });
  const raw = await version('DATASET', 'raw', 1);
  const clean = await version('DATASET', 'clean', 2);
  const model = await version('MODEL', 'model', 3);
  const cleaning = await record.run('main/open', 'cleaning');
  const training = await record.run('main/open', 'training');
  await record.lineage(cleaning, [raw], [clean]);
  await record.lineage(training, [clean], [model]);
  const path = async (from: string, to: string, times: object = {}) =>
    (await client.get(ASK, { from, to, ...times })).path;
  return { hub, client, record, version, path, raw, clean, model, cleaning, training };
}

describe('a path', () => {
  test('leads upstream or downstream, with the evidence of each step', async () => {
    const { path, raw, clean, model, cleaning, training } = await open();
    const up = await path(model, raw);
    expect(idsOf(up.nodes)).toEqual([model, training, clean, cleaning, raw]);
    expect(up).toMatchObject({ depths: [0, 1, 2, 3, 4], truncated: false, frontier: [] });
    expect(up.edges).toHaveLength(4);
    expect(up.edges).toContainEqual({
      kind: 'USED',
      from: cleaning,
      to: raw,
      recordedAt: expect.any(String),
      occurredAt: expect.any(String),
      fact: { type: 'lineage.recorded' },
    });
    const down = await path(raw, model);
    expect(idsOf(down.nodes)).toEqual([raw, cleaning, clean, training, model]);
    const keys = (edges: ReadonlyArray<{ from: string; to: string }>) =>
      edges.map(({ from, to }) => `${from} ${to}`).sort();
    expect(keys(down.edges)).toEqual(keys(up.edges));
  });

  test('is the shortest of all', async () => {
    const { path, record, raw, model } = await open();
    const shortcut = await record.run('main/open', 'shortcut');
    await record.lineage(shortcut, [raw], [model]);
    expect(idsOf((await path(model, raw)).nodes)).toEqual([model, shortcut, raw]);
  });

  test('does not turn around: what two things have in common joins them not', async () => {
    const { path, record, version, clean, model } = await open();
    const other = await version('MODEL', 'other', 4);
    const run = await record.run('main/open', 'other');
    await record.lineage(run, [clean], [other]);
    expect(await path(model, other)).toEqual(EMPTY);
  });

  test('from a node to itself is that node', async () => {
    const { path, raw } = await open();
    expect(await path(raw, raw)).toMatchObject({ nodes: [{ id: raw }], edges: [], depths: [0] });
  });

  test('takes the shorter way round a cycle', async () => {
    const { path, record, raw, model, training } = await open();
    const back = await record.run('main/open', 'back');
    await record.lineage(back, [model], [raw]);
    const found = await path(model, raw);
    expect(idsOf(found.nodes)).toEqual([model, back, raw]);
    expect(found.edges.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
      'USED',
      'WAS_GENERATED_BY',
    ]);
    expect(idsOf((await path(raw, training)).nodes)).toHaveLength(4);
  });

  test('is looked for in what was so, and in what was known', async () => {
    const { hub, client, path, record, version } = await open();
    const run = await record.run('main/open', 'late');
    const made = await version('MODEL', 'late', 9);
    const before = new Date(hub.clock.nowMs()).toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const occurredAt = '2020-01-01T00:00:00Z';
    const input = { project: 'main/open', run, inputs: [], outputs: [made], occurredAt };
    await client.get(
      `mutation ($input: RecordLineageInput!) { recordLineage(input: $input) { run { id } } }`,
      { input },
    );
    const steps = async (times: object) => (await path(made, run, times)).edges.length;
    expect(await steps({})).toBe(1);
    expect(await steps({ asOf: '2019-12-31T23:59:59Z' })).toBe(0);
    expect(await steps({ asOf: occurredAt })).toBe(1);
    expect(await steps({ knownAt: before })).toBe(0);
    expect(await steps({ asOf: occurredAt, knownAt: before })).toBe(0);
    const unborn = { from: made, to: run, knownAt: '2001-01-01T00:00:00Z' };
    expect((await client.ask(ASK, unborn)).errors[0]?.extensions.code).toBe('NOT_FOUND');
  });

  test('ends at nodes of the graph only', async () => {
    const { client, raw } = await open();
    const { project, viewer } = await client.get(
      '{ project(team: "main", name: "open") { id team { id } } viewer { id } }',
    );
    for (const id of [project.id, project.team.id, viewer.id, 'nonsense', '']) {
      for (const ends of [
        { from: raw, to: id },
        { from: id, to: raw },
      ]) {
        const { errors } = await client.ask(ASK, ends);
        expect(errors[0]?.message).toBe(`there is no node with the id ${JSON.stringify(id)}`);
        expect(errors[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
      }
    }
  });
});

describe('the bound of the search', () => {
  test('is told when it cut; the end around which little lies is searched from too', async () => {
    const { hub, client, chain } = await large();
    const [top, end] = [idAt('proj_a', LAYERS - 1, 0), chain.at(-1) as string];
    const ask = `query ($from: ID!, $to: ID!) {
      path(from: $from, to: $to) { nodes { id } truncated }
    }`;
    const path = async (from: string, to: string) => (await client.get(ask, { from, to })).path;
    const found = await path(top, end);
    expect(found.truncated).toBe(false);
    expect(idsOf(found.nodes)).toEqual([top, ...chain]);
    expect(idsOf((await path(end, top)).nodes)).toEqual([...chain].reverse().concat(top));
    expect(await path(top, idAt('proj_a', 0, 0))).toEqual({ nodes: [], truncated: true });
    const walk = { roots: [top], direction: 'UPSTREAM', kinds: ['USED', 'WAS_GENERATED_BY'] };
    const whole = await hub.store.walk({ ...walk, depth: 99, limit: WALK_NODES_MAX } as never);
    expect(whole.truncated).toBe(true);
  });

  const LAYERS = 16;

  /** Behind the top node more than the bound; beside it a chain that is deeper than all that. */
  async function large() {
    const { hub, client } = await open();
    const graph = { layers: LAYERS, width: 1_500, parents: 3, window: 700 };
    await writeLayeredGraph(hub.store, 'proj_a', graph);
    const chain = Array.from({ length: 30 }, (_, at) => idAt('proj_a', at, 9_999));
    const top = idAt('proj_a', LAYERS - 1, 0);
    await hang([top, ...chain], hub);
    return { hub, client, chain };
  }
});

/** Nodes in a row, each of which used the next; the first is there already. */
function hang(ids: readonly string[], { store }: Hub) {
  return store.transact(async (tx) => {
    const since = tx.head.size;
    const [recordedAt, project] = [tx.head.recordedAt as Instant, 'proj_a'];
    const nodes = ids.slice(1).map((id) => ({
      ...{ id, project, name: id, props: {}, identifiers: [], since, last: since, recordedAt },
      kind: 'RUN' as const,
    }));
    const times = { since, until: null, recordedAt, validFrom: recordedAt, validTo: null };
    const edges = ids
      .slice(1)
      .map((to, at) => ({ kind: 'USED' as const, from: ids[at] as string, to, ...times }));
    const fact = {
      ...{ index: since, id: 'hung', type: 'test.recorded', outcome: 'allow' as const },
      ...{ subject: null, projects: [project], recordedAt, sidecar: [], idempotency: null },
      actor: 'act:00000000-0000-0000-0000-000000000000' as const,
      leaf: Buffer.from('{}'),
    };
    await tx.append({ facts: [fact], nodes, edges, about: [] });
  });
}

describe('what a reader may not see', () => {
  /** open data -> secret run -> secret model -> secret run -> open model, and a long open way */
  async function secret() {
    const opened = await open();
    const { hub, client, record, version, raw } = opened;
    await record.project('secret');
    const result = await version('MODEL', 'result', 5);
    const hidden = await record.version('MODEL', 'main/secret/canary', { digest: digestOf(6) });
    const first = await record.run('main/secret', 'canary-first');
    const second = await record.run('main/secret', 'canary-second');
    await record.lineage(first, [raw], [hidden]);
    await record.lineage(second, [hidden], [result]);
    const viewer = await addService(hub, 'viewer', [['VIEWER', 'project/main/open']]);
    const asViewer = (from: string, to: string) => client.ask(ASK, { from, to }, viewer.key);
    return { ...opened, result, hidden, first, second, asViewer };
  }

  test('is one element and one step of the path, and tells nothing of itself', async () => {
    const { asViewer, path, raw, result, second, first, hidden } = await secret();
    expect((await path(result, raw)).nodes).toHaveLength(5);
    const { data, errors } = await asViewer(result, raw);
    expect(errors).toEqual([]);
    const [, stand] = data.path.nodes;
    expect(data.path.nodes).toMatchObject([
      { id: result },
      { __typename: 'Restricted', kind: 'RUN', name: 'restricted' },
      { id: raw },
    ]);
    const nothing = { recordedAt: null, occurredAt: null, fact: null };
    expect(data.path.edges).toHaveLength(2);
    expect(data.path.edges).toEqual(
      expect.arrayContaining([
        { kind: 'WAS_GENERATED_BY', from: result, to: stand.id, ...nothing },
        { kind: 'USED', from: stand.id, to: raw, ...nothing },
      ]),
    );
    expect(data.path.depths).toEqual([0, 1, 2]);
    const text = JSON.stringify(data);
    for (const word of ['canary', second, first, hidden]) expect(text).not.toContain(word);
  });

  test('may be an end of a path by the id that the reader has of it', async () => {
    const { asViewer, raw, result } = await secret();
    const [, upwards] = (await asViewer(result, raw)).data.path.nodes;
    const [, downwards] = (await asViewer(raw, result)).data.path.nodes;
    expect(upwards.id).not.toBe(downwards.id);
    for (const { id } of [upwards, downwards]) {
      const { data } = await asViewer(id, raw);
      expect(data.path.nodes).toMatchObject([{ id }, { id: raw }]);
      const turned = (await asViewer(raw, id)).data.path;
      // From here another node of the run is the nearest, which then stands for all of it.
      expect(turned.nodes).toMatchObject([{ id: raw }, { id: downwards.id }]);
      const own = (await asViewer(id, id)).data.path;
      expect(own).toMatchObject({ nodes: [{ id, name: 'restricted' }], edges: [] });
    }
  });

  test('is, by its own id, as unknown as what is not there', async () => {
    const { client, asViewer, path, raw, result, hidden, first } = await secret();
    const { nodes } = await path(result, raw);
    expect(nodes).toHaveLength(5);
    for (const id of [hidden, first, `run_${'x'.repeat(43)}`]) {
      for (const [from, to] of [
        [id, raw],
        [raw, id],
      ] as const) {
        const { errors } = await asViewer(from, to);
        expect(errors.map(({ message }) => message)).toEqual([
          `there is no node with the id "${id}"`,
        ]);
        expect(errors[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
      }
    }
    const [, stand] = (await asViewer(result, raw)).data.path.nodes;
    const others = await client.ask(ASK, { from: stand.id, to: raw });
    expect(others.errors[0]?.extensions.code).toBe('NOT_FOUND');
  });
});
