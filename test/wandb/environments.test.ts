import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { type Door, openDoor, upsertRun } from './open-door.ts';

const ASK = `query ($path: String!) { run(path: $path) {
  id code { commit dirty } experimentHash
  environmentSnapshot {
    os python cpuCores memoryBytes cuda image { name digest }
    packagesDigest packageCount packagesOmitted
    packages(first: 2) { edges { node { name version } } pageInfo { hasNextPage endCursor } }
  }
} }`;
const DIGEST = `sha256:${'0'.repeat(64)}`;

const writer = {
  startedAt: '2026-01-01T00:00:00Z',
  os: 'Linux',
  python: 'CPython 3.11.7',
  cpu_count: 2,
  memory: { total: '100' },
  cudaVersion: '12.4',
  docker: `acme/train:1@${DIGEST}`,
  host: 'box7',
  git: { remote: 'https://git.example/net', commit: 'abc' },
};
const config = JSON.stringify({ lr: { value: 1 }, _wandb: { value: { e: { w: writer } } } });

async function putFile(door: Door, run: string, name: string, text: string) {
  const { createRunFiles } = await door.data(
    `mutation ($input: CreateRunFilesInput!) {
      createRunFiles(input: $input) { files { uploadUrl } }
    }`,
    { input: { entityName: 'main', projectName: 'p', runName: run, files: [name] } },
  );
  const answer = await door.put(createRunFiles.files[0].uploadUrl, text);
  expect(answer.statusCode).toBe(200);
}

const runOf = async (client: GraphqlClient, name: string) =>
  (await client.get(ASK, { path: `main/p/${name}` })).run;

describe('the environment of a run', () => {
  it('is told field by field, with its packages page by page', async () => {
    const door = await openDoor();
    const client = await openGraphqlClient(door.hub);
    await upsertRun(door, 'r', { config });
    const before = await runOf(client, 'r');
    expect(before.environmentSnapshot).toMatchObject({
      os: 'Linux',
      python: 'CPython 3.11.7',
      cpuCores: 2,
      memoryBytes: 100,
      cuda: '12.4',
      image: { name: 'acme/train:1', digest: DIGEST },
      packagesDigest: null,
      packageCount: null,
      packages: { edges: [] },
    });
    const lines = 'numpy==2.0\nTorch_Vision==1\nabc==3\n-e /home/alice/code\nx>=1\n';
    await putFile(door, 'r', 'requirements.txt', lines);
    const run = await runOf(client, 'r');
    // The line with somebody's home is taken out of the file before anything reads it.
    expect(run.environmentSnapshot).toMatchObject({
      packageCount: 3,
      packagesOmitted: 1,
      packages: {
        edges: [
          { node: { name: 'abc', version: '3' } },
          { node: { name: 'numpy', version: '2.0' } },
        ],
        pageInfo: { hasNextPage: true },
      },
    });
    const { endCursor } = run.environmentSnapshot.packages.pageInfo;
    const more = await client.get(
      `query ($id: ID!, $after: String) { node(id: $id) { ... on Run { environmentSnapshot {
        packages(after: $after) { edges { node { name version } } } } } } }`,
      { id: run.id, after: endCursor },
    );
    expect(more.node.environmentSnapshot.packages.edges).toEqual([
      { node: { name: 'torch-vision', version: '1' } },
    ]);
    expect(run.experimentHash).not.toBe(before.experimentHash);
    expect((await door.facts()).at(-1)).toBe('runEnvironment.recorded');
  });

  it('is on record once, also when the list comes again or after the end', async () => {
    const door = await openDoor();
    const client = await openGraphqlClient(door.hub);
    await upsertRun(door, 'r', { config });
    await door.stream('r', { complete: true, exitcode: 0 });
    await putFile(door, 'r', 'requirements.txt', 'a==1\n');
    const { environmentSnapshot } = await runOf(client, 'r');
    expect(environmentSnapshot.packageCount).toBe(1);
    await putFile(door, 'r', 'requirements.txt', 'a==1\n');
    const noted = (await door.facts()).filter((type) => type === 'runEnvironment.recorded');
    expect(noted).toHaveLength(1);
  });

  it('knows that code differed from its commit, also after the next request', async () => {
    const door = await openDoor();
    const client = await openGraphqlClient(door.hub);
    await upsertRun(door, 'r', { config });
    expect((await runOf(client, 'r')).code).toEqual({ commit: 'abc', dirty: null });
    await putFile(door, 'r', 'diff.patch', 'diff --git a b');
    await upsertRun(door, 'r', { config });
    expect((await runOf(client, 'r')).code).toEqual({ commit: 'abc', dirty: true });
    const other = config.replace('"abc"', '"def"');
    await upsertRun(door, 'r', { config: other });
    expect((await runOf(client, 'r')).code).toEqual({ commit: 'def', dirty: null });
  });

  it('knows it too when the difference comes before the commit', async () => {
    const door = await openDoor();
    const client = await openGraphqlClient(door.hub);
    await upsertRun(door, 'r');
    await putFile(door, 'r', 'diff.patch', 'diff --git a b');
    expect((await runOf(client, 'r')).code).toEqual({ commit: null, dirty: true });
    await upsertRun(door, 'r', { config });
    expect((await runOf(client, 'r')).code).toEqual({ commit: 'abc', dirty: true });
  });

  it('keeps a commit that is told while the difference to it comes in', async () => {
    const door = await openDoor();
    const client = await openGraphqlClient(door.hub);
    await upsertRun(door, 'r');
    const { ledger } = door.hub;
    const submit = ledger.submit.bind(ledger);
    let told: Promise<unknown> = Promise.resolve();
    vi.spyOn(ledger, 'submit').mockImplementationOnce(async (submission) => {
      told = upsertRun(door, 'r', { config });
      await Promise.race([told, setTimeout(200)]);
      return submit(submission);
    });
    await putFile(door, 'r', 'diff.patch', 'diff --git a b');
    await told;
    expect((await runOf(client, 'r')).code).toEqual({ commit: 'abc', dirty: true });
  });

  it('is compared package by package', async () => {
    const door = await openDoor();
    const client = await openGraphqlClient(door.hub);
    for (const [run, lines] of [
      ['a', 'same==1\nold==1\nmoved==1\n'],
      ['b', 'moved==2\nSame==1\nnew==1\n'],
      ['c', null],
    ] as const) {
      await upsertRun(door, run, { config });
      if (lines !== null) await putFile(door, run, 'requirements.txt', lines);
    }
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => runOf(client, name)));
    const compare = async (other: string) =>
      (
        await client.get(
          `query ($a: ID!, $b: ID!) { compare(a: $a, b: $b) { packages {
            equalCount differenceCount
            differences { edges { node { path change a b } } }
          } } }`,
          { a: a.id, b: other },
        )
      ).compare.packages;
    const { equalCount, differences } = await compare(b.id);
    expect(equalCount).toBe(1);
    expect(differences.edges.map(({ node }: { node: object }) => Object.values(node))).toEqual([
      ['/moved', 'CHANGED', '1', '2'],
      ['/new', 'ADDED', null, '1'],
      ['/old', 'REMOVED', '1', null],
    ]);
    expect(await compare(c.id)).toBeNull();
  });
});

describe('the packages of a run that was deleted', () => {
  it('are not served, by itself or compared', async () => {
    const door = await openDoor();
    const client = await openGraphqlClient(door.hub);
    for (const name of ['a', 'b']) {
      await upsertRun(door, name, { config });
      await putFile(door, name, 'requirements.txt', 'secret-package==1\n');
      await door.stream(name, { complete: true, exitcode: 0 });
    }
    const [a, b] = [await runOf(client, 'a'), await runOf(client, 'b')];
    await client.get('mutation ($id: ID!) { deleteRun(input: { run: $id }) { run { id } } }', {
      id: a.id,
    });
    const own = `environmentSnapshot { packageCount packages { edges { node { name } } } }`;
    for (const query of [
      `query ($a: ID!) { node(id: $a) { ... on Run { ${own} } } }`,
      `query ($a: ID!, $b: ID!) { compare(a: $a, b: $b) { packages { equalCount } } }`,
    ]) {
      const { data, errors } = await client.ask(query, { a: a.id, b: b.id });
      expect(JSON.stringify(data)).not.toContain('secret-package');
      expect(JSON.stringify(data)).not.toContain('equalCount');
      expect(errors?.[0]).toMatchObject({
        message: expect.stringMatching(/^the run a was deleted at .* packages are not served$/),
        extensions: { code: 'NOT_FOUND' },
      });
    }
  });
});

describe('what a run says of its metrics', () => {
  it('is told in pages', async () => {
    const door = await openDoor();
    const client = await openGraphqlClient(door.hub);
    const m = [{ '1': 'epoch' }, { '2': 'val/*', '5': 1, '7': [2] }];
    const value = JSON.stringify({ _wandb: { value: { t: {}, m } } });
    await upsertRun(door, 'r', { config: value });
    const { run } = await client.get(
      `query ($path: String!) { run(path: $path) { metricDefinitions(first: 5) {
        edges { node { name nameKind stepMetric isHidden summary goal } }
      } } }`,
      { path: 'main/p/r' },
    );
    expect(run.metricDefinitions.edges.map(({ node }: { node: object }) => node)).toEqual([
      {
        name: 'epoch',
        nameKind: 'EXACT',
        stepMetric: null,
        isHidden: false,
        summary: [],
        goal: null,
      },
      {
        name: 'val/*',
        nameKind: 'GLOB',
        stepMetric: 'epoch',
        isHidden: false,
        summary: ['MAX'],
        goal: null,
      },
    ]);
  });
});

describe('a stop through the API', () => {
  it('shows when it was asked for, once', async () => {
    const door = await openDoor();
    const client = await openGraphqlClient(door.hub);
    await upsertRun(door, 'r');
    const { id } = await runOf(client, 'r');
    const stop = () =>
      client.get(
        `mutation ($run: ID!) { stopRun(input: { run: $run }) {
          run { status stopRequestedAt } fact { index type }
        } }`,
        { run: id },
      );
    const { stopRun } = await stop();
    expect(stopRun.run).toEqual({ status: 'RUNNING', stopRequestedAt: expect.any(String) });
    expect(stopRun.fact.type).toBe('runStop.requested');
    expect((await stop()).stopRun.run).toEqual(stopRun.run);
    expect((await door.stream('r', {})).body).toMatchObject({ stopped: true });
    const { project } = await door.data(
      '{ project(name: "p", entityName: "main") { run(name: "r") { stopped } } }',
    );
    expect(project.run.stopped).toBe(true);
  });
});
