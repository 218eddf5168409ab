import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/domain/digest.ts';
import { addService } from '../support/add-service.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { digestOf as digestOfNumber, recorder } from '../support/record.ts';
import {
  addresses,
  begin,
  CREATE,
  commit,
  creation,
  type Door,
  digestOf,
  listing,
  md5,
  openDoor,
  putManifest,
  upload,
  upsertRun,
} from './open-door.ts';

const SECRET = { 'w.bin': 'the weights of somebody else' };
const FILES = { 'a.txt': 'aaa' };
const ARTIFACT = `query ($project: String!, $name: String!) {
  project(name: $project, entityName: "main") {
    artifact(name: $name) { id state fileCount digest }
  }
}`;
const SERVED = `query ($project: String!, $name: String!) {
  project(name: $project, entityName: "main") {
    artifactCollectionMembership(name: $name) {
      artifact { currentManifest { file { directUrl } } }
      files(first: 10) { edges { node { name directUrl } } }
    }
  }
}`;

/** A file as GraphQL declares it: with the digest of bytes that never come. */
const declared = (path: string, text: string) => ({
  path,
  digest: sha256(Buffer.from(text)),
  sizeBytes: Buffer.byteLength(text),
});

const idOf = async (door: Door, project: string, name: string): Promise<string> =>
  (await door.data(ARTIFACT, { project, name })).project.artifact.id;

async function servedOf(door: Door, project: string, name: string) {
  const { status, body } = await door.graphql(SERVED, { project, name });
  const found = body.data.project?.artifactCollectionMembership;
  return {
    status,
    errors: body.errors?.map(({ message }: { message: string }) => message),
    manifest: found?.artifact?.currentManifest,
    files: found?.files?.edges.map(({ node }: { node: unknown }) => node),
  };
}

const propsOf = async (door: Door, name: string) => {
  const scope = { all: true } as const;
  const [row] = await door.hub.store.list({ scope, name, order: 'id', limit: 1 });
  return row?.props;
};

/** Two projects: `secret`, which holds a file, and `mine`, where a stranger may write. */
async function openWithStranger() {
  const door = await openDoor();
  await upsertRun(door, 'r', { modelName: 'secret' });
  await upsertRun(door, 'r', { modelName: 'mine' });
  const secret = await upload(door, { name: 'hidden', project: 'secret', files: SECRET });
  const { key } = await addService(door.hub, 'x', [['CONTRIBUTOR', 'project/main/mine']]);
  const graphql = await openGraphqlClient(door.hub);
  const register = async (name: string, more: object) => {
    const input = { project: 'main/mine', kind: 'DATASET', name, ...more };
    const query = `mutation ($input: RegisterVersionInput!) {
      registerVersion(input: $input) { version { id } }
    }`;
    const { errors } = await graphql.ask(query, { input }, key);
    expect(errors).toEqual([]);
  };
  return { door, stranger: door.as(key), secret, register };
}

describe('a version that only declares digests', () => {
  it('gives no bytes away, and does not tell whether the hub holds them', async () => {
    const { stranger, register } = await openWithStranger();
    await register('held', { files: [declared('w.bin', SECRET['w.bin'])] });
    await register('lost', { files: [declared('w.bin', 'bytes that nobody has')] });
    const held = await servedOf(stranger, 'mine', 'held:v0');
    const lost = await servedOf(stranger, 'mine', 'lost:v0');
    expect(held.status).toBe(404);
    expect(held.errors[0]).toMatch(/files of held:v0 cannot be had .* uploaded nothing/);
    expect([held.manifest, held.files]).toEqual([null, undefined]);
    expect(JSON.stringify(held).replaceAll('held', 'lost')).toBe(JSON.stringify(lost));
  });

  it('is still found, and used by runs', async () => {
    const { stranger, register } = await openWithStranger();
    await register('held', { files: [declared('w.bin', SECRET['w.bin'])] });
    const { project } = await stranger.data(ARTIFACT, { project: 'mine', name: 'held:latest' });
    expect(project.artifact).toMatchObject({ state: 'COMMITTED', fileCount: 1 });
    const use = `mutation ($id: ID!) {
      useArtifact(input: { entityName: "main", projectName: "mine", runName: "r", artifactID: $id })
      { artifact { id } }
    }`;
    expect((await stranger.data(use, { id: project.artifact.id })).useArtifact.artifact.id).toBe(
      project.artifact.id,
    );
  });

  it('carries no bytes into another version', async () => {
    const { stranger, register } = await openWithStranger();
    await register('held', { files: [declared('w.bin', SECRET['w.bin'])] });
    const birth = await idOf(stranger, 'mine', 'held:v0');
    const { id } = await begin(stranger, { name: 'loot', project: 'mine', files: SECRET });
    await putManifest(stranger, id, listing(SECRET, birth));
    const { status, body } = await commit(stranger, id);
    expect([status, body.errors[0].message]).toEqual([
      400,
      '1 of 1 files did not arrive as the manifest lists them, so nothing was committed: "w.bin"',
    ]);
  });

  it('by its digest or its address alone has no files to give', async () => {
    const { stranger, register } = await openWithStranger();
    await register('digest', { digest: digestOfNumber(7) });
    await register('address', { uri: 's3://bucket/key' });
    for (const name of ['digest:v0', 'address:v0']) {
      const { status, errors } = await servedOf(stranger, 'mine', name);
      expect([status, errors[0]]).toEqual([404, expect.stringContaining(name)]);
    }
  });

  it('of references alone is served: they lead elsewhere', async () => {
    const { stranger, register } = await openWithStranger();
    await register('refs', { files: [{ path: 'far', ref: 's3://b/k', refDigest: 'etag' }] });
    const { status, files, manifest } = await servedOf(stranger, 'mine', 'refs:v0');
    expect([status, files]).toEqual([200, [{ name: 'far', directUrl: 's3://b/k' }]]);
    const { contents } = (await stranger.get(manifest.file.directUrl)).json();
    expect(contents).toEqual({ far: { digest: 'etag', size: 0, ref: 's3://b/k' } });
  });

  it('is served as soon as its bytes have come', async () => {
    const { stranger, register } = await openWithStranger();
    await register('ds', { files: [declared('a.txt', 'aaa')] });
    expect((await servedOf(stranger, 'mine', 'ds:v0')).status).toBe(404);
    await upload(stranger, { name: 'ds', project: 'mine', files: FILES });
    const { files } = await servedOf(stranger, 'mine', 'ds:v0');
    expect((await stranger.get(files[0].directUrl)).body).toBe('aaa');
    expect(await propsOf(stranger, 'ds:v0')).toMatchObject({ bytes: 'stored' });
  });
});

describe('an uploaded version with references', () => {
  it('is stored, and gives both its files and its references', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const listed = {
      ...listing(FILES, ''),
      far: { digest: 'etag', size: 9, ref: 's3://bucket/key', extra: { etag: 'etag' } },
    };
    const id = await uploadListed(door, { name: 'mixed', files: FILES, listed });
    expect((await commit(door, id)).status).toBe(200);
    expect(await propsOf(door, 'mixed:v0')).toMatchObject({ bytes: 'stored', fileCount: 2 });
    const { files } = await servedOf(door, 'p', 'mixed:v0');
    expect((await door.get(files[0].directUrl)).body).toBe('aaa');
    expect(files[1].directUrl).toBe('s3://bucket/key');
  });

  it('does not stand for bytes whose digests it claims', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const claimed = { 'a.txt': { digest: md5('aaa'), size: 3, ref: 'https://elsewhere/a' } };
    const fake = await uploadListed(door, { name: 'ds', files: {}, listed: claimed });
    expect((await commit(door, fake)).status).toBe(200);
    const again = await begin(door, { name: 'ds', files: FILES });
    expect(again.state).toBe('PENDING');
    await upload(door, { name: 'ds', files: FILES });
    expect((await servedOf(door, 'p', 'ds:v1')).files[0].directUrl).toMatch(/wandb-download/);
    expect((await begin(door, { name: 'ds', files: FILES })).state).toBe('COMMITTED');
  });

  it('makes no second version when it comes again', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const listed = { far: { digest: 'etag', size: 9, ref: 's3://bucket/key' } };
    for (const _time of [1, 2]) {
      const id = await uploadListed(door, { name: 'refs', files: {}, listed });
      expect((await commit(door, id)).status).toBe(200);
    }
    expect(await propsOf(door, 'refs:v0')).toMatchObject({ bytes: 'stored' });
    expect(await propsOf(door, 'refs:v1')).toBeUndefined();
  });
});

interface Listed {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly listed: Readonly<Record<string, { readonly digest: string }>>;
}

/** Everything of an upload but its commit, with a manifest of one's own. */
async function uploadListed(door: Door, { name, files, listed }: Listed): Promise<string> {
  const entries = Object.entries(listed).map(([path, { digest }]) => [path, digest] as const);
  const digest = digestOf(Object.fromEntries(entries), (of) => of);
  const input = { ...creation({ name, files }), digest };
  const { id } = (await door.data(CREATE, { input })).createArtifact.artifact;
  const urls = await addresses(door, id, files);
  for (const [at, text] of Object.values(files).entries()) await door.put(urls[at] ?? '', text);
  await putManifest(door, id, listed);
  return id;
}

describe('names that a client states', () => {
  it('under the schemes of this door are refused', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const { version } = recorder(await openGraphqlClient(door.hub));
    for (const scheme of ['wandb-artifact', 'wandb-digest', 'wandb-client']) {
      const more = { digest: digestOfNumber(9), identifiers: [`${scheme}:x`] };
      await expect(version('DATASET', 'main/p/d', more)).rejects.toThrow(/are the hub's own/);
    }
  });
});
