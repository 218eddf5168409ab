import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ForeignSubgraph, serveForeign } from '../support/foreign-subgraph.ts';
import { ask, HUB_KEY, type HubProcess, startHub } from '../support/hub-process.ts';
import { type Gateway, openGateway } from '../support/open-gateway.ts';
import { digestOf } from '../support/record.ts';

/** What a platform of the company knows: what its scanner found, and what things cost. */
const PLATFORM = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { scans: [Scan!]! bills: [Bill!]! owners: [Owner!]! }
  scalar Digest
  type Scan { verdict: String! findings: Int! of: Content }
  type Bill { euros: Float! version: ModelVersion run: Run }
  type Content @key(fields: "digest") { digest: Digest! scan: Scan }
  type ModelVersion @key(fields: "id") { id: ID! eurosPerMonth: Float }
  type Model @key(fields: "id") { id: ID! costCentre: String }
  type Run @key(fields: "id") { id: ID! gpuHours: Float }
  type RegisteredModel @key(fields: "name") { name: String! onCall: String }
  type Owner { team: String! model: RegisteredModel }
`;

const VERSIONS = 100;
const ON_CALL = { __typename: 'RegisteredModel', onCall: 'growth on call' };
/** How long the outsider's key is good, longer than any test takes. */
const KEY_LIFE_MS = 60 * 60 * 1000;
const HIDDEN_DIGEST = digestOf(77_777);
const UNKNOWN = { id: 'mdv_unknown', digest: digestOf(99_999) };

let folder = '';
let hub: HubProcess;
let platform: ForeignSubgraph;
let gateway: Gateway;
const versions: string[] = [];
let run = '';
let model = '';
let hidden = '';
let outsiderKey = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-federation-'));
  hub = await startHub({ dataDir: folder });
  await recordModels();
  await recordHidden();
  platform = await servePlatform();
  gateway = await openGateway([
    { name: 'hub', url: `${hub.url}/graphql` },
    { name: 'platform', url: platform.url },
  ]);
});

afterAll(async () => {
  await gateway?.close();
  await platform?.close();
  await hub?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function recordModels(): Promise<void> {
  await ask(
    hub,
    'mutation { createProject(input: { team: "main", name: "churn" }) { fact { id } } }',
  );
  const made = await ask<{ createRun: { run: { id: string } } }>(
    hub,
    'mutation { createRun(input: { project: "main/churn", name: "train" }) { run { id } } }',
  );
  run = made.createRun.run.id;
  for (let at = 0; at < VERSIONS; at += 1) {
    const input = {
      ...{ project: 'main/churn', kind: 'MODEL', name: 'net', generatedBy: run },
      digest: digestOf(at),
    };
    const { registerVersion } = await ask<{
      registerVersion: { version: { id: string; collection: { id: string } } };
    }>(
      hub,
      `mutation ($input: RegisterVersionInput!) {
        registerVersion(input: $input) { version { id collection { id } } } }`,
      { input },
    );
    versions.push(registerVersion.version.id);
    model = registerVersion.version.collection.id;
  }
  await ask(
    hub,
    `mutation ($version: ID!) {
      register(input: { version: $version, model: "main/churn/churn-net" }) { fact { id } }
    }`,
    { version: versions[7] },
  );
}

/** A version in another project, and a key of somebody who may read the first project alone. */
async function recordHidden(): Promise<void> {
  const query = `mutation ($version: RegisterVersionInput!) {
    createProject(input: { team: "main", name: "secret" }) { fact { id } }
    registerVersion(input: $version) { version { id } }
    createServiceAccount(input: { team: "main", name: "outsider" }) { serviceAccount { id } }
  }`;
  const version = {
    ...{ project: 'main/secret', kind: 'MODEL', name: 'plans' },
    digest: HIDDEN_DIGEST,
  };
  const made = await ask<{
    registerVersion: { version: { id: string } };
    createServiceAccount: { serviceAccount: { id: string } };
  }>(hub, query, { version });
  hidden = made.registerVersion.version.id;
  const { createApiKey } = await ask<{ createApiKey: { key: string } }>(
    hub,
    `mutation ($to: ID!, $expiresAt: DateTime!) {
      grant(input: { to: $to, role: VIEWER, scope: "project/main/churn" }) { fact { id } }
      createApiKey(input: { actor: $to, expiresAt: $expiresAt }) { key }
    }`,
    {
      to: made.createServiceAccount.serviceAccount.id,
      expiresAt: new Date(Date.now() + KEY_LIFE_MS).toISOString(),
    },
  );
  outsiderKey = createApiKey.key;
}

function servePlatform(): Promise<ForeignSubgraph> {
  const scanOf = (digest: string) => ({
    verdict: digest === digestOf(7) ? 'MALICIOUS' : 'CLEAN',
    findings: Number.parseInt(digest.slice('sha256:'.length), 16),
    of: { __typename: 'Content', digest },
  });
  return serveForeign({
    sdl: PLATFORM,
    entities: ['Content', 'ModelVersion', 'Model', 'Run', 'RegisteredModel'],
    root: {
      scans: () => [digestOf(7), UNKNOWN.digest, HIDDEN_DIGEST].map(scanOf),
      owners: () => [
        { team: 'growth', model: { ...ON_CALL, name: 'churn-net' } },
        { team: 'lost', model: { ...ON_CALL, name: 'unknown' } },
      ],
      bills: () => [
        ...versions.map((id, at) => ({ euros: at, version: { __typename: 'ModelVersion', id } })),
        { euros: 0.5, version: { __typename: 'ModelVersion', id: UNKNOWN.id } },
        { euros: 0.5, version: { __typename: 'ModelVersion', id: hidden } },
        { euros: 40, run: { __typename: 'Run', id: run } },
      ],
    },
    entity: ({ __typename, id, digest }) => {
      if (__typename === 'Content') return { scan: scanOf(String(digest)) };
      if (__typename === 'ModelVersion') return { eurosPerMonth: versions.indexOf(String(id)) };
      if (__typename === 'RegisteredModel') return ON_CALL;
      return __typename === 'Run' ? { gpuHours: 12.5 } : { costCentre: 'K-17' };
    },
  });
}

describe('the hub and a second subgraph behind one gateway', () => {
  it('from the hub to what others know: by digest and by id', async () => {
    const { data, errors } = await gateway.ask(`{
      modelVersion(path: "main/churn/net:v7") {
        name eurosPerMonth
        content { digest scan { verdict findings } }
        collection { name ... on Model { costCentre } }
        generatedBy { name gpuHours }
      }
    }`);
    expect(errors).toEqual([]);
    expect(data.modelVersion).toEqual({
      name: 'net:v7',
      eurosPerMonth: 7,
      content: { digest: digestOf(7), scan: { verdict: 'MALICIOUS', findings: 7 } },
      collection: { name: 'net', costCentre: 'K-17' },
      generatedBy: { name: 'train', gpuHours: 12.5 },
    });
  });

  it('through lineage: every node of a walk with what it costs, in one question', async () => {
    const before = platform.asked.length;
    const { data, errors } = await gateway.ask(
      `query ($root: ID!) {
        lineage(root: $root, direction: DOWNSTREAM, depth: 1, first: 1000) {
          nodes { id kind ... on ModelVersion { eurosPerMonth content { scan { verdict } } } }
        }
      }`,
      { root: run },
    );
    expect(errors).toEqual([]);
    const { nodes } = data.lineage;
    expect(nodes).toHaveLength(VERSIONS + 1);
    const costs = nodes.flatMap((node: { eurosPerMonth?: number }) => node.eurosPerMonth ?? []);
    expect(costs.sort((a: number, b: number) => a - b)).toEqual(versions.map((_, at) => at));
    const asked = platform.asked.slice(before);
    expect(asked.map(({ length }) => length)).toEqual([VERSIONS, VERSIONS]);
  });

  it('from others to the hub by id: a hundred versions, a run, an unknown id as null', async () => {
    const { data, errors } = await gateway.ask(`{
      bills {
        euros
        version { id name aliases project { name } generatedBy { name } }
        run { name status }
      }
    }`);
    const { bills } = data;
    expect(bills.slice(0, VERSIONS)).toEqual(
      versions.map((id, at) => ({
        euros: at,
        version: {
          ...{ id, name: `net:v${at}`, aliases: at === VERSIONS - 1 ? ['latest'] : [] },
          ...{ project: { name: 'churn' }, generatedBy: { name: 'train' } },
        },
        run: null,
      })),
    );
    expect(bills.slice(VERSIONS)).toEqual([
      { euros: 0.5, version: null, run: null },
      { euros: 0.5, version: expect.objectContaining({ id: hidden, name: 'plans:v0' }), run: null },
      { euros: 40, version: null, run: { name: 'train', status: 'RUNNING' } },
    ]);
    expect(errors).toEqual([]);
  });

  it('from others to the hub by digest: the versions of a scanned content', async () => {
    const { data } = await gateway.ask(`{
      scans {
        verdict
        of { digest versions { edges { node { id name ... on ModelVersion { eurosPerMonth } } } } }
      }
    }`);
    expect(data.scans).toEqual([
      {
        verdict: 'MALICIOUS',
        of: {
          digest: digestOf(7),
          versions: {
            edges: [{ node: { id: versions[7], name: 'net:v7', eurosPerMonth: 7 } }],
          },
        },
      },
      { verdict: 'CLEAN', of: null },
      { verdict: 'CLEAN', of: { digest: HIDDEN_DIGEST, versions: { edges: [expect.anything()] } } },
    ]);
  });

  it('there and back: from a scan to the models it concerns, and to what those cost', async () => {
    const { data, errors } = await gateway.ask(
      `query ($id: ID!) {
        node(id: $id) { ... on Model { name costCentre versions(first: 2) { edges { node {
          name ... on ModelVersion { eurosPerMonth content { scan { of { versions { edges { node {
            ... on ModelVersion { eurosPerMonth collection { ... on Model { costCentre } } }
          } } } } } } }
        } } } } }
      }`,
      { id: model },
    );
    expect(errors).toEqual([]);
    const [latest] = data.node.versions.edges;
    expect(latest.node).toEqual({
      name: 'net:v99',
      eurosPerMonth: 99,
      content: {
        scan: {
          of: {
            versions: {
              edges: [{ node: { eurosPerMonth: 99, collection: { costCentre: 'K-17' } } }],
            },
          },
        },
      },
    });
    expect(data.node).toMatchObject({ name: 'net', costCentre: 'K-17' });
    expect(data.node.versions.edges).toHaveLength(2);
  });

  it('from both sides by the name of a registered model', async () => {
    const { data, errors } = await gateway.ask(`{
      registeredModels { edges { node { name onCall } } }
      owners { team model { name id project { name } onCall } }
    }`);
    expect(errors).toEqual([]);
    const known = { name: 'churn-net', onCall: 'growth on call' };
    expect(data.registeredModels.edges).toEqual([{ node: known }]);
    expect(data.owners).toEqual([
      {
        team: 'growth',
        model: { ...known, id: expect.any(String), project: { name: 'churn' } },
      },
      { team: 'lost', model: null },
    ]);
  });

  it('what the caller may not read is null, as what does not exist is', async () => {
    const query = `{
      bills { version { id name } run { id } }
      scans { of { versions { edges { cursor } } } }
    }`;
    const { data } = await gateway.ask(query, {}, outsiderKey);
    const nothing = { version: null, run: null };
    expect(data.bills.slice(VERSIONS, VERSIONS + 2)).toEqual([nothing, nothing]);
    expect(data.bills[0]).toEqual({ version: { id: versions[0], name: 'net:v0' }, run: null });
    const [shown, unknown, unreadable] = data.scans;
    expect(shown.of.versions.edges).toHaveLength(1);
    expect([unknown, unreadable]).toEqual([{ of: null }, { of: null }]);
  });

  it("the hub answers with the caller's rights, and nobody without a key", async () => {
    const query = '{ viewer { name } }';
    expect((await gateway.ask(query)).data).toEqual({ viewer: { name: 'administrator' } });
    const { data, errors } = await gateway.ask(query, {}, `ledgerline-${'x'.repeat(48)}`);
    expect(data).toEqual({ viewer: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect([...platform.authorizations]).toEqual(
      [HUB_KEY, outsiderKey].map((key) => `Bearer ${key}`),
    );
  });
});
