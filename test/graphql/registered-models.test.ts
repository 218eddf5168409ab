import { describe, expect, test } from 'vitest';
import { addService, type TestService } from '../support/add-service.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const REGISTER = `mutation ($input: RegisterInput!) {
  register(input: $input) {
    registration {
      id number note registeredAt registeredBy { name }
      version { id name }
      registeredModel { id kind name description project { path } }
      fact { id }
    }
    fact { id index type subject { id } projects { path } }
  }
}`;
const LIST = `query ($name: String!, $first: Int, $after: String) {
  registeredModel(name: $name) {
    id name
    registrations(first: $first, after: $after) {
      edges { node { number version { name } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

type Row = { readonly node: { readonly number: number } };
const numbersOf = (edges: readonly Row[]) => edges.map(({ node }) => node.number);

/** A model in `train`, another in `secret`, and a registry of its own. */
async function withRegistry() {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  for (const name of ['train', 'secret', 'registry', 'vault']) await record.project(name);
  const model = (path: string, at: number) =>
    record.version('MODEL', `main/${path}`, { digest: digestOf(at) });
  const open = [await model('train/net', 1), await model('train/net', 2)];
  const secret = [await model('secret/canary', 3), await model('secret/canary', 4)];
  const register = (version: string | undefined, more: object = {}, service?: TestService) => {
    const input = { version, model: 'main/registry/risk', ...more };
    return client.ask(REGISTER, { input }, service?.key);
  };
  const viewer = await addService(hub, 'viewer', [
    ['VIEWER', 'project/main/train'],
    ['VIEWER', 'project/main/registry'],
  ]);
  const asViewer = (query: string, variables: object = {}) =>
    client.ask(query, variables, viewer.key);
  return { hub, client, record, open, secret, register, viewer, asViewer };
}

describe('registering', () => {
  test('puts a version under a name, on record', async () => {
    const { client, open, register } = await withRegistry();
    const texts = { description: 'Scores customers.', note: 'The first good one.' };
    const occurredAt = '2020-01-01T00:00:00.000000Z';
    const { data, errors } = await register(open[0], { ...texts, occurredAt });
    expect(errors).toEqual([]);
    const { registration, fact } = data.register;
    expect(registration).toEqual({
      id: expect.stringMatching(/^reg_/),
      number: 1,
      note: texts.note,
      registeredAt: occurredAt,
      registeredBy: { name: 'administrator' },
      version: { id: open[0], name: 'net:v0' },
      registeredModel: {
        id: expect.stringMatching(/^rmd_/),
        kind: 'REGISTERED_MODEL',
        name: 'risk',
        description: texts.description,
        project: { path: 'main/registry' },
      },
      fact: { id: fact.id },
    });
    expect(fact).toMatchObject({ type: 'registration.created', subject: { id: open[0] } });
    expect(fact.projects).toHaveLength(2);
    const { modelVersion, search } = await client.get(`{
      modelVersion(path: "main/train/net:v0") { registrations { number registeredModel { name } } }
      search(text: "risk") { edges { node { id kind } } }
    }`);
    expect(modelVersion.registrations).toEqual([{ number: 1, registeredModel: { name: 'risk' } }]);
    const { id } = registration.registeredModel;
    expect(search.edges).toEqual([{ node: { id, kind: 'REGISTERED_MODEL' } }]);
  });

  test('the same version again answers with what is there', async () => {
    const { open, register, client } = await withRegistry();
    const first = (await register(open[0], { note: 'once' })).data.register;
    await register(open[1]);
    const again = (await register(open[0], { note: 'twice' })).data.register;
    expect(again).toEqual(first);
    const { auditLog } = await client.get(
      '{ auditLog(filter: { types: ["registration.created"] }) { edges { node { id } } } }',
    );
    expect(auditLog.edges).toHaveLength(2);
  });

  test('the same request again is answered as the first time', async () => {
    const { open, register } = await withRegistry();
    const first = await register(open[0], { idempotencyKey: 'k' });
    expect((await register(open[0], { idempotencyKey: 'k' })).data).toEqual(first.data);
    const other = await register(open[1], { idempotencyKey: 'k' });
    expect(other.errors[0]?.extensions.code).toBe('CONFLICT');
  });

  test('takes the name alone where one has it, and the project where none has', async () => {
    const { open, register } = await withRegistry();
    const unknown = await register(open[0], { model: 'risk' });
    expect(unknown.errors[0]).toMatchObject({
      message: 'there is no registered model "risk": name the project in which to make it',
      extensions: { code: 'BAD_USER_INPUT' },
    });
    const made = await register(open[0], { model: 'risk', project: 'main/registry' });
    expect(made.errors).toEqual([]);
    const named = await register(open[1], { model: 'risk' });
    expect(named.data.register.registration).toMatchObject({
      number: 2,
      registeredModel: { project: { path: 'main/registry' } },
    });
    const elsewhere = await register(open[0], { model: 'risk', project: 'main/vault' });
    expect(elsewhere.data.register.registration.number).toBe(1);
    const ambiguous = await register(open[1], { model: 'risk' });
    expect(ambiguous.errors[0]?.message).toBe(
      'several registered models are called "risk": ask by "team/project/name"',
    );
  });

  test.each([
    [{ model: '' }, 'BAD_USER_INPUT', 'name is empty'],
    [{ model: 'a/b' }, 'BAD_USER_INPUT', 'team/project/name'],
    [{ model: 'a:b', project: 'main/registry' }, 'BAD_USER_INPUT', 'holds "/" or ":"'],
    [{ model: 'm', project: 'registry' }, 'BAD_USER_INPUT', 'a project is an id or'],
    [{ model: 'main/vault/m', project: 'main/registry' }, 'BAD_USER_INPUT', 'another project'],
    [{ model: 'main/nowhere/m' }, 'NOT_FOUND', 'there is no project'],
    [{ version: 'nonsense' }, 'NOT_FOUND', 'there is no node with the id "nonsense"'],
  ])('%j is refused as %s', async (input, code, message) => {
    const { open, register } = await withRegistry();
    const { errors } = await register(open[0], input);
    expect(errors[0]?.message).toContain(message);
    expect(errors[0]?.extensions.code).toBe(code);
  });

  test('only model versions are registered', async () => {
    const { record, register } = await withRegistry();
    const data = await record.version('DATASET', 'main/train/rows', { digest: digestOf(9) });
    const run = await record.run('main/train', 'r');
    for (const id of [data, run]) {
      const { errors } = await register(id);
      expect(errors[0]?.message).toContain('only model versions are registered');
    }
  });
});

describe('registered models', () => {
  test('are listed, found by part of a name and by project', async () => {
    const { client, open, register } = await withRegistry();
    for (const model of ['main/registry/risk', 'main/registry/fraud', 'main/vault/risk']) {
      await register(open[0], { model });
    }
    const list = async (filter: object | null) => {
      const { registeredModels } = await client.get(
        `query ($filter: RegisteredModelFilter) {
          registeredModels(filter: $filter) { edges { node { name project { name } } } }
        }`,
        { filter },
      );
      return registeredModels.edges.map(
        ({ node }: { node: { name: string; project: { name: string } } }) =>
          `${node.project.name}/${node.name}`,
      );
    };
    expect(await list(null)).toEqual(['vault/risk', 'registry/fraud', 'registry/risk']);
    expect(await list({ name: 'RIS' })).toEqual(['vault/risk', 'registry/risk']);
    expect(await list({ name: 'ris', project: 'main/vault' })).toEqual(['vault/risk']);
    expect(await list({ project: 'main/registry' })).toEqual(['registry/fraud', 'registry/risk']);
    await expect(list({ name: 'ri' })).rejects.toThrow(/at least 3 characters/);
    const ask = '{ registeredModels(first: 2) { pageInfo { hasNextPage endCursor } } }';
    const { registeredModels } = await client.get(ask);
    expect(registeredModels.pageInfo.hasNextPage).toBe(true);
  });

  test('show their registrations page by page, latest first, and as they were known', async () => {
    const { hub, client, open, register, record } = await withRegistry();
    await register(open[0]);
    const before = new Date(hub.clock.nowMs()).toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await register(open[1]);
    const third = await record.version('MODEL', 'main/train/net', { digest: digestOf(7) });
    await register(third);
    const page = async (after: string | null) =>
      (await client.get(LIST, { name: 'risk', first: 2, after })).registeredModel.registrations;
    const first = await page(null);
    expect(numbersOf(first.edges)).toEqual([3, 2]);
    const second = await page(first.pageInfo.endCursor);
    expect(numbersOf(second.edges)).toEqual([1]);
    expect(second.pageInfo.hasNextPage).toBe(false);
    const { lineage } = await client.get(
      `query ($root: ID!, $knownAt: DateTime) {
        lineage(root: $root, knownAt: $knownAt) {
          nodes { ... on RegisteredModel { registrations { edges { node { number } } } } }
        }
      }`,
      { root: (await client.get(LIST, { name: 'risk' })).registeredModel.id, knownAt: before },
    );
    expect(numbersOf(lineage.nodes[0].registrations.edges)).toEqual([1]);
  });

  test('are referred to by other subgraphs by id and by name', async () => {
    const { client, open, register } = await withRegistry();
    await register(open[0]);
    const { registeredModel } = await client.get(LIST, { name: 'main/registry/risk' });
    const names = ['risk', 'main/registry/risk', 'main/registry/none', 'none', '', 'a/b'];
    const representations = [
      { __typename: 'RegisteredModel', id: registeredModel.id },
      ...names.map((name) => ({ __typename: 'RegisteredModel', name })),
    ];
    const { _entities } = await client.get(
      `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { ... on RegisteredModel { id } }
      }`,
      { representations },
    );
    const found = { id: registeredModel.id };
    expect(_entities).toEqual([found, found, found, null, null, null, null]);
    await register(open[0], { model: 'main/vault/risk' });
    const { errors } = await client.ask(LIST, { name: 'risk' });
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const { _entities: none } = await client.get(
      `{ _entities(representations: [{ __typename: "RegisteredModel", name: "risk" }]) {
        __typename
      } }`,
    );
    expect(none).toEqual([null]);
  });

  test('are no nodes of walks, and neither are registrations', async () => {
    const { client, open, register } = await withRegistry();
    const { registration } = (await register(open[0])).data.register;
    const ask = `query ($root: ID!) {
      lineage(root: $root, direction: BOTH) { nodes { id } truncated }
    }`;
    const own = await client.get(ask, { root: open[0] });
    expect(own.lineage.nodes).toEqual([{ id: open[0] }]);
    const { errors } = await client.ask(ask, { root: registration.id });
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
    const { node, resolve } = await client.get(
      'query ($id: ID!, $text: String!) { node(id: $id) { id } resolve(identifier: $text) { id } }',
      { id: registration.id, text: registration.id },
    );
    expect([node, resolve]).toEqual([null, []]);
  });
});

describe('what a reader may not see', () => {
  test('is no registration of a registered model, on no page', async () => {
    const { client, open, secret, register, asViewer } = await withRegistry();
    for (const version of [secret[0], open[0], secret[1]]) await register(version);
    const whole = await client.get(LIST, { name: 'risk' });
    expect(numbersOf(whole.registeredModel.registrations.edges)).toEqual([3, 2, 1]);
    const { data } = await asViewer(LIST, { name: 'risk', first: 1 });
    expect(data.registeredModel.registrations).toEqual({
      edges: [{ node: { number: 2, version: { name: 'net:v0' } } }],
      pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
    });
    const after = data.registeredModel.registrations.pageInfo.endCursor;
    const rest = (await asViewer(LIST, { name: 'risk', after })).data.registeredModel;
    expect(rest.registrations.edges).toEqual([]);
    const log = await asViewer('{ auditLog(first: 100) { edges { node { leaf } } } }');
    const leaves = log.data.auditLog.edges.map(({ node }: { node: { leaf: string } }) =>
      Buffer.from(node.leaf, 'base64').toString(),
    );
    expect(leaves.join()).not.toContain('canary');
    expect(leaves.filter((leaf: string) => leaf.includes('registration.created'))).toHaveLength(1);
  });

  test('is no registry of a version, whatever names it has', async () => {
    const { open, secret, register, asViewer, client } = await withRegistry();
    await register(open[0]);
    await register(open[0], { model: 'main/vault/risk' });
    await register(secret[0], { model: 'main/vault/canary' });
    const ask = `{
      modelVersion(path: "main/train/net:v0") {
        registrations { registeredModel { project { name } } }
      }
      registeredModels { edges { node { name project { name } } } }
      bare: registeredModel(name: "risk") { project { name } }
      path: registeredModel(name: "main/vault/risk") { id }
      other: registeredModel(name: "canary") { id }
      none: registeredModel(name: "main/vault/none") { id }
      search(text: "canary") { edges { node { id } } }
    }`;
    const { data, errors } = await asViewer(ask);
    expect(errors).toEqual([]);
    const registry = { name: 'registry' };
    expect(data).toEqual({
      modelVersion: { registrations: [{ registeredModel: { project: registry } }] },
      registeredModels: { edges: [{ node: { name: 'risk', project: registry } }] },
      bare: { project: registry },
      path: null,
      other: null,
      none: null,
      search: { edges: [] },
    });
    const all = await client.get('{ registeredModels { edges { node { name } } } }');
    expect(all.registeredModels.edges).toHaveLength(3);
  });

  test('is refused as unknown to whoever wants to register; else the right is named', async () => {
    const { hub, open, secret, register, viewer } = await withRegistry();
    await register(open[0], { model: 'main/vault/risk' });
    const messageOf = async (version: string | undefined, model: string, who = viewer) => {
      const { errors } = await register(version, { model }, who);
      return `${errors[0]?.extensions.code}: ${errors[0]?.message}`;
    };
    const unknown = `mdv_${'x'.repeat(43)}`;
    for (const id of [secret[0], unknown]) {
      const text = `NOT_FOUND: there is no node with the id "${id}"`;
      expect(await messageOf(id, 'main/registry/risk')).toBe(text);
    }
    expect(await messageOf(open[0], 'main/registry/risk')).toMatch(/^FORBIDDEN: .*record\.write/);
    const hidden = await messageOf(open[0], 'main/vault/risk');
    const missing = await messageOf(open[0], 'main/nothing/risk');
    const idless = (text: string) => text.replace(/proj_[^"]+/, 'proj_');
    expect(idless(hidden)).toBe('NOT_FOUND: there is no node with the id "proj_"');
    expect(idless(missing)).toBe(idless(hidden));
    // A name that is taken in a hidden project is free, and tells nothing.
    const writer = await addService(hub, 'writer', [['CONTRIBUTOR', 'project/main/registry']]);
    const reader = [['VIEWER', 'project/main/train']] as const;
    const both = await addService(hub, 'both', [
      ['CONTRIBUTOR', 'project/main/registry'],
      ...reader,
    ]);
    expect(await messageOf(open[0], 'main/registry/risk', writer)).toMatch(/^NOT_FOUND/);
    const made = await register(open[0], { model: 'risk', project: 'main/registry' }, both);
    expect(made.data.register.registration.number).toBe(1);
  });
});
