import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENTITY_KEYS } from '../../src/transport/graphql/federation.ts';
import { hubSdl } from '../../src/transport/graphql/hub-schema.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { addService, type TestService } from '../support/add-service.ts';
import { countingHub } from '../support/counting-hub.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const ends: Array<() => Promise<void>> = [];
const atEnd = (work: () => Promise<void>) => ends.unshift(work);
let client: GraphqlClient;
let record: ReturnType<typeof recorder>;
let calls: () => Readonly<Record<string, number>>;
let hub: Hub;
let outsider: TestService;

beforeAll(async () => {
  const counting = countingHub((await openTestHub(atEnd)).hub);
  ({ hub, calls } = counting);
  client = await openGraphqlClient(hub, atEnd);
  record = recorder(client);
  for (const name of ['open', 'secret']) await record.project(name);
  outsider = await addService(hub, 'outsider', [['VIEWER', 'project/main/open']]);
});
afterAll(async () => {
  for (const end of ends) await end();
});

const ENTITIES = `query ($references: [_Any!]!) {
  _entities(representations: $references) {
    __typename
    ... on LineageNode { id name project { name } }
    ... on ArtifactVersion { version content { digest } collection { id name } }
    ... on ModelVersion { metadata sizeBytes }
    ... on Content { digest versions { edges { node { id name } } } }
    ... on Actor { name }
    ... on Project { name }
    ... on Team { name }
  }
}`;

type Reference = Readonly<Record<string, unknown>>;

async function entities(references: readonly Reference[], key?: string) {
  const { data, errors } = await client.ask(ENTITIES, { references }, key);
  expect(errors).toEqual([]);
  // biome-ignore lint/suspicious/noExplicitAny: the answers' shape is told by the query.
  return data._entities as any[];
}

describe('which types others can refer to', () => {
  test('each by its keys, and the schema says so', () => {
    const told = [...hubSdl().matchAll(/^type (\w+) (?:implements [^@{]+)?(@key[^{]+) \{$/gm)];
    expect(Object.fromEntries(told.map(([, type, keys]) => [type, keys]))).toEqual(
      Object.fromEntries(
        Object.entries(ENTITY_KEYS).map(([type, keys]) => [
          type,
          keys.map((key) => `@key(fields: "${key}")`).join(' '),
        ]),
      ),
    );
    expect(Object.keys(ENTITY_KEYS)).toEqual(
      expect.arrayContaining([
        ...['Run', 'Dataset', 'DatasetVersion', 'Model', 'ModelVersion', 'Project', 'Actor'],
        ...['Artifact', 'OtherArtifactVersion', 'Job', 'Team', 'Content'],
      ]),
    );
  });

  test('one of each kind is found', async () => {
    const run = await record.run('main/open', 'each', { job: 'nightly' });
    const ids: Record<string, string> = { Run: run };
    for (const [type, kind, at] of [
      ['DatasetVersion', 'DATASET', 1],
      ['ModelVersion', 'MODEL', 2],
      ['OtherArtifactVersion', 'ARTIFACT', 3],
    ] as const) {
      ids[type] = await record.version(kind, `main/open/each-${at}`, { digest: digestOf(at) });
    }
    const { run: read, viewer } = await client.get(
      `query ($run: ID!) {
        run(id: $run) { job { id } project { id } }
        viewer { id teams { id } }
      }`,
      { run },
    );
    Object.assign(ids, { Job: read.job.id, Project: read.project.id });
    Object.assign(ids, { Actor: viewer.id, Team: viewer.teams[0].id });
    for (const version of ['Dataset', 'Model', 'OtherArtifact'] as const) {
      const { node } = await client.get(
        'query ($id: ID!) { node(id: $id) { ... on ArtifactVersion { collection { id } } } }',
        { id: ids[`${version}Version`] },
      );
      ids[version === 'OtherArtifact' ? 'Artifact' : version] = node.collection.id;
    }
    const { register } = await client.get(
      `mutation ($version: ID!) {
        register(input: { version: $version, model: "main/open/each" }) {
          registration { registeredModel { id } }
        }
      }`,
      { version: ids.ModelVersion },
    );
    ids.RegisteredModel = register.registration.registeredModel.id;
    const references = [
      ...Object.entries(ids).map(([__typename, id]) => ({ __typename, id })),
      { __typename: 'Content', digest: digestOf(2) },
    ];
    const found = await entities(references);
    expect(found.map(({ __typename }) => __typename)).toEqual(
      references.map(({ __typename }) => __typename),
    );
    expect(new Set(references.map(({ __typename }) => __typename))).toEqual(
      new Set(Object.keys(ENTITY_KEYS)),
    );
  });
});

describe('what a hundred references cost', () => {
  const COUNT = 100;
  let versions: string[];
  let digests: string[];

  beforeAll(async () => {
    digests = Array.from({ length: COUNT }, (_, at) => digestOf(1_000 + at));
    versions = [];
    for (const [at, digest] of digests.entries()) {
      const sizeBytes = at;
      versions.push(await record.version('MODEL', 'main/open/net', { digest, sizeBytes }));
    }
  });

  /** What the store is asked for references, beyond what it is asked for anything at all. */
  async function costing(references: readonly Reference[]) {
    calls();
    await client.get('{ __typename }');
    const { get: before = 0, list: listedBefore = 0 } = calls();
    const found = await entities(references);
    const { get = 0, list = 0, ...more } = calls();
    return { found, asked: { get: get - before, list: list - listedBefore, ...more } };
  }

  test('by id: one question to the store, and one a field that leads on', async () => {
    const references = versions.map((id) => ({ __typename: 'ModelVersion', id }));
    const { found, asked } = await costing(references);
    // All versions; all their collections; all their projects.
    expect(asked).toEqual({ get: 2, list: 0 });
    expect(found.map(({ id }) => id)).toEqual(versions);
    expect(found.map(({ sizeBytes }) => sizeBytes)).toEqual(versions.map((_, at) => at));
    expect(found.map(({ content }) => content.digest)).toEqual(digests);
  });

  test('by digest, with the versions of each: one question too', async () => {
    const references = digests.map((digest) => ({ __typename: 'Content', digest }));
    const { found, asked } = await costing(references);
    expect(asked).toEqual({ get: 0, list: 1 });
    expect(found.map(({ versions: { edges } }) => edges)).toEqual(
      versions.map((id) => [{ node: { id, name: expect.stringMatching(/^net:v\d+$/) } }]),
    );
  });

  test('the same one a hundred times is one', async () => {
    const reference = { __typename: 'ModelVersion', id: versions[7] };
    const { found, asked } = await costing(Array.from({ length: COUNT }, () => reference));
    expect(asked).toEqual({ get: 2, list: 0 });
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set([versions[7]]));
  });
});

describe('contents with more versions than one answer holds', () => {
  const NAMES = 60;

  test('are paged to the end', async () => {
    const digest = digestOf(5_000);
    const made = new Set<string>();
    for (let at = 0; at < NAMES; at += 1) {
      made.add(await record.version('DATASET', `main/open/same-${at}`, { digest }));
    }
    const query = `query ($references: [_Any!]!, $first: Int, $after: String) {
      _entities(representations: $references) {
        ... on Content { versions(first: $first, after: $after) {
          edges { node { id } } pageInfo { hasNextPage endCursor } } }
      }
    }`;
    const references = [{ __typename: 'Content', digest }];
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { _entities } = await client.get(query, { references, first: 7, after });
      const { edges, pageInfo } = _entities[0].versions;
      seen.push(...edges.map(({ node }: { node: { id: string } }) => node.id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual([...made].sort());
  });

  test('when the store cannot tell all at once, each is asked for itself', async () => {
    const store = new Proxy(hub.store, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (name !== 'list') return typeof member === 'function' ? member.bind(target) : member;
        // As if a thousand versions had these contents: the answer is full and not whole.
        return async (query: Parameters<Hub['store']['list']>[0]) => {
          const rows = await target.list(query);
          const full = (query.identifiers?.length ?? 0) > 1;
          return full ? Array.from({ length: query.limit }, () => rows[0]) : rows;
        };
      },
    });
    const crowded = await openGraphqlClient(Object.assign(Object.create(hub), { store }));
    const { _entities } = await crowded.get(
      `query ($references: [_Any!]!) { _entities(representations: $references) {
        ... on Content { versions(first: 100) { edges { node { name } } } } } }`,
      {
        references: [5_000, 1_000, 9_999].map((at) => ({
          __typename: 'Content',
          digest: digestOf(at),
        })),
      },
    );
    expect(_entities.map((each: never) => each && countOf(each))).toEqual([NAMES, 1, null]);
  });
});

function countOf({ versions }: { versions: { edges: unknown[] } }): number {
  return versions.edges.length;
}

describe('what the reader may not see', () => {
  test('is null as what does not exist is, by id and by digest', async () => {
    const digest = digestOf(6_000);
    const hidden = await record.version('MODEL', 'main/secret/plans', { digest });
    const run = await record.run('main/secret', 'r');
    const shared = digestOf(6_001);
    await record.version('MODEL', 'main/secret/shared', { digest: shared });
    const shown = await record.version('MODEL', 'main/open/shared', { digest: shared });
    const { node } = await client.get(
      'query ($id: ID!) { node(id: $id) { ... on Run { project { id } } } }',
      { id: run },
    );
    const references = [
      { __typename: 'ModelVersion', id: hidden },
      { __typename: 'ModelVersion', id: 'mv_nothing' },
      { __typename: 'Run', id: run },
      { __typename: 'Project', id: node.project.id },
      { __typename: 'Content', digest },
      { __typename: 'Content', digest: digestOf(6_999) },
      { __typename: 'Content', digest: 'sha256:none' },
      { __typename: 'Content', digest: shared },
      { __typename: 'ModelVersion', id: shown },
      // What others take for a model and is a run is no model.
      { __typename: 'Model', id: shown },
    ];
    const seen = (await entities(references, outsider.key)).map(
      (found) => found && (found.id ?? found.versions.edges),
    );
    const nothing = [null, null, null, null, null, null, null];
    expect(seen).toEqual([...nothing, [{ node: { id: shown, name: 'shared:v0' } }], shown, null]);
    const asAdmin = await entities(references);
    expect(asAdmin.map((found) => found !== null)).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('references that no router sends', () => {
  test.each([
    [[{ __typename: 'Nothing', id: 'x' }], 'no entity of this subgraph: "Nothing"'],
    [[{ __typename: 'toString', id: 'x' }], 'no entity of this subgraph: "toString"'],
    [[{ id: 'x' }], 'no entity of this subgraph: undefined'],
    [[{ __typename: 'Run' }], 'a reference to Run has its id'],
    [[{ __typename: 'Run', id: 7 }], 'a reference to Run has its id'],
    [[{ __typename: 'Content', id: 'x' }], 'a reference to Content has its digest'],
  ])('%j', async (references, message) => {
    const query = `query ($references: [_Any!]!) {
      _entities(representations: $references) { __typename } }`;
    const { errors } = await client.ask(query, { references });
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('a thousand at once pass, and one more does not', async () => {
    const query = `query ($references: [_Any!]!) {
      _entities(representations: $references) { __typename } }`;
    const many = Array.from({ length: 1_001 }, () => ({ __typename: 'Run', id: 'x' }));
    const { errors } = await client.ask(query, { references: many });
    expect(errors).toMatchObject([
      {
        message: 'at most 1000 references at once, not 1001',
        extensions: { code: 'LIMIT_EXCEEDED' },
      },
    ]);
    const { _entities } = await client.get(query, { references: many.slice(1) });
    expect(_entities).toEqual(many.slice(1).map(() => null));
  });
});
