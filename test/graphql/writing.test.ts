import { describe, expect, test } from 'vitest';
import { addService } from '../support/add-service.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { ADMIN_KEY, openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

async function open() {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  await record.project('p');
  return { hub, client, record };
}

const CREATE_RUN = `mutation ($input: CreateRunInput!) {
  createRun(input: $input) { run { id name config environment code { commit } } fact { index } }
}`;

async function createRun({ get }: GraphqlClient, input: object) {
  return (await get(CREATE_RUN, { input: { project: 'main/p', ...input } })).createRun;
}

describe('runs', () => {
  test('get a name when they come without one', async () => {
    const { client } = await open();
    const { run } = await createRun(client, {});
    expect(run.name).toMatch(/^[0-9a-z]{8}$/);
    expect((await createRun(client, {})).run.name).not.toBe(run.name);
  });

  test('with a key and without a name are the same run when sent again', async () => {
    const { client } = await open();
    const first = await createRun(client, { idempotencyKey: 'k', tags: ['a'] });
    expect(await createRun(client, { idempotencyKey: 'k', tags: ['a'] })).toEqual(first);
    const input = { project: 'main/p', idempotencyKey: 'k', tags: ['b'] };
    const { errors } = await client.ask(CREATE_RUN, { input });
    expect(errors[0]?.extensions.code).toBe('CONFLICT');
  });

  test('take the name of a project or its id, and refuse other texts', async () => {
    const { client, record } = await open();
    const project = await record.project('q');
    const byId = await client.get(CREATE_RUN, { input: { project, name: 'r' } });
    const { run } = await client.get('{ run(path: "main/q/r") { id } }');
    expect(run.id).toBe(byId.createRun.run.id);
    const bare = await client.ask(CREATE_RUN, { input: { project: 'q' } });
    expect(bare.errors[0]).toMatchObject({
      message: 'a project is an id or "team/project", not "q"',
      extensions: { code: 'BAD_USER_INPUT' },
    });
    const none = await client.ask(CREATE_RUN, { input: { project: 'main/none' } });
    expect(none.errors[0]?.extensions.code).toBe('NOT_FOUND');
  });

  test('change what is named and keep the rest; null takes away', async () => {
    const { client, record } = await open();
    const run = await record.run('main/p', 'r', {
      displayName: 'Run',
      group: 'g',
      tags: ['a'],
      config: { lr: 1 },
      notes: 'mine',
      code: { commit: 'abc' },
    });
    const update = `mutation ($input: UpdateRunInput!) {
      updateRun(input: $input) {
        run { displayName group tags config notes code { commit dirty } } fact { type }
      }
    }`;
    const first = await client.get(update, { input: { run, tags: ['b'], group: null } });
    expect(first.updateRun).toEqual({
      run: {
        displayName: 'Run',
        group: null,
        tags: ['b'],
        config: { lr: 1 },
        notes: 'mine',
        code: { commit: 'abc', dirty: null },
      },
      fact: { type: 'run.updated' },
    });
    const cleared = { run, notes: null, config: null, code: null };
    const { updateRun } = await client.get(update, { input: cleared });
    expect(updateRun.run).toMatchObject({ notes: null, config: {}, code: null, tags: ['b'] });
  });

  test('end once, as what they are said to be', async () => {
    const { client, record } = await open();
    const run = await record.run('main/p', 'r');
    const finish = `mutation ($input: FinishRunInput!) {
      finishRun(input: $input) { run { status exitCode endedAt summary } fact { body } }
    }`;
    const running = await client.ask(finish, { input: { run, status: 'RUNNING' } });
    expect(running.errors[0]?.message).toBe('a run ends as FINISHED, FAILED, KILLED or CRASHED');
    const input = { run, status: 'FAILED', exitCode: 2, occurredAt: '2026-01-02T03:04:05Z' };
    const { finishRun } = await client.get(finish, { input });
    expect(finishRun.run).toEqual({
      status: 'FAILED',
      exitCode: 2,
      endedAt: '2026-01-02T03:04:05.000000Z',
      summary: {},
    });
    const again = await client.ask(finish, { input: { run, status: 'KILLED' } });
    expect(again.errors[0]).toMatchObject({
      message: 'the run is FAILED and cannot become KILLED',
      extensions: { code: 'CONFLICT' },
    });
    const unknown = await client.ask(finish, { input: { run: '../../x' } });
    expect(unknown.errors[0]?.extensions.code).toBe('NOT_FOUND');
  });

  test('seal their telemetry and put the live summary on record at their end', async () => {
    const { hub, client, record } = await open();
    const run = await record.run('main/p', 'r');
    await hub.telemetry.append(run, [
      { stream: 'history', offset: 0, lines: ['{"loss":1}'] },
      { stream: 'summary', offset: 0, lines: ['{"loss":NaN,"_wandb":{"runtime":1}}'] },
    ]);
    const live = await client.get('{ run(path: "main/p/r") { summary } }');
    expect(live.run.summary).toEqual({ loss: 'NaN' });
    const { finishRun } = await client.get(
      `mutation ($run: ID!) { finishRun(input: { run: $run }) { run { summary } fact { body } } }`,
      { run },
    );
    expect(finishRun.run.summary).toEqual({ loss: 'NaN' });
    expect(finishRun.fact.body.sealed).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ stream: 'history', lines: 1, digest: expect.any(String) }),
      ]),
    );
  });
});

describe('values', () => {
  test('keep every digit, in variables, in literals and in JSON text', async () => {
    const { hub, client } = await open();
    const big = '12345678901234567890123';
    const payload = `{"query":${JSON.stringify(CREATE_RUN)},"variables":{"input":{
      "project":"main/p","name":"variables","config":{"big":${big},"low":-0.0,"nan":NaN}}}}`;
    const sent = await client.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      payload,
    });
    expect(sent.json().data.createRun.run.config).toEqual({ big, low: 0, nan: 'NaN' });
    const text = { name: 'text', config: `{"big":${big},"inf":-Infinity}` };
    expect((await createRun(client, text)).run.config).toEqual({ big, inf: '-Infinity' });
    const literal = await client.get(`mutation { createRun(input: {
      project: "main/p", name: "literal", config: { big: ${big}, list: [1, 2.5, null, "x"] }
    }) { run { id config } } }`);
    const { run } = literal.createRun;
    expect(run.config).toEqual({ big, list: [1, 2.5, null, 'x'] });
    const [row] = await hub.store.get([run.id]);
    expect(row?.props.config).toMatchObject({ big: `~i${big}` });
  });

  test('of the wrong shape are refused', async () => {
    const { client } = await open();
    for (const config of [[1], 5, '[1]', true]) {
      const { errors } = await client.ask(CREATE_RUN, { input: { project: 'main/p', config } });
      expect(errors[0]).toMatchObject({
        message: 'config is an object, or the JSON text of one',
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
  });

  test('named __proto__ are values like others', async () => {
    const { client } = await open();
    const { run } = await createRun(client, { config: '{"__proto__":{"x":1},"constructor":2}' });
    expect(JSON.stringify(run.config)).toBe('{"__proto__":{"x":1},"constructor":2}');
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe('versions', () => {
  const REGISTER = `mutation ($input: RegisterVersionInput!) {
    registerVersion(input: $input) {
      version {
        __typename id name version digest sizeBytes bytes uri type metadata description aliases
        identifiers { scheme value } files { edges { node { path sizeBytes digest ref } } }
        generatedBy { name } collection { __typename name versionCount }
      }
      fact { type outcome }
    }
  }`;

  test('by files have the digest of their manifest', async () => {
    const { hub, client, record } = await open();
    const bytes = Buffer.from('weights');
    const { digest } = await hub.objects.put(bytes);
    const run = await record.run('main/p', 'train');
    const input = {
      project: 'main/p',
      kind: 'MODEL_VERSION',
      name: 'm',
      files: [
        { path: 'model.bin', sizeBytes: 7, digest },
        { path: 'a/config.json', sizeBytes: 7, digest },
      ],
      metadata: { note: 1 },
      description: 'first',
      aliases: ['prod'],
      identifiers: ['mlflow:m-1'],
      generatedBy: run,
    };
    const { registerVersion } = await client.get(REGISTER, { input });
    const { version } = registerVersion;
    expect(version).toMatchObject({
      __typename: 'ModelVersion',
      name: 'm:v0',
      sizeBytes: 14,
      bytes: 'STORED',
      metadata: { note: 1 },
      description: 'first',
      aliases: ['latest', 'prod'],
      files: {
        edges: [
          { node: { path: 'a/config.json', sizeBytes: 7, digest, ref: null } },
          { node: { path: 'model.bin', sizeBytes: 7, digest, ref: null } },
        ],
      },
      generatedBy: { name: 'train' },
      collection: { __typename: 'Model', name: 'm', versionCount: 1 },
    });
    expect(version.identifiers).toEqual([
      { scheme: 'mlflow', value: 'm-1' },
      { scheme: 'sha256', value: version.digest.slice('sha256:'.length) },
    ]);
    for (const identifier of [version.digest, 'mlflow:m-1', 'main/p/m:prod', version.id]) {
      const { resolve } = await client.get(
        'query ($identifier: String!) { resolve(identifier: $identifier) { id } }',
        { identifier },
      );
      expect(resolve).toEqual([{ id: version.id }]);
    }
    const again = await client.get(REGISTER, { input });
    expect(again.registerVersion.version).toEqual(version);
  });

  test('whose bytes are not here are declared', async () => {
    const { client } = await open();
    const files = [{ path: 'x', sizeBytes: 1, digest: digestOf(7) }];
    const input = { project: 'main/p', kind: 'DATASET', name: 'd', files };
    const { registerVersion } = await client.get(REGISTER, { input });
    expect(registerVersion.version).toMatchObject({
      __typename: 'DatasetVersion',
      bytes: 'DECLARED',
    });
  });

  test('by address list no files', async () => {
    const { client } = await open();
    const uri = 's3://bucket/table';
    const input = { project: 'main/p', kind: 'ARTIFACT', name: 't', type: 'table', uri };
    const { registerVersion } = await client.get(REGISTER, { input });
    expect(registerVersion.version).toMatchObject({
      __typename: 'OtherArtifactVersion',
      digest: null,
      uri,
      type: 'table',
      files: { edges: [] },
      collection: { __typename: 'Artifact' },
    });
  });

  test.each([
    [{ kind: 'RUN' }, 'RUN has no versions; use DATASET, MODEL or ARTIFACT'],
    [{}, 'a version needs files, a digest or an address'],
    [{ files: [{ path: 'x' }] }, '"x" needs either a digest or a ref'],
    [{ files: [{ path: 'x', digest: digestOf(1) }] }, '"x" needs its size in bytes'],
    [
      { files: [{ path: '../x', digest: digestOf(1), sizeBytes: 1 }] },
      'not a relative path within the version: "../x"',
    ],
    [{ digest: digestOf(1), aliases: ['v7'] }, 'the alias "v7" looks like a version number'],
    [{ digest: digestOf(1), name: 'a/b' }, 'the name holds "/" or ":": "a/b"'],
    [{ digest: digestOf(1), sizeBytes: 1.5 }, 'sizeBytes is a whole number of bytes, not 1.5'],
  ])('%j is refused', async (more, message) => {
    const { client } = await open();
    const input = { project: 'main/p', kind: 'MODEL', name: 'm', ...more };
    const { errors } = await client.ask(REGISTER, { input });
    expect(errors[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
  });

  test('are led to by an alias after it was set, and by no other', async () => {
    const { client, record } = await open();
    const first = await record.version('MODEL', 'main/p/m', {
      digest: digestOf(1),
      aliases: ['a'],
    });
    const second = await record.version('MODEL', 'main/p/m', { digest: digestOf(2) });
    const { setAlias } = await client.get(
      `mutation ($version: ID!) {
        setAlias(input: { version: $version, alias: "a" }) { version { id aliases } fact { type } }
      }`,
      { version: second },
    );
    expect(setAlias).toEqual({
      version: { id: second, aliases: ['a', 'latest'] },
      fact: { type: 'aliases.changed' },
    });
    const { old, model } = await client.get(
      `query ($id: ID!) {
        old: modelVersion(id: $id) { aliases }
        model(path: "main/p/m") { version(name: "a") { id } v0: version(name: "v0") { id } }
      }`,
      { id: first },
    );
    expect(old.aliases).toEqual([]);
    expect(model).toEqual({ version: { id: second }, v0: { id: first } });
  });
});

describe('who may write', () => {
  test('a viewer may not, and the refusal is on record', async () => {
    const { hub, client } = await open();
    const viewer = await addService(hub, 'viewer', [['VIEWER', 'team/main']]);
    const input = { project: 'main/p', name: 'r' };
    const { errors } = await client.ask(CREATE_RUN, { input }, viewer.key);
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
    const { auditLog } = await client.get(
      '{ auditLog(last: 1) { edges { node { type outcome actor { name } body } } } }',
    );
    expect(auditLog.edges[0].node).toMatchObject({
      type: 'command.refused',
      outcome: 'DENY',
      actor: { name: 'viewer' },
      body: { operation: 'createRun', code: 'FORBIDDEN' },
    });
  });

  test('who makes a project sees it at once', async () => {
    const { hub, client } = await open();
    const maker = await addService(hub, 'maker', [['CONTRIBUTOR', 'team/main']]);
    const { data } = await client.ask(
      `mutation {
        createProject(input: { team: "main", name: "new" }) { project { path } fact { type } }
        createRun(input: { project: "main/new", name: "r" }) { run { name project { path } } }
      }`,
      {},
      maker.key,
    );
    expect(data).toEqual({
      createProject: { project: { path: 'main/new' }, fact: { type: 'project.created' } },
      createRun: { run: { name: 'r', project: { path: 'main/new' } } },
    });
  });

  test('lineage to what one may not read is refused like that to what is not there', async () => {
    const { hub, client, record } = await open();
    await record.project('other');
    const hidden = await record.version('DATASET', 'main/other/d', { digest: digestOf(1) });
    const run = await record.run('main/p', 'r');
    const writer = await addService(hub, 'writer', [['CONTRIBUTOR', 'project/main/p']]);
    const ask = (input: string) =>
      client.ask(
        `mutation ($run: ID!, $input: ID!) {
          recordLineage(input: { project: "main/p", run: $run, inputs: [$input], outputs: [] }) {
            fact { index }
          }
        }`,
        { run, input },
        writer.key,
      );
    for (const id of [hidden, `dsv_${'x'.repeat(43)}`]) {
      const { errors } = await ask(id);
      expect(errors[0]?.message).toBe(`there is no node with the id "${id}"`);
    }
  });
});
