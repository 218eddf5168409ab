import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hubSdl } from '../../src/transport/graphql/hub-schema.ts';
import { addService } from '../support/add-service.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

async function open() {
  const { hub, admin } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  await record.project('p');
  return { hub, admin, client, record };
}

interface Edges {
  readonly edges: ReadonlyArray<{ readonly cursor: string; readonly node: { name: string } }>;
  readonly pageInfo: Readonly<Record<string, unknown>>;
}

const PAGE = 'edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage endCursor }';
const namesOf = ({ edges }: Edges) => edges.map(({ node }) => node.name);

describe('connections', () => {
  test('go through a list page by page, newest first, and end', async () => {
    const { client, record } = await open();
    for (const name of ['r1', 'r2', 'r3', 'r4', 'r5']) await record.run('main/p', name);
    const ask = `query ($after: String) {
      project(team: "main", name: "p") { runs(first: 2, after: $after) { ${PAGE} } }
    }`;
    const pages: Edges[] = [];
    for (let after: unknown = null; pages.length === 0 || after !== null; ) {
      const { runs } = (await client.get(ask, { after })).project;
      pages.push(runs);
      after = runs.pageInfo.hasNextPage ? runs.pageInfo.endCursor : null;
    }
    expect(pages.map(namesOf)).toEqual([['r5', 'r4'], ['r3', 'r2'], ['r1']]);
    expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual([false, true, true]);
  });

  test('a run that came meanwhile moves no page', async () => {
    const { client, record } = await open();
    for (const name of ['r1', 'r2', 'r3']) await record.run('main/p', name);
    const ask = `query ($after: String) {
      project(team: "main", name: "p") { runs(first: 2, after: $after) { ${PAGE} } }
    }`;
    const first = (await client.get(ask)).project.runs;
    await record.run('main/p', 'r4');
    const second = (await client.get(ask, { after: first.pageInfo.endCursor })).project.runs;
    expect([...namesOf(first), ...namesOf(second)]).toEqual(['r3', 'r2', 'r1']);
  });

  test('a cursor is good for its own question only', async () => {
    const { client, record } = await open();
    for (const name of ['run-a', 'run-b']) await record.run('main/p', name);
    const ask = `query ($text: String!, $after: String) {
      search(text: $text, first: 1, after: $after) { ${PAGE} }
    }`;
    const { search } = await client.get(ask, { text: 'run' });
    const after = search.pageInfo.endCursor;
    expect(namesOf((await client.get(ask, { text: 'run', after })).search)).toEqual(['run-a']);
    for (const wrong of [
      { text: 'run-', after },
      { text: 'run', after: 'nonsense' },
    ]) {
      const { errors } = await client.ask(ask, wrong);
      expect(errors[0]?.message).toMatch(/^the cursor /);
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('versions come newest first, collections by kind', async () => {
    const { client, record } = await open();
    for (let at = 0; at < 4; at += 1) {
      await record.version('MODEL', 'main/p/m', { digest: digestOf(at) });
    }
    await record.version('DATASET', 'main/p/d', { digest: digestOf(9) });
    const ask = `query ($after: String) {
      model(path: "main/p/m") { versionCount versions(first: 3, after: $after) { ${PAGE} } }
      project(team: "main", name: "p") {
        all: collections { edges { node { __typename name } } }
        datasets: collections(kinds: [DATASET]) { edges { node { name } } }
      }
    }`;
    const { model, project } = await client.get(ask);
    expect(model.versionCount).toBe(4);
    expect(namesOf(model.versions)).toEqual(['m:v3', 'm:v2', 'm:v1']);
    const { endCursor } = model.versions.pageInfo;
    const { versions } = (await client.get(ask, { after: endCursor })).model;
    expect(namesOf(versions)).toEqual(['m:v0']);
    expect(versions.pageInfo.hasNextPage).toBe(false);
    expect(project.all.edges).toEqual([
      { node: { __typename: 'Dataset', name: 'd' } },
      { node: { __typename: 'Model', name: 'm' } },
    ]);
    expect(namesOf(project.datasets)).toEqual(['d']);
    const { errors } = await client.ask(
      '{ project(team: "main", name: "p") { collections(kinds: [RUN]) { edges { cursor } } } }',
    );
    expect(errors[0]?.message).toBe('RUN is no kind of collection');
  });

  test('neighbours are paged in a stable order', async () => {
    const { client, record } = await open();
    const run = await record.run('main/p', 'r');
    const data: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      data.push(await record.version('DATASET', `main/p/d${at}`, { digest: digestOf(at) }));
    }
    await record.lineage(run, data, []);
    const ask = `query ($run: ID!, $after: String) {
      run(id: $run) { inputs(first: 2, after: $after) { ${PAGE} } }
    }`;
    const found: string[] = [];
    for (let after: unknown = null, more = true; more; ) {
      const { inputs } = (await client.get(ask, { run, after })).run;
      found.push(...namesOf(inputs));
      [after, more] = [inputs.pageInfo.endCursor, inputs.pageInfo.hasNextPage];
    }
    expect([...found].sort()).toEqual(['d0:v0', 'd1:v0', 'd2:v0', 'd3:v0', 'd4:v0']);
  });
});

describe('the audit log', () => {
  const ENTRY =
    'index type outcome recordedAt occurredAt via actor { name kind } leafHash leaf body';

  test('is read from either end', async () => {
    const { client } = await open();
    const ask = (page: string) =>
      client.get(`{
      auditLog(${page}) { edges { node { index } } pageInfo { hasNextPage hasPreviousPage
        startCursor endCursor } }
    }`);
    const { auditLog: whole } = await ask('first: 500');
    const size = whole.edges.length;
    const indexes = ({ edges }: { edges: { node: { index: number } }[] }) =>
      edges.map(({ node }) => node.index);
    expect(indexes(whole)).toEqual(Array.from({ length: size }, (_, at) => at));
    const { auditLog: last } = await ask('last: 2');
    expect(indexes(last)).toEqual([size - 2, size - 1]);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const { auditLog: before } = await ask(`last: 2, before: "${last.pageInfo.startCursor}"`);
    expect(indexes(before)).toEqual([size - 4, size - 3]);
    const { auditLog: after } = await ask(`first: 2, after: "${before.pageInfo.endCursor}"`);
    expect(indexes(after)).toEqual([size - 2, size - 1]);
    expect(after.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  test('shows entries with the exact bytes and their leaf hash', async () => {
    const { client } = await open();
    const { auditLog } = await client.get(
      `{ auditLog(last: 1) { edges { node { id ${ENTRY} } } } }`,
    );
    const [{ node }] = auditLog.edges;
    const leaf = Buffer.from(node.leaf, 'base64');
    const hash = createHash('sha256').update(Buffer.of(0)).update(leaf).digest('base64');
    expect(node.leafHash).toBe(hash);
    expect(JSON.parse(leaf.toString())).toMatchObject({
      v: 1,
      type: 'project.created',
      data: node.body,
      recordedAt: node.recordedAt,
    });
    const { entry, other } = await client.get(
      `query ($index: LogIndex!, $id: ID!) {
        entry: auditEntry(index: $index) { ${ENTRY} }
        other: node(id: $id) { ... on AuditEntry { ${ENTRY} } }
      }`,
      { index: node.index, id: node.id },
    );
    const { id: _, ...expected } = node;
    expect([entry, other]).toEqual([expected, expected]);
    expect((await client.get('{ auditEntry(index: 999999999999) { id } }')).auditEntry).toBeNull();
  });

  test('is narrowed by every filter', async () => {
    const { client, record, admin } = await open();
    const run = await record.run('main/p', 'r', { occurredAt: '2020-05-05T00:00:00Z' });
    const count = async (filter: string) => {
      const { auditLog } = await client.get(
        `{ auditLog(filter: { ${filter} }) { edges { node { type occurredAt } } } }`,
      );
      return auditLog.edges.map(({ node }: { node: { type: string } }) => node.type);
    };
    expect(await count('types: ["run.created"]')).toEqual(['run.created']);
    expect(await count(`subject: "${run}"`)).toEqual(['run.created']);
    expect(await count('project: "main/p"')).toEqual(['project.created', 'run.created']);
    expect(await count(`actor: "${admin.actor.ref}"`)).toEqual(['project.created', 'run.created']);
    expect(await count('outcome: DENY')).toEqual([]);
    expect(await count('fromIndex: 0, toIndex: 1')).toEqual(['organization.created']);
    expect(await count('since: "2100-01-01T00:00:00Z"')).toEqual([]);
    expect(await count('until: "2001-01-01T00:00:00Z"')).toEqual([]);
  });

  test('names the hub itself where it acted', async () => {
    const { client } = await open();
    const { auditEntry } = await client.get(
      `{ auditEntry(index: 0) {
        type subjectKind actor { name kind teams { name } grants { id } }
      } }`,
    );
    expect(auditEntry).toEqual({
      type: 'organization.created',
      actor: { name: 'system', kind: 'SYSTEM', teams: [], grants: [] },
      subjectKind: 'ORGANIZATION',
    });
  });

  test('shows the organization’s own entries to its auditors only', async () => {
    const { hub, client } = await open();
    const ask = '{ auditLog { edges { node { type } } } }';
    const typesFor = async (role: 'VIEWER' | 'AUDITOR') => {
      const { key } = await addService(hub, role, [[role, 'org']]);
      const { data } = await client.ask(ask, {}, key);
      return data.auditLog.edges.map(({ node }: { node: { type: string } }) => node.type);
    };
    expect(await typesFor('VIEWER')).toEqual(['project.created']);
    expect(await typesFor('AUDITOR')).toContain('organization.created');
  });
});

describe('personal values', () => {
  test('are joined when they are read, and marked once their key is gone', async () => {
    const { hub, admin, client, record } = await open();
    const run = await record.run('main/p', 'r', { notes: 'call Ann' });
    const ask = 'query ($id: ID!) { run(id: $id) { notes startedBy { name } } }';
    expect((await client.get(ask, { id: run })).run.notes).toBe('call Ann');
    const { auditLog } = await client.get('{ auditLog(last: 1) { edges { node { leaf body } } } }');
    const { leaf, body } = auditLog.edges[0].node;
    expect(Buffer.from(leaf, 'base64').toString() + JSON.stringify(body)).not.toContain('Ann');
    await hub.personKeys.destroy(admin.actor.ref);
    expect((await client.get(ask, { id: run })).run).toEqual({
      notes: '[erased]',
      startedBy: { name: 'administrator' },
    });
  });
});

describe('metrics', () => {
  async function history(lines: readonly string[]) {
    const opened = await open();
    const run = await opened.record.run('main/p', 'r');
    await opened.hub.telemetry.append(run, [{ stream: 'history', offset: 0, lines }]);
    return opened;
  }

  test('are read from what the client sent, NaN and all', async () => {
    const { client } = await history([
      '{"_step":0,"_timestamp":1700000000.5,"loss":1.5,"eval":{"auc":0.5},"text":"x"}',
      '{"_step":10,"loss":NaN}',
      'not json',
      '{"_step":20,"loss":-Infinity,"image":{"_type":"image-file","size":3}}',
    ]);
    const { run } = await client.get(`{ run(path: "main/p/r") {
      metricKeys
      metrics(keys: ["loss", "eval.auc", "none"]) {
        key count complete points { step value special timestamp }
      }
    } }`);
    expect(run.metricKeys).toEqual(['eval.auc', 'loss']);
    const at = { special: null, timestamp: null };
    expect(run.metrics).toEqual([
      {
        key: 'loss',
        count: 3,
        complete: true,
        points: [
          { ...at, step: 0, value: 1.5, timestamp: 1700000000.5 },
          { ...at, step: 10, value: null, special: 'NaN' },
          { ...at, step: 20, value: null, special: '-Infinity' },
        ],
      },
      {
        key: 'eval.auc',
        count: 1,
        complete: true,
        points: [{ ...at, step: 0, value: 0.5, timestamp: 1700000000.5 }],
      },
      { key: 'none', count: 0, complete: true, points: [] },
    ]);
  });

  test('that begin late in a long history are known', async () => {
    const lines = Array.from({ length: 12_000 }, (_, step) => `{"_step":${step},"loss":1}`);
    lines.push('{"_step":12000,"loss":1,"late":2}');
    const { client } = await history(lines);
    const { run } = await client.get('{ run(path: "main/p/r") { metricKeys } }');
    expect(run.metricKeys).toEqual(['late', 'loss']);
  });

  test('are thinned to the samples asked for', async () => {
    const lines = Array.from(
      { length: 5_000 },
      (_, step) => `{"_step":${step},"loss":${step === 1_234 ? 99 : 1}}`,
    );
    const { client } = await history(lines);
    const { run } = await client.get(`{ run(path: "main/p/r") {
      metrics(keys: ["loss"], samples: 100) { count points { step value } }
    } }`);
    const [{ count, points }] = run.metrics;
    expect(count).toBe(5_000);
    expect(points.length).toBeLessThanOrEqual(100);
    expect(points).toContainEqual({ step: 1_234, value: 99 });
    const { errors } = await client.ask(
      '{ run(path: "main/p/r") { metrics(keys: ["loss"], samples: 0) { key } } }',
    );
    expect(errors[0]?.message).toBe('samples is a whole number from 1 to 10000, not 0');
  });
});

describe('nodes', () => {
  test('of every kind are found by id, and unknown ids are null', async () => {
    const { client, record, admin } = await open();
    const run = await record.run('main/p', 'r', { job: 'nightly' });
    const { job, project } = (
      await client.get(
        'query ($id: ID!) { run(id: $id) { job { id } project { id team { id } } } }',
        {
          id: run,
        },
      )
    ).run;
    const data = await record.version('DATASET', 'main/p/d', { digest: digestOf(1) });
    const ids = [run, job.id, project.id, project.team.id, admin.actor.ref, data, 'x', 'run_x'];
    const { nodes } = await client.get(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
      { ids },
    );
    const types = ['Run', 'Job', 'Project', 'Team', 'Actor', 'DatasetVersion'];
    expect(nodes).toEqual([
      ...types.map((__typename, at) => ({ __typename, id: ids[at] })),
      null,
      null,
    ]);
    const many = Array.from({ length: 501 }, () => 'x');
    const { errors } = await client.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: many,
    });
    expect(errors[0]).toMatchObject({
      message: 'at most 500 ids at once, not 501',
      extensions: { code: 'LIMIT_EXCEEDED' },
    });
  });
});

describe('for routers', () => {
  test('the schema is told, and entities are found by their keys', async () => {
    const { client, record } = await open();
    const run = await record.run('main/p', 'r');
    const data = await record.version('DATASET', 'main/p/d', { digest: digestOf(1) });
    const { _service, _entities } = await client.get(
      `query ($references: [_Any!]!) {
        _service { sdl }
        _entities(representations: $references) {
          __typename
          ... on Run { name status }
          ... on DatasetVersion { version }
          ... on Content { versions { edges { node { id } } } }
        }
      }`,
      {
        references: [
          { __typename: 'Run', id: run },
          { __typename: 'DatasetVersion', id: data },
          { __typename: 'ModelVersion', id: data },
          { __typename: 'Run', id: 'nothing' },
          { __typename: 'Content', digest: digestOf(1) },
        ],
      },
    );
    expect(_service.sdl).toBe(hubSdl());
    expect(_service.sdl).toMatch(/^type Run implements [^{]+ @key\(fields: "id"\) \{$/m);
    expect(_entities).toEqual([
      { __typename: 'Run', name: 'r', status: 'RUNNING' },
      { __typename: 'DatasetVersion', version: 0 },
      null,
      null,
      { __typename: 'Content', versions: { edges: [{ node: { id: data } }] } },
    ]);
    const wrong = await client.ask(
      '{ _entities(representations: [{ __typename: "Nothing", id: "x" }]) { __typename } }',
    );
    expect(wrong.errors[0]?.message).toBe('no entity of this subgraph: "Nothing"');
  });
});
