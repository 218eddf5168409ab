import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { addService } from '../support/add-service.ts';
import { CANARY, openCanaryWorld } from '../support/canary-world.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const DELETE_VERSION = `mutation ($input: DeleteVersionInput!) {
  deleteVersion(input: $input) {
    version { id name deletedAt collection { versionCount } }
    fact { index type outcome reason }
  }
}`;
const DELETE_RUN = `mutation ($input: DeleteRunInput!) {
  deleteRun(input: $input) {
    run { id name deletedAt outputs { edges { node { name } } } }
    fact { index type reason }
  }
}`;

async function open() {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  await record.project('p');
  const run = await record.run('main/p', 'train');
  const raw = await record.version('DATASET', 'main/p/raw', { digest: digestOf(1) });
  const made = { digest: digestOf(2), generatedBy: run };
  const model = await record.version('MODEL', 'main/p/net', made);
  await record.lineage(run, [raw], []);
  await client.get(`mutation { finishRun(input: { run: "${run}" }) { fact { index } } }`);
  return { hub, client, record, run, raw, model };
}

const DELETED_AT = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/);

describe('deleting through the API', () => {
  test('leaves a version that its id and lineage find, and nothing else', async () => {
    const { client, model, run } = await open();
    const input = { version: model, reason: 'trained on the wrong rows', idempotencyKey: 'd1' };
    const { deleteVersion } = await client.get(DELETE_VERSION, { input });
    expect(deleteVersion).toEqual({
      version: {
        id: model,
        name: 'net:v0',
        deletedAt: DELETED_AT,
        collection: { versionCount: 0 },
      },
      fact: {
        index: expect.any(Number),
        type: 'version.deleted',
        outcome: 'ALLOW',
        reason: 'trained on the wrong rows',
      },
    });
    expect((await client.get(DELETE_VERSION, { input })).deleteVersion.fact).toEqual(
      deleteVersion.fact,
    );
    const seen = await client.get(`{
      node(id: "${model}") { ... on ModelVersion {
        name deletedAt aliases history { edges { node { type reason } } }
        lineage { nodes { name ... on Run { deletedAt } ... on DatasetVersion { deletedAt } } }
      } }
      run(id: "${run}") { deletedAt outputs { edges { node { id } } } }
      byNumber: modelVersion(path: "main/p/net:v0") { id }
      byAlias: modelVersion(path: "main/p/net:latest") { id }
      search(text: "net:") { edges { node { id } } }
      resolve(identifier: "${digestOf(2)}") { id }
      model(path: "main/p/net") { versionCount versions { edges { node { id } } } }
    }`);
    expect(seen).toEqual({
      node: {
        name: 'net:v0',
        deletedAt: DELETED_AT,
        aliases: [],
        history: {
          edges: [
            { node: { type: 'version.deleted', reason: 'trained on the wrong rows' } },
            { node: { type: 'version.registered', reason: null } },
          ],
        },
        lineage: {
          nodes: [
            { name: 'net:v0' },
            { name: 'train', deletedAt: null },
            { name: 'raw:v0', deletedAt: null },
          ],
        },
      },
      run: { deletedAt: null, outputs: { edges: [{ node: { id: model } }] } },
      byNumber: null,
      byAlias: null,
      search: { edges: [] },
      resolve: [],
      model: { versionCount: 0, versions: { edges: [] } },
    });
  });

  test('shows the time before the deletion as it was', async () => {
    const { client, hub, model } = await open();
    const before = new Date(hub.clock.nowMs()).toISOString();
    // The deletion is recorded at another millisecond.
    while (new Date(hub.clock.nowMs()).toISOString() === before) await setTimeout(1);
    await client.get(DELETE_VERSION, { input: { version: model } });
    const { node } = await client.get(`{
      node(id: "${model}") { ... on ModelVersion {
        collection { id }
        lineage(knownAt: "${before}") { nodes { name ... on ModelVersion {
          aliases collection { versions { edges { node { name } } } }
        } } }
        history(knownAt: "${before}") { edges { node { type } } }
      } }
    }`);
    expect(node.history.edges).toEqual([{ node: { type: 'version.registered' } }]);
    expect(node.lineage.nodes[0]).toEqual({
      name: 'net:v0',
      aliases: ['latest'],
      collection: { versions: { edges: [{ node: { name: 'net:v0' } }] } },
    });
    expect(node.lineage.nodes.map(({ name }: { name: string }) => name)).toEqual([
      'net:v0',
      'train',
      'raw:v0',
    ]);
  });

  test('of a run with its versions is one fact; its name and its metrics are gone', async () => {
    const { client, record, run, model, raw } = await open();
    const kept = await client.ask(DELETE_RUN, { input: { run } });
    expect(kept.errors[0]).toMatchObject({
      message: 'the run train cannot be deleted: it made net:v0',
      extensions: { code: 'CONFLICT' },
    });
    const used = await client.ask(DELETE_VERSION, { input: { version: raw } });
    expect(used.errors[0]?.message).toBe('raw:v0 cannot be deleted: the run train used raw:v0');
    const input = { run, deleteVersions: true, reason: 'a trial' };
    const { deleteRun } = await client.get(DELETE_RUN, { input });
    expect(deleteRun).toMatchObject({
      run: { id: run, deletedAt: DELETED_AT, outputs: { edges: [{ node: { name: 'net:v0' } }] } },
      fact: { type: 'run.deleted', reason: 'a trial' },
    });
    const { data, errors } = await client.ask(`{
      run(path: "main/p/train") { id }
      resolve(identifier: "main/p/train") { id }
      project(team: "main", name: "p") { runs { edges { node { id } } } }
      gone: node(id: "${run}") { ... on Run { metricKeys } }
      model: node(id: "${model}") { ... on ModelVersion { deletedAt } }
    }`);
    expect(data).toMatchObject({
      run: null,
      resolve: [],
      gone: null,
      model: { deletedAt: DELETED_AT },
    });
    expect(data.project.runs.edges).toEqual([]);
    expect(errors[0]?.message).toMatch(/^the run train was deleted at .*metrics are not served$/);
    const again = await record.run('main/p', 'train');
    expect(again).not.toBe(run);
    const { run: found } = await client.get('{ run(path: "main/p/train") { id deletedAt } }');
    expect(found).toEqual({ id: again, deletedAt: null });
    await client.get(DELETE_VERSION, { input: { version: raw } });
  });

  test('is for who may delete', async () => {
    const { client, hub, model } = await open();
    const viewer = await addService(hub, 'viewer', [['VIEWER', 'project/main/p']]);
    const refused = await client.ask(DELETE_VERSION, { input: { version: model } }, viewer.key);
    expect(refused.errors[0]).toMatchObject({
      message: 'deleteVersion needs record.delete on main/p',
      extensions: { code: 'FORBIDDEN' },
    });
  });
});

describe('what keeps a thing and is hidden', () => {
  test('is told of as one thing, without a name, a kind or a count', async () => {
    const { client, writer, ids } = await openCanaryWorld('with the hidden project');
    const refuse = async (query: string, input: object) => {
      const { errors } = await client.ask(query, { input }, writer.key);
      expect(errors).toHaveLength(1);
      expect(JSON.stringify(errors)).not.toContain(CANARY);
      return errors[0]?.message;
    };
    const model = { version: ids.openModel, deleteAliases: true };
    expect(await refuse(DELETE_VERSION, model)).toBe(
      'net:v0 cannot be deleted: the registered model risk holds net:v0; ' +
        'something that you may not see depends on it',
    );
    const input = { run: ids.openRun, deleteVersions: true };
    expect(await refuse(DELETE_RUN, input)).toBe(
      'the run train cannot be deleted: the alias "best" leads to net:v0; ' +
        'the registered model risk holds net:v0; something that you may not see depends on it',
    );
    const log = '{ auditLog(filter: { outcome: DENY }) { edges { node { body leaf } } } }';
    expect(JSON.stringify(await client.ask(log, {}, writer.key))).not.toContain(CANARY);
  });

  test('keeps nothing when it was deleted itself', async () => {
    const { hub } = await openTestHub();
    const client = await openGraphqlClient(hub);
    const record = recorder(client);
    for (const name of ['open', 'hidden']) await record.project(name);
    const version = await record.version('DATASET', 'main/open/raw', { digest: digestOf(1) });
    const run = await record.run('main/hidden', 'secret');
    await record.lineage(run, [version], []);
    const writer = await addService(hub, 'writer', [['CONTRIBUTOR', 'project/main/open']]);
    const remove = () => client.ask(DELETE_VERSION, { input: { version } }, writer.key);
    expect((await remove()).errors[0]?.message).toBe(
      'raw:v0 cannot be deleted: something that you may not see depends on it',
    );
    await client.get(`mutation { finishRun(input: { run: "${run}" }) { fact { index } } }`);
    await client.get(DELETE_RUN, { input: { run } });
    const { data, errors } = await remove();
    expect([errors, data.deleteVersion.version.deletedAt]).toEqual([[], DELETED_AT]);
  });
});
