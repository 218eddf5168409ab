import { describe, expect, test } from 'vitest';
import { digestGraph } from '../../src/ledger/graph-digest.ts';
import { rebuild } from '../../src/ledger/rebuild.ts';
import { addKey, addService, addServiceOf, type TestService } from '../support/add-service.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { digestOf, recorder } from '../support/record.ts';
import { serveDoor, upload, upsertRun } from '../wandb/open-door.ts';

const LOG = `query ($subject: ID, $actor: ID, $project: ID, $how: AccessKind, $since: DateTime,
  $until: DateTime, $first: Int, $after: String) {
  accessLog(subject: $subject, actor: $actor, project: $project, how: $how, since: $since,
    until: $until, first: $first, after: $after) {
    edges { cursor node {
      actor { id name } via subject { id name } subjectId how door firstAt lastAt count
    } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const CONFIG = 'query ($run: ID!) { run(id: $run) { config } }';

interface Entry {
  readonly actor: { readonly id: string; readonly name: string };
  readonly subjectId: string;
  readonly subject: { readonly name: string } | null;
  readonly how: string;
  readonly door: string;
  readonly count: number;
}

/** Two projects with a run and a model in each, and people of several roles. */
async function open() {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  const ids: Record<string, string> = {};
  for (const name of ['fraud', 'churn']) {
    ids[name] = await record.project(name);
    ids[`${name}Run`] = await record.run(`main/${name}`, 'train', { config: { rate: 1 } });
    const model = { digest: digestOf(1), generatedBy: ids[`${name}Run`], aliases: ['best'] };
    ids[`${name}Model`] = await record.version('MODEL', `main/${name}/net`, model);
  }
  const id = (name: string) => ids[name] as string;
  const viewer = await addService(hub, 'viewer', [['VIEWER', 'team/main']]);
  const auditor = await addService(hub, 'auditor', [['AUDITOR', 'project/main/fraud']]);
  const asked = async (key: string | undefined, query: string, variables: object = {}) => {
    const { data, errors } = await client.ask(query, variables, key);
    expect(errors).toEqual([]);
    return data;
  };
  const logOf = async (who: { readonly key?: string }, args: object = {}) => {
    const { accessLog } = await asked(who.key, LOG, args);
    return accessLog.edges.map(({ node }: { node: Entry }) => node) as Entry[];
  };
  return { hub, client, record, id, viewer, auditor, asked, logOf };
}

const ADMINISTRATOR = {};

/** What was read by whom; an hour that began meanwhile makes no difference. */
const short = (entries: readonly Entry[]) => {
  const lines = entries.map(({ actor, subject, how, door }) =>
    [actor.name, subject?.name, how, door].join(' '),
  );
  return [...new Set(lines)].sort().map((line) => line.split(' '));
};

describe('a reading by a viewer', () => {
  test('appears in the access report of what was read, and counts on', async () => {
    const { id, viewer, asked, logOf } = await open();
    const subject = id('fraudModel');
    expect(await logOf(ADMINISTRATOR, { subject })).toEqual([]);
    const ask = 'query ($id: ID!) { modelVersion(id: $id) { digest metadata version } }';
    await asked(viewer.key, ask, { id: subject });
    const [entry, ...others] = await logOf(ADMINISTRATOR, { subject });
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      actor: { id: viewer.ref, name: 'viewer' },
      via: expect.stringMatching(/./),
      subject: { id: subject, name: 'net:v0' },
      subjectId: subject,
      ...{ how: 'RECORD', door: 'GRAPHQL', count: 1 },
    });
    await asked(viewer.key, ask, { id: subject });
    const counts = (await logOf(ADMINISTRATOR, { subject })).map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
  });

  test('is noted by id, path, name, identifier and as the target of a field', async () => {
    const { id, viewer, asked, logOf } = await open();
    const readings: ReadonlyArray<readonly [query: string, ...read: string[]]> = [
      ['{ run(path: "main/fraud/train") { id } }', 'train'],
      ['{ model(path: "main/fraud/net") { id } }', 'net'],
      ['{ modelVersion(path: "main/fraud/net:best") { id } }', 'net:v0'],
      ['{ model(path: "main/fraud/net") { version(name: "v0") { id } } }', 'net', 'net:v0'],
      [`{ node(id: "${id('fraudModel')}") { id } }`, 'net:v0'],
      [`{ nodes(ids: ["${id('fraudModel')}", "${id('fraudRun')}"]) { id } }`, 'net:v0', 'train'],
      ['{ resolve(identifier: "main/fraud/net:v0") { id } }', 'net:v0'],
      [`{ modelVersion(id: "${id('fraudModel')}") { generatedBy { id } } }`, 'net:v0', 'train'],
      [`{ run(id: "${id('fraudRun')}") { metricKeys } }`, 'train'],
    ];
    let before = await totals();
    for (const [query, ...read] of readings) {
      await asked(viewer.key, query);
      const after = await totals();
      const more = [...after].filter(([name, count]) => count > (before.get(name) ?? 0));
      expect([query, more.map(([name]) => name).sort()]).toEqual([query, read]);
      before = after;
    }

    async function totals(): Promise<Map<string, number>> {
      const counts = new Map<string, number>();
      for (const { subject, count } of await logOf(viewer)) {
        counts.set(subject?.name ?? '', (counts.get(subject?.name ?? '') ?? 0) + count);
      }
      return counts;
    }
  });

  test('of a list or a walk is noted only where details are asked for', async () => {
    const { id, viewer, asked, logOf } = await open();
    const walk = `query ($root: ID!) { lineage(root: $root) { nodes { id kind name } } }`;
    await asked(viewer.key, walk, { root: id('fraudModel') });
    const thin = 'edges { node { id name recordedAt } }';
    await asked(
      viewer.key,
      `{ project(team: "main", name: "fraud") { runs { ${thin} } collections { ${thin} } }
         search(text: "net") { ${thin} } }`,
    );
    expect(await logOf(viewer)).toEqual([]);
    const details = 'edges { node { config } }';
    await asked(viewer.key, `{ project(team: "main", name: "fraud") { runs { ${details} } } }`);
    expect(short(await logOf(viewer))).toEqual([['viewer', 'train', 'RECORD', 'GRAPHQL']]);
  });

  test('is noted once a request, and what may not be read is not noted', async () => {
    const { hub, id, asked, logOf } = await open();
    const narrow = await addService(hub, 'narrow', [['VIEWER', 'project/main/fraud']]);
    const twice = `query ($run: ID!, $hidden: ID!) {
      a: run(id: $run) { config tags } b: run(id: $run) { summary } c: node(id: $hidden) { id }
      d: dataset(id: $run) { id }
    }`;
    await asked(narrow.key, twice, { run: id('fraudRun'), hidden: id('churnRun') });
    const entries = await logOf(ADMINISTRATOR, { actor: narrow.ref });
    expect(entries.map(({ subjectId, count }) => [subjectId, count])).toEqual([
      [id('fraudRun'), 1],
    ]);
  });
});

describe('bytes by the door for wandb', () => {
  test('are noted where an address for them is handed out', async () => {
    const { hub, asked, logOf } = await open();
    const door = await serveDoor(hub);
    expect((await upsertRun(door, 'r')).status).toBe(200);
    await upload(door, { name: 'ds', files: { 'a.txt': 'one' }, run: 'r' });
    const reader = await addService(hub, 'reader', [['VIEWER', 'team/main']]);
    const files = (fields: string) => `{ project(name: "p", entityName: "main") {
      artifactCollectionMembership(name: "ds:latest") {
        files(first: 5) { edges { node { ${fields} } } }
      }
    } }`;
    await door.as(reader.key).data(files('name md5'));
    const opened = ['reader', 'ds:v0', 'RECORD', 'WANDB'];
    expect(short(await logOf(reader))).toEqual([opened]);
    const { project } = await door.as(reader.key).data(files('name directUrl'));
    const { directUrl } = project.artifactCollectionMembership.files.edges[0].node;
    expect((await door.get(directUrl)).payload).toBe('one');
    const handed = ['reader', 'ds:v0', 'BYTES', 'WANDB'];
    expect(short(await logOf(reader))).toEqual([handed, opened]);
    const found = await logOf(ADMINISTRATOR, { how: 'BYTES', project: 'main/p' });
    expect(short(found)).toEqual([handed]);
    expect((await asked(reader.key, LOG)).accessLog.edges[0].node.via).toBeTruthy();
  });

  test('and records: what is opened is noted, what a list shows is not', async () => {
    const { hub, logOf } = await open();
    const door = await serveDoor(hub);
    await upsertRun(door, 'r');
    await door.stream('r', { files: { 'wandb-history.jsonl': { offset: 0, content: ['{}'] } } });
    const reader = await addService(hub, 'reader', [['VIEWER', 'team/main']]);
    const runs = (fields: string) => `{ project(name: "p", entityName: "main") {
      runs(first: 5) { edges { node { ${fields} } } }
    } }`;
    await door.as(reader.key).data(runs('id name createdAt'));
    expect(await logOf(reader)).toEqual([]);
    await door.as(reader.key).data(runs('id name config'));
    expect(short(await logOf(reader))).toEqual([['reader', 'r', 'RECORD', 'WANDB']]);
    const named = '{ project(name: "fraud", entityName: "main") { run(name: "train") { id } } }';
    await door.as(reader.key).data(named);
    expect(short(await logOf(reader))).toEqual([
      ['reader', 'r', 'RECORD', 'WANDB'],
      ['reader', 'train', 'RECORD', 'WANDB'],
    ]);
  });
});

describe('who may see', () => {
  /** Two readers, each of a run in both projects. */
  async function read() {
    const opened = await open();
    const { hub, id, asked, viewer } = opened;
    const other = await addService(hub, 'other', [['VIEWER', 'team/main']]);
    for (const { key } of [viewer, other]) {
      for (const run of [id('fraudRun'), id('churnRun')]) await asked(key, CONFIG, { run });
    }
    const seen = async (who: { readonly key?: string }, args: object = {}) =>
      (await opened.logOf(who, args)).map(({ actor, subjectId }) => [actor.name, subjectId]).sort();
    return { ...opened, other, seen };
  }

  const pairs = (names: string[], runs: string[]) =>
    names.flatMap((name) => runs.map((run) => [name, run])).sort();

  test('all of it: administrators and auditors of the organization', async () => {
    const { hub, id, seen } = await read();
    const whole = await addService(hub, 'whole', [['AUDITOR', 'org']]);
    const all = pairs(['viewer', 'other'], [id('fraudRun'), id('churnRun')]);
    expect(await seen(whole)).toEqual(all);
    const named = (await seen(ADMINISTRATOR)).filter(([name]) => name !== 'administrator');
    expect(named).toEqual(all);
  });

  test('that of projects: their auditors; and everybody their own', async () => {
    const { hub, id, auditor, viewer, seen, asked } = await read();
    const fraud = pairs(['viewer', 'other'], [id('fraudRun')]);
    expect(await seen(auditor)).toEqual(fraud);
    expect(await seen(auditor, { project: id('churn') })).toEqual([]);
    expect(await seen(auditor, { subject: id('churnRun') })).toEqual([]);
    expect(await seen(auditor, { actor: viewer.ref })).toEqual([['viewer', id('fraudRun')]]);
    const own = pairs(['viewer'], [id('fraudRun'), id('churnRun')]);
    expect(await seen(viewer)).toEqual(own);
    expect(await seen(viewer, { project: 'main/churn' })).toEqual([['viewer', id('churnRun')]]);
    expect(await seen(viewer, { actor: auditor.ref })).toEqual([]);
    const both = await addService(hub, 'both', [
      ['AUDITOR', 'project/main/fraud'],
      ['VIEWER', 'project/main/churn'],
    ]);
    await asked(both.key, CONFIG, { run: id('churnRun') });
    expect(await seen(both)).toEqual([...fraud, ['both', id('churnRun')]].sort());
  });

  test('nobody more than by their key: its limits, and other teams', async () => {
    const { hub, id, viewer, auditor, seen, client } = await read();
    const keyOf = async (who: TestService, limits: object) => ({
      key: (await addKey(hub, who.ref, limits)).text,
    });
    const scope = 'project/main/churn';
    expect(await seen(await keyOf(viewer, { scope }))).toEqual([['viewer', id('churnRun')]]);
    expect(await seen(await keyOf(auditor, { actions: ['record.read'] }))).toEqual([]);
    expect(await seen(await keyOf(auditor, { actions: ['audit.read'] }))).toEqual([]);
    const actor = SYSTEM;
    await client.get('mutation { createTeam(input: { name: "far" }) { team { id } } }');
    const far = await addServiceOf(hub, { team: 'far', name: 'far' }, [['AUDITOR', 'team/far']]);
    expect(await seen(far)).toEqual([]);
    expect(await seen(ADMINISTRATOR, { actor })).toEqual([]);
  });

  test('what is unknown is as empty as what is hidden, and a path must be one', async () => {
    const { auditor, seen, client, id } = await read();
    const unknown = `proj_${'A'.repeat(43)}`;
    for (const project of [unknown, 'main/nothing', 'main/churn']) {
      expect(await seen(auditor, { project })).toEqual([]);
    }
    expect(await seen(auditor, { subject: `${id('fraudRun')}\0` })).toEqual([]);
    const { errors } = await client.ask(LOG, { project: 'fraud' }, auditor.key);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

const SYSTEM = 'act:00000000-0000-0000-0000-000000000000';

test('pages are stable, and their cursors are good for their question only', async () => {
  const { client, record, viewer, asked, logOf } = await open();
  const runs: string[] = [];
  for (let at = 0; at < 5; at += 1) runs.push(await record.run('main/fraud', `run-${at}`));
  for (const run of runs) await asked(viewer.key, CONFIG, { run });
  const order = (await logOf(viewer)).map(({ subjectId }) => subjectId);
  expect([...order].sort()).toEqual([...runs].sort());
  const found: string[] = [];
  let after: string | null = null;
  for (let more = true; more; ) {
    const args: object = { first: 2, after };
    const { accessLog } = await asked(viewer.key, LOG, args);
    for (const { node } of accessLog.edges) found.push(node.subjectId);
    for (const run of runs) await asked(viewer.key, CONFIG, { run });
    after = accessLog.pageInfo.endCursor;
    more = accessLog.pageInfo.hasNextPage;
  }
  expect(found).toEqual(order);
  for (const args of [
    { after, how: 'RECORD' },
    { after, subject: runs[0] },
    { after: 'nonsense' },
  ]) {
    const { errors } = await client.ask(LOG, args, viewer.key);
    expect(errors[0]?.message).toMatch(/^the cursor /);
  }
  const { errors } = await client.ask(LOG, { first: 501 }, viewer.key);
  expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('times narrow the report', async () => {
  const { id, viewer, asked, logOf } = await open();
  await asked(viewer.key, CONFIG, { run: id('fraudRun') });
  const [entry] = (await logOf(viewer)) as Array<Entry & { firstAt: string; lastAt: string }>;
  expect(await logOf(viewer, { since: entry?.lastAt })).toHaveLength(1);
  expect(await logOf(viewer, { until: entry?.firstAt })).toEqual([]);
  expect(await logOf(viewer, { since: '2999-01-01T00:00:00Z' })).toEqual([]);
});

test('reading is in no digest, adds no fact, and a rebuild finds the graph equal', async () => {
  const { hub, id, viewer, asked, logOf } = await open();
  const before = { digests: await digestGraph(hub.store), head: await hub.store.head() };
  await asked(viewer.key, CONFIG, { run: id('fraudRun') });
  expect(await logOf(viewer)).toHaveLength(1);
  expect({ digests: await digestGraph(hub.store), head: await hub.store.head() }).toEqual(before);
  const readBody = (digest: Parameters<typeof hub.objects.read>[0]) =>
    hub.objects.read(digest, 1e6);
  const scratch = await openTestScratch();
  const rebuilt = await rebuild({ live: hub.store, scratch, readBody });
  expect(rebuilt).toMatchObject({ differences: [], faults: [] });
});
