import { describe, expect, test } from 'vitest';
import { addService } from '../support/add-service.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const VALUES = `{
  differenceCount equalCount
  differences(first: 100) { edges { node { path change a b aOrigin bOrigin } } }
}`;
const NODES = '{ edges { node { id } } }';
const INPUTS = `{
  sameCount sameContentCount addedCount removedCount
  same ${NODES} added ${NODES} removed ${NODES}
  sameContent { edges { node { digest a { id } b { id } } } }
}`;
const OF_RUNS = `config ${VALUES} metrics ${VALUES} code ${VALUES} environment ${VALUES}
  inputs ${INPUTS}`;
const ASK = `query ($a: ID!, $b: ID!) {
  compare(a: $a, b: $b) {
    a { id } b { id } ${OF_RUNS} sameContent metadata ${VALUES}
    files {
      addedCount removedCount changedCount equalCount
      differences {
        edges { node { path change a { digest sizeBytes } b { digest sizeBytes } } }
      }
    }
    generatedBy { a { id } b { id } ${OF_RUNS} }
  }
}`;

/** A comparison of values, its differences as lines. */
function shown(values: {
  readonly differenceCount: number;
  readonly equalCount: number;
  readonly differences: { readonly edges: ReadonlyArray<{ readonly node: object }> };
}) {
  const lines = values.differences.edges.map(({ node }) => {
    const { path, change, a, b } = node as Record<string, unknown>;
    return `${path} ${change} ${JSON.stringify(a)} ${JSON.stringify(b)}`;
  });
  expect(values.differenceCount).toBe(lines.length);
  return { lines, equal: values.equalCount };
}

const filesOf = (files: Readonly<Record<string, number>>) =>
  Object.entries(files).map(([path, at]) => ({ path, sizeBytes: at, digest: digestOf(at) }));

async function open() {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  for (const name of ['open', 'secret']) await record.project(name);
  const data = (path: string, at: number) =>
    record.version('DATASET', `main/${path}`, { digest: digestOf(at) });
  const run = (name: string, more: object = {}) => record.run('main/open', name, more);
  const compare = async (a: string, b: string) => (await client.get(ASK, { a, b })).compare;
  const viewer = await addService(hub, 'viewer', [['VIEWER', 'project/main/open']]);
  const asViewer = (query: string, variables: object) => client.ask(query, variables, viewer.key);
  return { hub, client, record, data, run, compare, asViewer };
}

describe('two runs', () => {
  test('differ in config, results, code and environment exactly as they were made', async () => {
    const { client, run, compare } = await open();
    const code = { repository: 'https://git.example/net', commit: 'a1', dirty: false };
    const a = await run('a', {
      config: { lr: 0.1, opt: { name: 'sgd' }, layers: [1, 2], seed: 7 },
      environment: { python: '3.12', gpu: 'one' },
      code,
    });
    const b = await run('b', {
      config: { lr: 0.2, opt: { name: 'sgd', decay: 0 }, layers: [1, 2] },
      environment: { python: '3.13', gpu: 'one' },
      code: { ...code, commit: 'b2' },
    });
    for (const [id, summary] of [
      [a, { acc: 0.5, loss: 1 }],
      [b, { acc: 0.75, loss: 1 }],
    ] as const) {
      await client.get(
        `mutation ($input: FinishRunInput!) { finishRun(input: $input) { run { id } } }`,
        { input: { run: id, status: 'FINISHED', summary } },
      );
    }
    const found = await compare(a, b);
    expect([found.a, found.b]).toEqual([{ id: a }, { id: b }]);
    expect(shown(found.config)).toEqual({
      lines: ['/lr CHANGED 0.1 0.2', '/opt/decay ADDED null 0', '/seed REMOVED 7 null'],
      equal: 3,
    });
    expect(shown(found.metrics)).toEqual({ lines: ['/acc CHANGED 0.5 0.75'], equal: 1 });
    expect(shown(found.code)).toEqual({ lines: ['/commit CHANGED "a1" "b2"'], equal: 2 });
    const { lines } = shown(found.environment);
    expect(lines).toEqual(['/python CHANGED "3.12" "3.13"']);
    const ofVersions = { sameContent: null, metadata: null, files: null, generatedBy: null };
    expect(found).toMatchObject(ofVersions);
  });

  test('differ by what was chosen over the defaults', async () => {
    const { run, compare } = await open();
    const $defaults = { lr: 0.01, epochs: 10 };
    const a = await run('a', { config: { $defaults, lr: 0.1 } });
    const b = await run('b', { config: { $defaults, epochs: 20 } });
    const { config } = await compare(a, b);
    expect(config.differences.edges.map(({ node }: { node: object }) => node)).toEqual([
      {
        ...{ path: '/epochs', change: 'CHANGED', a: 10, b: 20 },
        ...{ aOrigin: 'DEFAULT', bOrigin: 'OVERRIDE' },
      },
      {
        ...{ path: '/lr', change: 'CHANGED', a: 0.1, b: 0.01 },
        ...{ aOrigin: 'OVERRIDE', bOrigin: 'DEFAULT' },
      },
    ]);
  });

  test('read the same, other versions of the same data, or other data', async () => {
    const { record, data, run, compare } = await open();
    const both = await data('open/both', 1);
    const [twin, other] = [await data('open/twin', 2), await data('open/other', 2)];
    const [gone, fresh] = [await data('open/gone', 3), await data('open/fresh', 4)];
    const [a, b] = [await run('a'), await run('b')];
    await record.lineage(a, [both, twin, gone], []);
    await record.lineage(b, [both, other, fresh], []);
    const { inputs } = await compare(a, b);
    const one = (id: string) => ({ edges: [{ node: { id } }] });
    expect(inputs).toEqual({
      ...{ sameCount: 1, sameContentCount: 1, addedCount: 1, removedCount: 1 },
      ...{ same: one(both), added: one(fresh), removed: one(gone) },
      sameContent: {
        edges: [{ node: { digest: digestOf(2), a: { id: twin }, b: { id: other } } }],
      },
    });
  });

  test('show their differences page by page', async () => {
    const { client, run } = await open();
    const config = Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`k${at}`, at]));
    const [a, b] = [await run('a', { config }), await run('b')];
    const ask = `query ($a: ID!, $b: ID!, $after: String) {
      compare(a: $a, b: $b) {
        config {
          differences(first: 3, after: $after) {
            edges { node { path } } pageInfo { hasNextPage endCursor }
          }
        }
        environment { differences(after: $after) { edges { node { path } } } }
      }
    }`;
    const paths: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await client.ask(ask, { a, b, after });
      const { edges, pageInfo } = data.compare.config.differences;
      paths.push(...edges.map(({ node }: { node: { path: string } }) => node.path));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      if (after === null) break;
      const { errors } = await client.ask(ask, { a, b, after });
      expect(errors[0]?.message).toContain('another question');
    } while (paths.length < 100);
    expect(paths).toEqual(Object.keys(config).map((key) => `/${key}`));
  });
});

describe('two versions', () => {
  test('differ in files, metadata and in how they were made', async () => {
    const { record, data, run, compare } = await open();
    const [runA, runB] = [
      await run('a', { config: { lr: 1 } }),
      await run('b', { config: { lr: 2 } }),
    ];
    const raw = await data('open/raw', 9);
    await record.lineage(runB, [raw], []);
    const version = (files: Readonly<Record<string, number>>, more: object) =>
      record.version('MODEL', 'main/open/net', { files: filesOf(files), ...more });
    const a = await version(
      { 'a.bin': 1, 'b.bin': 2, 'c.bin': 3 },
      { metadata: { note: 'x', size: 1 }, generatedBy: runA },
    );
    const b = await version(
      { 'b.bin': 2, 'c.bin': 5, 'd.bin': 3 },
      { metadata: { note: 'y', size: 1 }, generatedBy: runB },
    );
    const found = await compare(a, b);
    const file = (at: number) => ({ digest: digestOf(at), sizeBytes: at });
    expect(found.files).toEqual({
      ...{ addedCount: 1, removedCount: 1, changedCount: 1, equalCount: 1 },
      differences: {
        edges: [
          { node: { path: 'a.bin', change: 'REMOVED', a: file(1), b: null } },
          { node: { path: 'c.bin', change: 'CHANGED', a: file(3), b: file(5) } },
          { node: { path: 'd.bin', change: 'ADDED', a: null, b: file(3) } },
        ],
      },
    });
    expect(shown(found.metadata)).toEqual({ lines: ['/note CHANGED "x" "y"'], equal: 1 });
    expect(found.sameContent).toBe(false);
    expect(found.generatedBy).toMatchObject({ a: { id: runA }, b: { id: runB } });
    expect(shown(found.generatedBy.config).lines).toEqual(['/lr CHANGED 1 2']);
    expect(found.generatedBy.inputs).toMatchObject({ addedCount: 1, sameCount: 0 });
    const ofRuns = { config: null, metrics: null, code: null, environment: null, inputs: null };
    expect(found).toMatchObject(ofRuns);
    const same = await compare(a, a);
    expect(same).toMatchObject({
      sameContent: true,
      files: { equalCount: 3, differences: { edges: [] } },
      generatedBy: { config: { differenceCount: 0, equalCount: 1 } },
    });
  });

  test('may be of two kinds, and of contents that nobody listed', async () => {
    const { record, data, compare } = await open();
    const rows = await data('open/rows', 1);
    const other = await record.version('MODEL', 'main/open/net', { digest: digestOf(1) });
    const remote = await record.version('MODEL', 'main/open/far', { uri: 's3://x/y' });
    expect(await compare(rows, other)).toMatchObject({ sameContent: true, files: null });
    expect(await compare(rows, remote)).toMatchObject({ sameContent: null, generatedBy: null });
  });
});

describe('a comparison is refused', () => {
  test('of things that have nothing in common', async () => {
    const { client, data, run } = await open();
    const rows = await data('open/rows', 1);
    const own = await run('own', { job: 'nightly' });
    const { node } = await client.get(
      'query ($id: ID!) { node(id: $id) { ... on Run { job { id } project { id } } } }',
      { id: own },
    );
    for (const [a, b, kinds] of [
      [own, rows, 'RUN and DATASET_VERSION'],
      [rows, own, 'DATASET_VERSION and RUN'],
      [node.job.id, node.job.id, 'JOB and JOB'],
      [node.project.id, own, 'PROJECT and RUN'],
    ]) {
      const { errors } = await client.ask(ASK, { a, b });
      expect(errors[0]?.message).toBe(`two runs or two versions can be compared, not ${kinds}`);
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('of what is not there or may not be read, in the same words', async () => {
    const { record, run, asViewer } = await open();
    const own = await run('own');
    const hidden = await record.run('main/secret', 'canary');
    const version = await record.version('MODEL', 'main/secret/m', { digest: digestOf(1) });
    for (const id of [hidden, version, `run_${'x'.repeat(43)}`, 'nonsense']) {
      for (const ends of [
        { a: own, b: id },
        { a: id, b: own },
      ]) {
        const { errors } = await asViewer(ASK, ends);
        const message = `there is no node with the id ${JSON.stringify(id)}`;
        expect(errors.map((each) => each.message)).toEqual([message]);
        expect(errors[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
      }
    }
  });
});

describe('what a reader may not see', () => {
  test('is neither named nor counted', async () => {
    const { record, data, run, asViewer, compare } = await open();
    const [seen, hidden] = [await data('open/seen', 1), await data('secret/canary', 2)];
    const twin = await data('open/twin', 2);
    const [a, b] = [await run('a'), await run('b')];
    await record.lineage(a, [seen, hidden], []);
    await record.lineage(b, [seen, twin], []);
    expect((await compare(a, b)).inputs).toMatchObject({ sameContentCount: 1, addedCount: 0 });
    const { data: answer, errors } = await asViewer(ASK, { a, b });
    expect(errors).toEqual([]);
    expect(answer.compare.inputs).toEqual({
      ...{ sameCount: 1, sameContentCount: 0, addedCount: 1, removedCount: 0 },
      same: { edges: [{ node: { id: seen } }] },
      added: { edges: [{ node: { id: twin } }] },
      removed: { edges: [] },
      sameContent: { edges: [] },
    });
  });

  test('made no version that they may see', async () => {
    const { record, run, asViewer, compare } = await open();
    const hidden = await record.run('main/secret', 'canary', { config: { lr: 'canary' } });
    const own = await run('own');
    const [a, b] = [
      await record.version('MODEL', 'main/open/m', { digest: digestOf(1), generatedBy: hidden }),
      await record.version('MODEL', 'main/open/m', { digest: digestOf(2), generatedBy: own }),
    ];
    expect((await compare(a, b)).generatedBy).toMatchObject({ a: { id: hidden } });
    const { data } = await asViewer(ASK, { a, b });
    expect(data.compare.generatedBy).toBeNull();
    expect(JSON.stringify(data)).not.toContain('canary');
  });
});

describe('the hash of an experiment', () => {
  const HASH = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Run { experimentHash } } }';

  test('is equal for the same experiment, and another with other data', async () => {
    const { client, record, data, run } = await open();
    const config = { lr: 0.1, opt: { name: 'sgd', decay: 0 } };
    const turned = { opt: { decay: 0, name: 'sgd' }, lr: 0.1 };
    const ids = [
      await run('a', { config, tags: ['first'] }),
      await run('b', { config: turned, environment: { gpu: 'two' } }),
      await run('c', { config }),
      await run('none'),
    ];
    const [raw, same, other] = [
      await data('open/raw', 1),
      await data('open/same', 1),
      await data('open/other', 2),
    ];
    await record.lineage(ids[0] as string, [raw], []);
    await record.lineage(ids[1] as string, [same], []);
    await record.lineage(ids[2] as string, [other], []);
    const { nodes } = await client.get(HASH, { ids });
    const [a, b, c, none] = nodes.map((each: { experimentHash: string }) => each.experimentHash);
    expect(a).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect([b, c === a, none]).toEqual([a, false, null]);
  });

  test('is not told to whoever may not read all that it is over', async () => {
    const { client, record, data, run, asViewer } = await open();
    const id = await run('a', { config: { lr: 1 } });
    expect((await asViewer(HASH, { ids: [id] })).data.nodes[0].experimentHash).toMatch(/^sha256/);
    await record.lineage(id, [await data('secret/canary', 1)], []);
    const { data: seen } = await asViewer(HASH, { ids: [id] });
    expect(seen.nodes).toEqual([{ experimentHash: null }]);
    const { nodes } = await client.get(HASH, { ids: [id] });
    expect(nodes[0].experimentHash).toMatch(/^sha256/);
  });
});
