import { describe, expect, it, vi } from 'vitest';
import { registerVersion } from '../../src/commands/register-version.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { sealManifest } from '../../src/domain/lineage/manifest.ts';
import { addService } from '../support/add-service.ts';
import {
  addresses,
  begin,
  commit,
  type Door,
  listing,
  md5,
  openDoor,
  putManifest,
  upload,
  upsertRun,
} from './open-door.ts';

const FILES = { 'a.txt': 'aaa', 'sub/ü.txt': 'ü' };

async function versionOf(door: Door, name: string) {
  const { project } = await door.data(
    `query ($name: String!) { project(name: "p", entityName: "main") {
      artifactCollectionMembership(name: $name) {
        versionIndex
        aliases { alias }
        artifact { id digest size fileCount state currentManifest { file { directUrl } } }
        files(first: 10) { edges { node { name directUrl md5 sizeBytes } } }
      }
    } }`,
    { name },
  );
  return project?.artifactCollectionMembership ?? null;
}

describe('an artifact through the wandb door', () => {
  it('comes back byte for byte, without paths of the one who sent it', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const put = vi.spyOn(door.hub.objects, 'put');
    await upload(door, { name: 'ds', files: FILES, run: 'r', aliases: ['latest', 'x'] });
    const kept = put.mock.calls.map(([bytes]) => (Buffer.isBuffer(bytes) ? String(bytes) : ''));
    expect(kept.some((text) => text.includes('contents'))).toBe(true);
    expect(kept.some((text) => text.includes('/home/x'))).toBe(false);
    const version = await versionOf(door, 'ds:x');
    expect(version).toMatchObject({ versionIndex: 0, artifact: { size: 5, fileCount: 2 } });
    for (const { node } of version.files.edges) {
      const got = await door.get(node.directUrl);
      expect(got.body).toBe(FILES[node.name as keyof typeof FILES]);
      expect(got.headers['content-disposition']).toMatch(/^attachment/);
    }
    const manifest = await door.get(version.artifact.currentManifest.file.directUrl);
    expect(manifest.body).not.toContain('/home/x');
    expect(Object.keys(manifest.json().contents)).toEqual(Object.keys(FILES));
    const [{ node }] = version.files.edges;
    const part = await door.get(node.directUrl, { range: 'bytes=1-1' });
    expect([part.statusCode, part.body]).toEqual([206, 'a']);
    const beyond = await door.get(node.directUrl, { range: 'bytes=9-' });
    expect(beyond.statusCode).toBe(416);
  });

  it('with the same files makes no version, but its names move', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    await upload(door, { name: 'ds', files: FILES });
    await upload(door, { name: 'ds', files: { 'a.txt': 'other' } });
    const again = await begin(door, { name: 'ds', files: FILES, run: 'r', aliases: ['best'] });
    expect(again.state).toBe('COMMITTED');
    expect(await versionOf(door, 'ds:best')).toMatchObject({ versionIndex: 0 });
    expect(await versionOf(door, 'ds:latest')).toMatchObject({ versionIndex: 1 });
  });

  it('is committed once, however often it is asked for', async () => {
    const door = await openDoor();
    const id = await upload(door, { name: 'ds', files: FILES });
    const facts = await door.facts();
    const again = await commit(door, id);
    expect(again.status).toBe(200);
    expect(await door.facts()).toEqual(facts);
    const { artifact } = await door.data('query ($id: ID!) { artifact(id: $id) { state } }', {
      id,
    });
    expect(artifact.state).toBe('COMMITTED');
  });

  it('is not committed with missing bytes', async () => {
    const door = await openDoor();
    const { id } = await begin(door, { name: 'ds', files: FILES });
    const [first] = await addresses(door, id, FILES);
    await door.put(first as string, FILES['a.txt']);
    expect((await commit(door, id)).body.errors[0].message).toMatch(/manifest was not uploaded/);
    await putManifest(door, id, listing(FILES, id));
    const facts = await door.facts();
    const { status, body } = await commit(door, id);
    expect(status).toBe(400);
    expect(body.errors[0].message).toMatch(/1 of 2 files did not arrive .*"sub\/ü.txt"/);
    expect(await door.facts()).toEqual(facts);
    expect(await versionOf(door, 'ds:latest')).toBeNull();
  });

  it('takes no other bytes than were declared', async () => {
    const door = await openDoor();
    const { id } = await begin(door, { name: 'ds', files: FILES });
    const [first] = await addresses(door, id, FILES);
    const wrong = await door.put(first as string, 'bbb');
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().errors[0].message).toMatch(/have the MD5/);
  });

  it('must be what its digest said', async () => {
    const door = await openDoor();
    const { id } = await begin(door, { name: 'ds', files: FILES });
    await putManifest(door, id, listing({ 'a.txt': 'aaa' }, id));
    const { body } = await commit(door, id);
    expect(body.errors[0].message).toMatch(/make the digest/);
  });

  it('keeps its name for one type', async () => {
    const door = await openDoor();
    await upload(door, { name: 'ds', files: FILES });
    const input = {
      entityName: 'main',
      projectName: 'p',
      artifactTypeName: 'model',
      artifactCollectionName: 'ds',
      digest: '0'.repeat(32),
    };
    const { status, body } = await door.graphql(
      `mutation ($input: CreateArtifactInput!) {
        createArtifact(input: $input) { artifact { id } }
      }`,
      { input },
    );
    expect(status).toBe(400);
    expect(body.errors[0].message).toMatch(/is of the type "dataset"/);
  });

  it('carries files over from a version that its writer may read', async () => {
    const door = await openDoor();
    const base = await upload(door, { name: 'ds', files: FILES });
    const files = { ...FILES, 'new.txt': 'new' };
    const { id } = await begin(door, { name: 'ds', files });
    const [address] = await addresses(door, id, { 'new.txt': 'new' });
    await door.put(address as string, 'new');
    await putManifest(door, id, { ...listing(FILES, base), ...listing({ 'new.txt': 'new' }, id) });
    expect((await commit(door, id)).status).toBe(200);
    expect((await versionOf(door, 'ds:v1')).files.edges).toHaveLength(3);
  });

  it('gives no bytes away for their digest', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const secret = await upload(door, { name: 'secret', files: FILES });
    await upsertRun(door, 'r', { modelName: 'other' });
    const { key } = await addService(door.hub, 'other', [['CONTRIBUTOR', 'project/main/other']]);
    const stranger = door.as(key);
    expect((await commit(stranger, secret)).status).toBe(404);
    const { id } = await begin(stranger, { name: 'mine', project: 'other', files: FILES });
    await putManifest(stranger, id, listing(FILES, secret));
    const { body } = await commit(stranger, id);
    expect(body.errors[0].message).toMatch(/2 of 2 files did not arrive/);
  });

  it('hides from those who may not read its project as if it were not there', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const id = await upload(door, { name: 'ds', files: FILES, run: 'r' });
    await upsertRun(door, 'r', { modelName: 'other' });
    const { key } = await addService(door.hub, 'other', [['VIEWER', 'project/main/other']]);
    const stranger = door.as(key);
    const asked = `query ($id: ID!) {
      artifact(id: $id) { id }
      project(name: "p", entityName: "main") { id }
      clientIDMapping(clientID: "client-of-ds") { serverID }
    }`;
    expect(await stranger.data(asked, { id })).toEqual({
      artifact: null,
      project: null,
      clientIDMapping: null,
    });
    const known = await upsertRun(stranger, 'x', { modelName: 'p' });
    const unknown = await upsertRun(stranger, 'x', { modelName: 'q' });
    expect([known.status, unknown.status]).toEqual([403, 403]);
    const [one, other] = [known, unknown].map(({ body }) => body.errors[0].message);
    expect(String(one).replaceAll('/p', '/q')).toBe(other);
    expect((await stranger.stream('r', {})).status).toBe(404);
  });

  it('may be read, but not written, by a viewer', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const id = await upload(door, { name: 'ds', files: FILES });
    const { key } = await addService(door.hub, 'viewer', [['VIEWER', 'project/main/p']]);
    const viewer = door.as(key);
    expect(await versionOf(viewer, 'ds:latest')).toMatchObject({ versionIndex: 0 });
    const input = { artifactID: id, aliases: [{ alias: 'x' }] };
    const add = 'mutation ($input: AddAliasesInput!) { addAliases(input: $input) { success } }';
    expect((await viewer.graphql(add, { input })).status).toBe(403);
    expect((await upsertRun(viewer, 'r', { notes: 'x' })).status).toBe(403);
    const other = await begin(door, { name: 'ds', files: { 'b.txt': 'b' } });
    expect((await commit(viewer, other.id)).status).toBe(403);
    const made = await upsertRun(door, 'r');
    const run = { id: made.body.data.upsertBucket.bucket.id, name: null, modelName: null };
    const summaryMetrics = '{"acc":1}';
    expect((await upsertRun(viewer, 'r', { ...run, summaryMetrics })).status).toBe(403);
    const { project } = await door.data(
      '{ project(name: "p", entityName: "main") { run(name: "r") { summaryMetrics } } }',
    );
    expect(project.run.summaryMetrics).toBe('{}');
    const written = await viewer.stream('r', {});
    expect([written.status, written.body.errors[0].message]).toEqual([
      403,
      'writing to the run needs record.write on main/p',
    ]);
  });

  it('that came by another door with its bytes is read like every other', async () => {
    const door = await openDoor();
    const { hub } = door;
    await upsertRun(door, 'r');
    const [project] = await hub.store.list({
      scope: { all: true },
      kinds: ['PROJECT'],
      order: 'id',
      limit: 1,
    });
    const { digest: sha256, size } = await hub.objects.put(Buffer.from('bytes'));
    const sealed = sealManifest([
      { path: 'm.bin', size, sha256 },
      { path: 'far', size: null, ref: 's3://b/k', refDigest: 'etag' },
    ]);
    await hub.objects.put(sealed.bytes);
    await hub.ledger.submit({
      command: registerVersion,
      actor: SYSTEM_ACTOR,
      input: {
        project: project?.id ?? '',
        kind: 'MODEL',
        name: 'other',
        type: null,
        identity: 'manifest',
        digest: sealed.digest,
        uri: null,
        bytes: 'stored',
        sizeBytes: size,
        fileCount: 2,
        metadata: {},
        identifiers: [],
        aliases: [],
        generatedBy: null,
      },
    });
    const version = await versionOf(door, 'other:v0');
    const [far, own] = version.files.edges.map(({ node }: { node: unknown }) => node);
    expect(far).toMatchObject({ name: 'far', directUrl: 's3://b/k', md5: 'etag' });
    expect(own).toMatchObject({ name: 'm.bin', md5: md5('bytes'), sizeBytes: 5 });
    expect((await door.get(own.directUrl)).body).toBe('bytes');
    const manifest = await door.get(version.artifact.currentManifest.file.directUrl);
    expect(manifest.json().contents).toEqual({
      far: { digest: 'etag', size: 0, ref: 's3://b/k' },
      'm.bin': { digest: md5('bytes'), size: 5 },
    });
  });

  it('leads from the name that the client gave it to its id', async () => {
    const door = await openDoor();
    const ask = async () =>
      (await door.data('{ clientIDMapping(clientID: "client-of-ds") { serverID } }'))
        .clientIDMapping;
    const { id } = await begin(door, { name: 'ds', files: FILES });
    expect(await ask()).toEqual({ serverID: id });
    await upload(door, { name: 'ds', files: FILES });
    const { serverID } = await ask();
    expect((await versionOf(door, 'ds:latest')).artifact.id).toBe(serverID);
  });
});
