import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Value } from '../../src/domain/values/value.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { addService, type TestService } from '../support/add-service.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { tell } from './play.ts';

/** Stands in every name of the hidden project, and nowhere else. */
const CANARY = 'kanarie';
const OPEN_LAKE = 's3://lake';
const HIDDEN_LAKE = `s3://${CANARY}-lake`;
const NAMESPACES = { [OPEN_LAKE]: 'main/open', [HIDDEN_LAKE]: `main/${CANARY}` };

const cleanups: Array<() => Promise<void>> = [];
afterAll(async () => {
  for (const work of cleanups.reverse()) await work();
});

let hub: Hub;
let client: GraphqlClient;
let viewer: TestService;
const projects = new Map<string, string>();

beforeAll(async () => {
  const atEnd = (work: () => Promise<void>) => void cleanups.push(work);
  const opened = await openTestHub(atEnd, { namespaces: NAMESPACES });
  hub = opened.hub;
  client = await openGraphqlClient(hub, atEnd);
  const create = `mutation ($input: CreateProjectInput!) {
    createProject(input: $input) { project { id } } }`;
  for (const name of ['open', CANARY]) {
    const made = await client.get(create, { input: { team: 'main', name } });
    projects.set(name, made.createProject.project.id);
  }
  viewer = await addService(hub, 'viewer', [['VIEWER', 'project/main/open']]);
  const owners = new Map(
    Object.entries(NAMESPACES).map(([namespace, project]) => [
      namespace,
      projects.get(project.slice('main/'.length)) as string,
    ]),
  );
  const send = async (project: string, event: Value) => {
    const to = { ledger: hub.ledger, project: projects.get(project) as string, owners };
    for (const each of await tell(event, { ...to, sender: opened.admin.actor })) {
      expect(each.outcome).toBe('recorded');
    }
  };
  await sendAll(send);
}, 60_000);

const facet = (body: { readonly [key: string]: Value }): Value => ({
  ...{ _producer: 'https://example.org/test', _schemaURL: 'https://example.org/schema' },
  ...body,
});
const from = (namespace: string, name: string, field: string) => ({
  ...{ namespace, name, field },
  transformations: [
    { type: 'DIRECT', subtype: 'IDENTITY', description: `from ${name}`, masking: true },
  ],
});
const columns = (fields: { readonly [key: string]: Value[] }): Value => ({
  columnLineage: facet({
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, inputFields]) => [name, { inputFields }]),
    ),
  }),
  schema: facet({ fields: Object.keys(fields).map((name) => ({ name, type: 'text' })) }),
});

const SECRET_COLUMN = `${CANARY}-column`;

/** open/raw leads to hidden/table in a hidden run, and that with open/raw to open/out. */
async function sendAll(send: (project: string, event: Value) => Promise<void>): Promise<void> {
  const event = (at: number, rest: { readonly [key: string]: Value }): Value => ({
    ...{ eventType: 'COMPLETE', eventTime: `2026-01-0${at}T00:00:00Z`, producer: 'test' },
    ...{ schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json' },
    run: { runId: `01234567-89ab-7cde-8f01-23456789ab0${at}` },
    ...rest,
  });
  const raw = { namespace: OPEN_LAKE, name: 'raw' };
  const table = { namespace: HIDDEN_LAKE, name: `${CANARY}-table` };
  await send('open', event(1, { job: { namespace: 'jobs', name: 'load' }, outputs: [raw] }));
  const hidden = columns({
    [SECRET_COLUMN]: [from(OPEN_LAKE, 'raw', 'id')],
    [`${CANARY}-other`]: [from(OPEN_LAKE, 'raw', 'id')],
  });
  await send(
    CANARY,
    event(2, {
      job: { namespace: 'jobs', name: `${CANARY}-job` },
      inputs: [raw],
      outputs: [{ ...table, facets: hidden }],
    }),
  );
  const out = columns({
    id: [from(HIDDEN_LAKE, table.name, SECRET_COLUMN), from(OPEN_LAKE, 'raw', 'id')],
    other: [from(HIDDEN_LAKE, `${CANARY}-unknown`, SECRET_COLUMN)],
  });
  const symlinks = facet({
    identifiers: [
      { namespace: HIDDEN_LAKE, name: `${CANARY}-link`, type: 'TABLE' },
      { namespace: OPEN_LAKE, name: 'link', type: 'TABLE' },
    ],
  });
  const checks = facet({ assertions: [{ assertion: `${CANARY}-check`, success: false }] });
  await send(
    'open',
    event(3, {
      job: { namespace: 'jobs', name: 'join' },
      inputs: [raw, { ...table, inputFacets: { dataQualityAssertions: checks } }],
      outputs: [{ namespace: OPEN_LAKE, name: 'out', facets: { ...(out as object), symlinks } }],
    }),
  );
  await send(
    CANARY,
    event(4, {
      job: { namespace: 'jobs', name: `${CANARY}-reader` },
      inputs: [
        { namespace: OPEN_LAKE, name: 'out', inputFacets: { dataQualityAssertions: checks } },
      ],
      outputs: [{ ...table, facets: columns({ [SECRET_COLUMN]: [from(OPEN_LAKE, 'out', 'id')] }) }],
    }),
  );
}

const COLUMNS = `columns { id column depth isRestricted namespace name version { id name }
    dataset { name } }
  edges { from to run { name } transformations { type masking description } } truncated`;
const FACETS = `facets(first: 20) { edges { node { name body isRestricted producer } } }`;
const USES = `edges { node { namespace name dataset { name } version { name } ${FACETS}
  datasetFacets(first: 20) { edges { node { name body } } } } }`;
const QUESTIONS = [
  `... on Faceted { ${FACETS} }`,
  `... on Run { parent { runId run { name } } errorMessage reads(first: 10) { ${USES} } }`,
  `... on Run { writes(first: 10) { ${USES} } }`,
  `... on Job { namespace reads(first: 10) { ${USES} } }`,
  `... on Dataset { columns { edges { node { name } } }
    symlinks { edges { node { name } } } symlinkedBy { edges { node { name } } } }`,
  `... on DatasetVersion { columns { edges { node { name } } } columnLineage { ${COLUMNS} } }`,
  `... on DatasetVersion { columnLineage(column: "id", direction: DOWNSTREAM) { ${COLUMNS} } }`,
  `... on DatasetVersion { qualityChecks { edges { node { passed failed run { name }
    assertions(first: 10) { edges { node { assertion column } } } } } } }`,
];

async function versionOf(name: string): Promise<string> {
  const all = { scope: { all: true }, order: 'id', limit: 1_000 } as const;
  const rows = await hub.store.list({ ...all, kinds: ['DATASET_VERSION'] });
  return rows.find((row) => row.name.startsWith(`${OPEN_LAKE}/${name}@`))?.id as string;
}

async function askAs(key: string | undefined, id: string, selection: string) {
  const query = `query ($id: ID!) { node(id: $id) { ${selection} } }`;
  const { data, errors } = await client.ask(query, { id }, key);
  expect(errors).toEqual([]);
  return data.node;
}

describe('a viewer of one of two projects', () => {
  test('meets no name of the other in anything that pipelines told', async () => {
    const all = { scope: { all: true }, order: 'id', limit: 1_000, bare: 'included' } as const;
    const rows = await hub.store.list(all);
    let asked = 0;
    let seen = 0;
    for (const { id } of rows) {
      for (const question of QUESTIONS) {
        const answer = JSON.stringify(await askAs(viewer.key, id, question));
        expect({ id, question, answer }).not.toMatchObject({
          answer: expect.stringContaining(CANARY),
        });
        asked += 1;
        if (JSON.stringify(await askAs(undefined, id, question)).includes(CANARY)) seen += 1;
      }
    }
    expect(asked).toBeGreaterThan(60);
    // The same questions do find it for who may read it.
    expect(seen).toBeGreaterThan(10);
  }, 60_000);

  test('sees that columns came from something, and what lies behind it', async () => {
    const out = await versionOf('out');
    const lineage = `... on DatasetVersion { columnLineage(column: "id") { ${COLUMNS} } }`;
    const { columnLineage } = await askAs(viewer.key, out, lineage);
    const shown = columnLineage.columns.map(
      ({ depth, column, isRestricted }: Record<string, unknown>) => [depth, column, isRestricted],
    );
    expect(shown).toEqual([
      [0, 'id', false],
      [1, 'id', false],
      [1, null, true],
    ]);
    const [root, raw, hidden] = columnLineage.columns;
    expect(hidden).toMatchObject({ namespace: null, name: null, version: null, dataset: null });
    const steps = columnLineage.edges.map(
      ({ from: a, to: b, transformations }: Record<string, unknown[]>) => [
        ...[a, b, transformations?.length],
      ],
    );
    expect(steps).toEqual(
      expect.arrayContaining([
        [root.id, raw.id, 1],
        [root.id, hidden.id, 0],
        [hidden.id, raw.id, 0],
      ]),
    );
    // Its id leads nowhere, so that what is there does not differ from what is only named.
    const walk = `query ($root: ID!) { lineage(root: $root) { truncated } }`;
    const { errors } = await client.ask(walk, { root: hidden.id }, viewer.key);
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
  });

  test('is shown the same of what is hidden and of what is only named', async () => {
    const out = await versionOf('out');
    const lineage = `... on DatasetVersion { columnLineage(column: "other") { ${COLUMNS} } }`;
    const { columnLineage } = await askAs(viewer.key, out, lineage);
    expect(columnLineage.columns.map(({ column }: { column: string }) => column)).toEqual([
      ...['other', null],
    ]);
  });

  test('is told where names were left out of a facet', async () => {
    const rows = await hub.store.list({ scope: { all: true }, order: 'id', limit: 1_000 });
    const dataset = rows.find(({ name }) => name === `${OPEN_LAKE}/out`);
    const { facets } = await askAs(
      viewer.key,
      dataset?.id as string,
      `... on Faceted { ${FACETS} }`,
    );
    const of = (name: string) =>
      facets.edges.find(({ node }: { node: { name: string } }) => node.name === name).node;
    expect(of('columnLineage')).toMatchObject({
      isRestricted: true,
      body: { fields: { id: { inputFields: [{ name: 'raw' }] }, other: { inputFields: [] } } },
    });
    expect(of('symlinks')).toMatchObject({
      isRestricted: true,
      body: { identifiers: [{ namespace: OPEN_LAKE, name: 'link' }] },
    });
    expect(of('schema').isRestricted).toBe(false);
  });
});
