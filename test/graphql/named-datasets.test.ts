import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namedDatasetId } from '../../src/domain/lineage/named-dataset.ts';
import { projectId } from '../../src/domain/lineage/names.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { addKey, addService, type TestService } from '../support/add-service.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const REGISTER = `mutation ($input: RegisterVersionInput!) {
  registerVersion(input: $input) {
    version { id name digest collection { id name ... on Dataset { namespace } project { name } } }
    fact { index type }
  }
}`;
const LINEAGE = `mutation ($input: RecordLineageInput!) {
  recordLineage(input: $input) { run { id } fact { index type } }
}`;
const WALK = `query ($root: ID!, $direction: LineageDirection!) {
  lineage(root: $root, direction: $direction, depth: 3) {
    nodes { __typename ... on Restricted { kind name } ... on LineageNode { name } }
    edges { kind recordedAt }
  }
}`;
const LOG = '{ auditLog(first: 500) { edges { node { type } } } }';

const cleanups: Array<() => Promise<void>> = [];
let hub: Hub;
let client: GraphqlClient;
let record: ReturnType<typeof recorder>;
let made = 0;
/** Writes in the project that owns the lake, and in none beside it. */
let owner: TestService;
/** Writes in another project, and may not know of the owner's. */
let outsider: TestService;
/** The same, who may read what the owner has. */
let guest: TestService;

const LAKE = 's3://lake';
/** Belongs to a project that nobody has made. */
const COMING = 's3://coming';

beforeAll(async () => {
  const atEnd = (work: () => Promise<void>) => void cleanups.push(work);
  const namespaces = { [LAKE]: 'main/lake', [COMING]: 'main/coming' };
  ({ hub } = await openTestHub(atEnd, { namespaces }));
  client = await openGraphqlClient(hub, atEnd);
  record = recorder(client);
  for (const name of ['lake', 'b', 'c']) await record.project(name);
  const b = ['CONTRIBUTOR', 'project/main/b'] as const;
  owner = await addService(hub, 'owner', [['CONTRIBUTOR', 'project/main/lake']]);
  outsider = await addService(hub, 'outsider', [b]);
  guest = await addService(hub, 'guest', [b, ['VIEWER', 'project/main/lake']]);
}, 60_000);
afterAll(async () => {
  for (const work of cleanups.reverse()) await work();
});

const newRun = (project = 'main/b') => {
  made += 1;
  return record.run(project, `run-${made}`);
};
const dataset = (name: string, n: number, namespace = LAKE) => ({
  ...{ namespace, name, digest: digestOf(n) },
});

function register(who: TestService, change: object = {}) {
  const plain = { project: 'main/b', kind: 'DATASET', namespace: LAKE, digest: digestOf(1) };
  return client.ask(REGISTER, { input: { ...plain, ...change } }, who.key);
}

async function use(who: TestService, run: string, change: object) {
  const input = { project: 'main/b', run, ...change };
  return client.ask(LINEAGE, { input }, who.key);
}

/** What somebody is answered, where nothing may go wrong. */
async function read(who: TestService, query: string, variables: object = {}) {
  const { data, errors } = await client.ask(query, variables, who.key);
  expect({ query, errors }).toEqual({ query, errors: [] });
  return data;
}

async function seenBy(who: TestService): Promise<number> {
  return (await read(who, LOG)).auditLog.edges.length;
}

describe('what is said of a dataset that a store names', () => {
  test('is taken from who writes in the project that owns the namespace', async () => {
    const change = { project: 'main/lake', name: 'raw/a.parquet', metadata: { rows: 5 } };
    const { data, errors } = await register(owner, change);
    expect(errors).toEqual([]);
    const { version, fact } = data.registerVersion;
    expect(version.collection).toMatchObject({
      ...{ name: `${LAKE}/raw/a.parquet`, namespace: LAKE, project: { name: 'lake' } },
    });
    expect([version.name, fact.type]).toEqual([`${LAKE}/raw/a.parquet:v0`, 'version.registered']);
    const id = namedDatasetId(hub.org, projectId(hub.org, { team: 'main', project: 'lake' }), {
      ...{ namespace: LAKE, name: 'raw/a.parquet' },
    });
    expect(version.collection.id).toBe(id);
  });

  test('is not taken from elsewhere: properties by name are refused as by id', async () => {
    await register(owner, { project: 'main/lake', name: 'said', metadata: { rows: 5 } });
    const everything = { scope: { all: true }, bare: 'included', order: 'id' } as const;
    const state = () => hub.store.list({ ...everything, limit: 1_000 });
    const before = await state();
    for (const name of ['said', 'new']) {
      const change = { name, metadata: { rows: 6 }, description: 'mine', aliases: ['mine'] };
      const hidden = await register(outsider, change);
      expect(hidden.errors).toMatchObject([
        {
          message: 'the project of the namespace "s3://lake" is not known',
          extensions: { code: 'NOT_FOUND' },
        },
      ]);
      const coming = await register(outsider, { ...change, namespace: COMING });
      expect(JSON.stringify(coming).replaceAll(COMING, LAKE)).toBe(JSON.stringify(hidden));
      const seen = await register(guest, change);
      expect(seen.errors).toMatchObject([
        {
          message: 'registerVersion needs record.write on main/lake',
          extensions: { code: 'FORBIDDEN', missing: ['record.write'] },
        },
      ]);
    }
    expect(await state()).toEqual(before);
  });

  test('takes the right to write in the project that it is sent from, too', async () => {
    const { errors } = await register(owner, { name: 'x' });
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
  });

  test('was made by the run of its own project, whoever claimed it by name before', async () => {
    const file = dataset('made/d.parquet', 40);
    const claim = await newRun();
    await use(guest, claim, { outputDatasets: [file] });
    const own = await newRun('main/lake');
    const { name, digest } = file;
    const change = { project: 'main/lake', name, digest, generatedBy: own };
    const { version } = (await register(owner, change)).data.registerVersion;
    const asked = '... on DatasetVersion { generatedBy { id } }';
    const query = `query ($id: ID!) { node(id: $id) { ${asked} } }`;
    for (const who of [owner, guest]) {
      expect(await read(who, query, { id: version.id })).toEqual({
        node: { generatedBy: { id: own } },
      });
    }
  });

  test('waits for a project that is not there yet', async () => {
    const admin = await register({ key: undefined } as never, { namespace: COMING, name: 'x' });
    expect(admin.errors[0]).toMatchObject({
      message: 'the project of the namespace "s3://coming" is not known',
      extensions: { code: 'NOT_FOUND' },
    });
  });

  test('is the sender’s own where nobody owns the namespace', async () => {
    const change = { namespace: 'postgres://db:5432', name: 'public.t' };
    const { data } = await register(outsider, change);
    expect(data.registerVersion.version.collection.project.name).toBe('b');
    await client.get(REGISTER, {
      input: { project: 'main/c', kind: 'DATASET', digest: digestOf(1), ...change },
    });
    const query = '{ resolve(identifier: "postgres://db:5432/public.t") { id } }';
    expect((await client.get(query)).resolve).toHaveLength(2);
    expect((await read(outsider, query)).resolve).toHaveLength(1);
  });

  test('is refused with what is wrong with the name', async () => {
    for (const [change, message] of [
      [{ name: '' }, "the dataset's name is empty"],
      [{ name: 'x', namespace: '' }, 'the namespace is empty'],
      [{ name: 'x'.repeat(1_025) }, "the dataset's name has 1025 characters, at most 1024 fit"],
      [{ name: 'a\0b' }, "the dataset's name holds a NUL character"],
      [{ name: 'x', kind: 'MODEL' }, 'only datasets stand in a namespace'],
    ] as const) {
      const { errors } = await register(owner, { project: 'main/lake', ...change });
      expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  test('leaves no manifest behind when it is refused', async () => {
    const files = [{ path: 'a', sizeBytes: 1, digest: digestOf(5) }];
    const refused = await register(guest, { name: 'files', files, digest: undefined });
    expect(refused.errors[0]?.extensions.code).toBe('FORBIDDEN');
    const change = { project: 'main/lake', name: 'files', files, digest: undefined };
    const { data } = await register(owner, change);
    const { digest } = data.registerVersion.version;
    expect(await hub.objects.size(digest)).toBeGreaterThan(0);
  });
});

describe('an edge by name', () => {
  test('takes the right to write to the run alone, and shows its end to its readers', async () => {
    const run = await newRun();
    await register(owner, { project: 'main/lake', name: 'edge', digest: digestOf(3) });
    const inputDatasets = [dataset('edge', 3)];
    const { data, errors } = await use(outsider, run, { inputDatasets });
    expect({ data, errors }).toEqual({
      ...{ errors: [], data: { recordLineage: { run: { id: run }, fact: null } } },
    });
    const walk = async (who: TestService, root: string, direction: string) =>
      (await read(who, WALK, { root, direction })).lineage;
    expect(await walk(outsider, run, 'UPSTREAM')).toEqual({
      nodes: [
        { __typename: 'Run', name: expect.any(String) },
        { __typename: 'Restricted', kind: 'DATASET_VERSION', name: 'restricted' },
      ],
      edges: [{ kind: 'USED', recordedAt: null }],
    });
    const name = `${LAKE}/edge:v0`;
    expect((await walk(guest, run, 'UPSTREAM')).nodes[1]).toMatchObject({ name });
    const found = `{ resolve(identifier: "${LAKE}/edge") {
      ... on Dataset { version(name: "v0") { id usedBy { edges { node { id } } } } } } }`;
    const { version } = (await read(guest, found)).resolve[0];
    expect(version.usedBy.edges).toEqual([{ node: { id: run } }]);
    // Whoever reads the dataset alone sees that something used it.
    expect((await walk(owner, version.id, 'DOWNSTREAM')).nodes[1]).toMatchObject({ kind: 'RUN' });
    expect((await read(outsider, found)).resolve).toEqual([]);
  });

  test('is answered the same whether its end was there, and whatever it holds', async () => {
    await register(owner, { project: 'main/lake', name: 'held', digest: digestOf(4) });
    const files = [{ path: 'a', sizeBytes: 1, digest: digestOf(5) }];
    const change = { project: 'main/lake', name: 'filed', files, digest: undefined };
    const filed = (await register(owner, change)).data.registerVersion.version.digest;
    const ends = [
      dataset('held', 4),
      dataset('held', 5),
      { ...dataset('filed', 0), digest: filed },
      dataset('nobody knows', 4),
      dataset('nobody knows', 4, COMING),
    ];
    const answers: string[] = [];
    for (const end of ends) {
      for (const side of ['inputDatasets', 'outputDatasets']) {
        const run = await newRun();
        const asked = { [side]: [end], idempotencyKey: `once-${made}` };
        const sizeBefore = (await hub.store.head()).size;
        const seen = await seenBy(outsider);
        const told = [];
        for (let times = 0; times < 3; times += 1) {
          const key = times === 1 ? null : asked.idempotencyKey;
          const answer = await use(outsider, run, { ...asked, idempotencyKey: key });
          told.push(answer, (await seenBy(outsider)) - seen);
          told.push((await hub.store.head()).size - sizeBefore);
        }
        const direction = side === 'inputDatasets' ? 'UPSTREAM' : 'DOWNSTREAM';
        told.push(await read(outsider, WALK, { root: run, direction }));
        const history = `{ node(id: "${run}") { ... on Run {
          history { edges { node { type } } } inputs { edges { cursor } } } } }`;
        told.push(await read(outsider, history));
        const conflict = { ...asked, [side]: [dataset('other', 4)] };
        told.push(await use(outsider, run, conflict), (await seenBy(outsider)) - seen);
        answers.push(
          JSON.stringify(told)
            .replaceAll(run, 'the run')
            .replace(/run-\d+/g, 'run'),
        );
      }
    }
    const of = (side: number) => new Set(answers.filter((_, at) => at % 2 === side));
    expect([of(0).size, of(1).size]).toEqual([1, 1]);
    expect([...of(0)][0]).toContain('CONFLICT');
  });

  test('meets the version that was registered by its files, before and after', async () => {
    const run = await newRun();
    const files = [{ path: 'b', sizeBytes: 1, digest: digestOf(6) }];
    const change = { project: 'main/lake', name: 'joined', files, digest: undefined };
    const version = (await register(owner, change)).data.registerVersion.version;
    await use(outsider, run, {
      inputDatasets: [{ ...dataset('joined', 0), digest: version.digest }],
    });
    const query = `{ node(id: "${version.id}") {
      ... on DatasetVersion { version usedBy { edges { node { id } } } files { edges { cursor } } }
    } }`;
    expect((await client.get(query)).node).toMatchObject({
      ...{ version: 0, usedBy: { edges: [{ node: { id: run } }] } },
    });
  });

  test('refused at the run tells by no fact whether its end is there', async () => {
    const run = await newRun();
    await register(owner, { project: 'main/lake', name: 'there', digest: digestOf(8) });
    const viewer = await addService(hub, `viewer-${made}`, [['VIEWER', 'project/main/b']]);
    const told = [];
    for (const name of ['there', 'not there']) {
      const seen = await seenBy(viewer);
      const answer = await use(viewer, run, { inputDatasets: [dataset(name, 8)] });
      told.push({ answer, seen: (await seenBy(viewer)) - seen });
    }
    expect(told[0]?.answer.errors[0]?.extensions.code).toBe('FORBIDDEN');
    expect(told[0]).toEqual(told[1]);
    expect(told[0]?.seen).toBe(1);
  });

  test('leads to a bare version without a number, which its owner may describe', async () => {
    const run = await newRun();
    await use(outsider, run, { outputDatasets: [dataset('bare', 9)] });
    const query = `{ resolve(identifier: "${LAKE}/bare") { ... on Dataset {
      namespace versionCount versions { edges { cursor } } version(name: "latest") { id } } } }`;
    expect((await read(owner, query)).resolve).toEqual([
      { namespace: LAKE, versionCount: 0, versions: { edges: [] }, version: null },
    ]);
    const { nodes } = (await read(guest, WALK, { root: run, direction: 'DOWNSTREAM' })).lineage;
    expect(nodes[1]).toEqual({
      ...{ __typename: 'DatasetVersion', name: `${LAKE}/bare@${digestOf(9)}` },
    });
    const everything = `{ resolve(identifier: "${digestOf(9)}") { ... on DatasetVersion {
      version bytes digest metadata uri sizeBytes aliases tags type description
    } } }`;
    expect((await read(owner, everything)).resolve).toEqual([
      {
        ...{ version: null, bytes: 'DECLARED', digest: digestOf(9), metadata: {}, uri: null },
        ...{ sizeBytes: null, aliases: [], tags: [], type: null, description: null },
      },
    ]);
    const done = await register(owner, { project: 'main/lake', name: 'bare', digest: digestOf(9) });
    expect(done.data.registerVersion.version.name).toBe(`${LAKE}/bare:v0`);
  });

  test('fills no list of the owner, and is found by its full name', async () => {
    await register(owner, { project: 'main/lake', name: 'crowd/said', digest: digestOf(30) });
    const invented = Array.from({ length: 50 }, (_, n) => dataset(`crowd/${n}`, 30));
    for (const inputDatasets of [
      invented,
      invented.map((one) => ({ ...one, name: `${one.name}+` })),
    ])
      await use(outsider, await newRun(), { inputDatasets });
    const listed = `{
      project(team: "main", name: "lake") { collections(first: 100) { edges { node { name } } } }
      search(text: "crowd", first: 100) { edges { node { name } } }
    }`;
    for (const who of [owner, guest]) {
      const { project, search } = await read(who, listed);
      const names = (list: { edges: { node: { name: string } }[] }) =>
        list.edges
          .map(({ node }) => node.name)
          .filter((name) => name.includes('crowd'))
          .sort();
      expect(names(project.collections)).toEqual([`${LAKE}/crowd/said`]);
      expect(names(search)).toEqual([`${LAKE}/crowd/said`, `${LAKE}/crowd/said:v0`]);
      const one = `{ resolve(identifier: "${LAKE}/crowd/7") { id ... on LineageNode { name } } }`;
      const { resolve } = await read(who, one);
      expect(resolve).toMatchObject([{ name: `${LAKE}/crowd/7` }]);
      const node = `{ node(id: "${resolve[0].id}") { ... on LineageNode { name } } }`;
      expect((await read(who, node)).node).toEqual({ name: `${LAKE}/crowd/7` });
    }
    // Of one digest there are more than one answer holds; what is said of comes first.
    const same = `{ resolve(identifier: "${digestOf(30)}") { ... on LineageNode { name } } }`;
    const found = (await read(owner, same)).resolve;
    expect(found).toHaveLength(100);
    expect(found).toContainEqual({ name: `${LAKE}/crowd/said:v0` });
  });

  test('by a key that may only write shows its fact to nobody who may not read it', async () => {
    const run = await newRun();
    const { text: key } = await addKey(hub, guest.ref, { actions: ['record.write'] });
    const asked = { inputDatasets: [dataset('bare', 10)] };
    const blind = await use({ ...guest, key }, run, asked);
    expect(blind).toMatchObject({ errors: [], data: { recordLineage: { run: null, fact: null } } });
    const { data } = await use(guest, run, asked);
    expect(data.recordLineage.fact).toMatchObject({ type: 'lineage.recorded' });
  });
});
