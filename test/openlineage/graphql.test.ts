import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hub } from '../../src/transport/hub.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { tell } from './play.ts';
import { type Recording, recordedEvents } from './recordings.ts';

const cleanups: Array<() => Promise<void>> = [];
const atEnd = (work: () => Promise<void>) => void cleanups.push(work);
afterAll(async () => {
  for (const work of cleanups.reverse()) await work();
});

interface Played {
  readonly hub: Hub;
  readonly client: GraphqlClient;
  /** Ids of nodes by the end of their names. */
  idOf(kind: string, end: string): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers whose shape their query tells.
  ask(id: string, selection: string): Promise<any>;
}

async function playedHub(recording: Recording): Promise<Played> {
  const { hub, admin } = await openTestHub(atEnd);
  const client = await openGraphqlClient(hub, atEnd);
  const input = { team: 'main', name: 'pipelines' };
  const create =
    'mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }';
  const project = (await client.get(create, { input })).createProject.project.id;
  for (const event of recordedEvents(recording)) {
    await tell(event, { ledger: hub.ledger, project, sender: admin.actor });
  }
  const idOf = async (kind: string, end: string) => {
    const all = { scope: { all: true }, order: 'id', limit: 1_000, bare: 'included' } as const;
    const rows = await hub.store.list(all);
    const named = (row: (typeof rows)[number]) =>
      kind === 'RUN' ? String(row.props.displayName) : row.name.replace(/@.*/, '');
    const found = rows.filter((row) => row.kind === kind && named(row).endsWith(end));
    if (found.length === 0) throw new Error(`no ${kind} ${end}`);
    return found[0]?.id as string;
  };
  const ask = async (id: string, selection: string) =>
    (await client.get(`query ($id: ID!) { node(id: $id) { ${selection} } }`, { id })).node;
  return { hub, client, idOf, ask };
}

// biome-ignore lint/suspicious/noExplicitAny: the same.
const nodesOf = (list: any) => list.edges.map(({ node }: any) => node);

describe('what Spark sent', () => {
  let spark: Played;
  beforeAll(async () => {
    spark = await playedHub('spark');
  }, 60_000);

  const COLUMNS = `columns { column depth version { name } dataset { name } id }
    edges { from to run { displayName } transformations { type subtype masking } }
    truncated endCursor`;

  test('tells columns, and what a column came from, through two runs', async () => {
    const agg = await spark.idOf('DATASET_VERSION', '/agg');
    const { columns, columnLineage } = await spark.ask(
      agg,
      `... on DatasetVersion { columns { edges { node { name type description } } }
        columnLineage(column: "plan") { ${COLUMNS} } }`,
    );
    expect(nodesOf(columns)).toEqual([
      { name: 'plan', type: 'string', description: null },
      { name: 'count', type: 'long', description: null },
    ]);
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const shown = columnLineage.columns.map(({ depth, column, dataset }: any) => [
      ...[depth, column, dataset.name],
    ]);
    expect(shown).toEqual([
      [0, 'plan', 'file//srv/pipelines/sparkout/agg'],
      [1, 'plan', 'file//srv/pipelines/sparkout/features'],
      [2, 'plan', 'file//srv/dbt/seeds/raw_customers.csv'],
    ]);
    const [first, second] = columnLineage.edges;
    expect([first.to, second.from]).toEqual([columnLineage.columns[1].id, first.to]);
    expect(first.run.displayName).toBe('build_features.adaptive_spark_plan.sparkout_agg');
    expect(first.transformations).toContainEqual({
      ...{ type: 'DIRECT', subtype: 'IDENTITY', masking: false },
    });
    expect(columnLineage).toMatchObject({ truncated: false, endCursor: null });
  });

  test('tells what came from a column, page by page', async () => {
    const raw = await spark.idOf('DATASET_VERSION', '/raw_customers.csv');
    const found: unknown[] = [];
    let after: string | null = null;
    do {
      const place: string = after === null ? '' : `, after: "${after}"`;
      const { columnLineage } = await spark.ask(
        raw,
        `... on DatasetVersion { columnLineage(column: "age", direction: DOWNSTREAM,
          first: 1${place})
          { ${COLUMNS} } }`,
      );
      expect(columnLineage.columns.length).toBeLessThanOrEqual(1);
      for (const { column, depth, dataset } of columnLineage.columns) {
        found.push([depth, column, dataset.name]);
      }
      after = columnLineage.endCursor;
    } while (after !== null);
    expect(found).toEqual([
      [0, 'age', 'file//srv/dbt/seeds/raw_customers.csv'],
      [1, 'age2', 'file//srv/pipelines/sparkout/features'],
    ]);
  });

  test('ends where depth says, and refuses what is out of bounds', async () => {
    const agg = await spark.idOf('DATASET_VERSION', '/agg');
    const { columnLineage } = await spark.ask(
      agg,
      `... on DatasetVersion { columnLineage(column: "plan", depth: 1) { ${COLUMNS} } }`,
    );
    expect(columnLineage.columns).toHaveLength(2);
    expect(columnLineage.truncated).toBe(true);
    for (const args of ['depth: 101', 'depth: 0', 'first: 0', 'first: 1001']) {
      const query = `{ node(id: "${agg}") { ... on DatasetVersion {
        columnLineage(${args}) { truncated } } } }`;
      const { errors } = await spark.client.ask(query);
      expect(errors[0]?.message).toMatch(/is a whole number from 1 to (100|1000), not/);
    }
  });

  test('tells what runs read, with which version, and what they say of the reading', async () => {
    const run = await spark.idOf('RUN', 'sparkout_agg');
    const { reads, writes, parent } = await spark.ask(
      run,
      `... on Run { parent { runId jobNamespace jobName run { displayName } }
        reads { edges { node { namespace name firstAt version { id } dataset { name }
          facets(first: 5) { edges { node { name body } } } } } }
        writes(first: 5) { edges { node { name version { id } } } } }`,
    );
    expect(parent).toEqual({
      runId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      jobNamespace: 'spark-prod',
      jobName: 'build_features',
      run: { displayName: 'build_features' },
    });
    const [read] = nodesOf(reads);
    expect(read).toMatchObject({ namespace: 'file', name: '/srv/pipelines/sparkout/features' });
    expect(read.version.id).toBe(await spark.idOf('DATASET_VERSION', '/features'));
    expect(nodesOf(read.facets).map(({ name }: { name: string }) => name)).toEqual([
      'inputStatistics',
    ]);
    const [written] = nodesOf(writes);
    expect(written.version.id).toBe(await spark.idOf('DATASET_VERSION', '/agg'));
  });

  test('names facets with their producer and schema, by name and by page', async () => {
    const agg = await spark.idOf('DATASET', '/agg');
    const facets =
      'edges { node { name producer schemaURL body at event isPersonal isRestricted } }';
    const asked = await spark.ask(
      agg,
      `... on Dataset { facets(names: ["schema", "none"]) { ${facets} } }`,
    );
    expect(nodesOf(asked.facets)).toEqual([
      {
        name: 'schema',
        producer: expect.stringContaining('OpenLineage'),
        schemaURL: expect.stringContaining('SchemaDatasetFacet'),
        body: expect.objectContaining({ fields: expect.any(Array) }),
        at: expect.stringMatching(/Z$/),
        event: expect.stringMatching(/^sha256:/),
        isPersonal: false,
        isRestricted: false,
      },
    ]);
    const all: string[] = [];
    let after: string | null = null;
    do {
      const place: string = after === null ? '' : `, after: "${after}"`;
      const page = await spark.ask(
        agg,
        `... on Faceted { facets(first: 2${place}) { edges { node { name } }
          pageInfo { hasNextPage endCursor } } }`,
      );
      all.push(...nodesOf(page.facets).map(({ name }: { name: string }) => name));
      after = page.facets.pageInfo.hasNextPage ? page.facets.pageInfo.endCursor : null;
    } while (after !== null);
    expect(all).toEqual(['columnLineage', 'dataSource', 'schema']);
  });
});

describe('what dbt sent', () => {
  let dbt: Played;
  beforeAll(async () => {
    dbt = await playedHub('dbt');
  }, 60_000);

  test('counts what was checked of a version and holds, and what does not', async () => {
    const edges = await dbt.hub.store.list({ scope: { all: true }, order: 'id', limit: 1_000 });
    const versions = edges.filter(({ kind }) => kind === 'DATASET_VERSION');
    const checks: Array<{ passed: number; failed: number; run: { displayName: string } }> = [];
    for (const { id } of versions) {
      const { qualityChecks } = await dbt.ask(
        id,
        `... on DatasetVersion { qualityChecks { edges { node { passed failed at
          run { displayName } assertions(first: 20) {
            edges { node { assertion column success } } } } } } }`,
      );
      checks.push(...nodesOf(qualityChecks));
    }
    const of = (name: string) => checks.filter(({ run }) => run.displayName === name);
    expect(of('test.churn.not_null_features_id.d4e6f3cfb0')).toMatchObject([
      {
        ...{ passed: 0, failed: 1 },
        assertions: { edges: [{ node: { assertion: 'not_null', column: 'id', success: false } }] },
      },
    ]);
    expect(of('churn.main.churn.features.build.test')).toMatchObject([{ passed: 3, failed: 0 }]);
  });

  test('says why a run failed until its sender is erased', async () => {
    const run = await dbt.idOf(
      'RUN',
      'test.churn.accepted_values_stg_customers_plan__A.39dbe98b65',
    );
    const query = `... on Run { errorMessage
      facets(names: ["errorMessage", "tags"]) {
        edges { node { name body isPersonal producer } } } }`;
    const before = await dbt.ask(run, query);
    expect(before.errorMessage).toBe('Got 1 result, configured to fail if != 0');
    const [message, tags] = nodesOf(before.facets);
    expect(message).toMatchObject({
      ...{
        name: 'errorMessage',
        isPersonal: true,
        producer: expect.stringContaining('OpenLineage'),
      },
      body: { message: before.errorMessage },
    });
    expect(tags).toMatchObject({ name: 'tags', isPersonal: false });
    const facts = await dbt.hub.store.facts({
      ...{ scope: { all: true }, order: 'newest', limit: 1, types: ['openlineage.recorded'] },
    });
    await dbt.hub.personKeys.destroy(facts[0]?.actor as `act:${string}`);
    const after = await dbt.ask(run, query);
    expect(after.errorMessage).toBe('[erased]');
    expect(nodesOf(after.facets)).toEqual([
      { name: 'errorMessage', body: '[erased]', isPersonal: true, producer: null },
      tags,
    ]);
  });
});
