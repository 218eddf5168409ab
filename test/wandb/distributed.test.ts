import { describe, expect, it, vi } from 'vitest';
import { type RevokeApiKeyInput, revokeApiKey } from '../../src/commands/api-keys.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { keysOf } from '../../src/domain/governance/permissions.ts';
import { addService, type TestService } from '../support/add-service.ts';
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
  type Upload,
  upload,
  upsertRun,
} from './open-door.ts';

type Files = Upload['files'];

const NEW_MANIFEST = `mutation ($input: CreateArtifactManifestInput!) {
  createArtifactManifest(input: $input) { artifactManifest { id } }
}`;
const UPDATE_MANIFEST = `mutation ($id: ID!, $digest: String!) {
  updateArtifactManifest(input: { artifactManifestID: $id, digest: $digest }) {
    artifactManifest { id file { uploadUrl } }
  }
}`;

/** Begins or joins an upload that processes share. */
async function join(door: Door, run: string | undefined, more: object = {}) {
  const files = { 'part of': run ?? '' };
  const input = { ...creation({ name: 'ds', files }), distributedID: 'group', ...more };
  const { createArtifact } = await door.data(CREATE, { input: { ...input, runName: run ?? null } });
  return createArtifact.artifact.id as string;
}

interface Sent {
  readonly type: 'PATCH' | 'INCREMENTAL';
  readonly run?: string;
  readonly base?: string;
}

/** Sends files and the manifest that lists them, as the SDK does for a part or an increment. */
async function send(door: Door, artifactID: string, files: Files, { type, run, base }: Sent) {
  const input = {
    artifactID,
    baseArtifactID: base,
    name: `wandb_manifest.${type === 'PATCH' ? 'patch' : 'incremental'}.json`,
    digest: '',
    entityName: 'main',
    projectName: 'p',
    runName: run ?? '',
    type,
  };
  const made = await door.data(NEW_MANIFEST, { input });
  const urls = await addresses(door, artifactID, files);
  for (const [at, text] of Object.values(files).entries()) {
    expect((await door.put(urls[at] as string, text)).statusCode).toBe(200);
  }
  await sendListing(door, made.createArtifactManifest.artifactManifest.id, {
    ...listing(files, artifactID),
  });
}

async function sendListing(door: Door, id: string, contents: object) {
  const text = JSON.stringify({ version: 1, storagePolicy: 'p', contents });
  const { updateArtifactManifest } = await door.data(UPDATE_MANIFEST, { id, digest: md5(text) });
  const { uploadUrl } = updateArtifactManifest.artifactManifest.file;
  expect((await door.put(uploadUrl, text)).statusCode).toBe(200);
}

/** A part that lists files of another version and brings no bytes. */
async function sendCarried(door: Door, artifactID: string, files: Files, base: string) {
  const place = { entityName: 'main', projectName: 'p', runName: '' };
  const input = { artifactID, name: 'm', digest: '', ...place, type: 'PATCH' };
  const made = await door.data(NEW_MANIFEST, { input });
  await sendListing(door, made.createArtifactManifest.artifactManifest.id, listing(files, base));
}

/** An upload of the runs r1 and r2, both with their part; both have ended. */
async function joinedOfTwo(door: Door): Promise<string> {
  let id = '';
  for (const run of ['r1', 'r2']) {
    await upsertRun(door, run);
    id = await join(door, run);
    await send(door, id, { [`${run}.txt`]: run }, { type: 'PATCH', run });
    await door.stream(run, { complete: true, exitcode: 0 });
  }
  return id;
}

async function deleteRun(door: Door, name: string): Promise<void> {
  const { project } = await door.data(
    `{ project(name: "p", entityName: "main") { run(name: "${name}") { id } } }`,
  );
  const query = 'mutation ($id: ID!) { deleteRun(input: { id: $id }) { clientMutationId } }';
  await door.data(query, { id: project.run.id });
}

/** The runs that made a version and were not deleted. */
async function makersOf(door: Door): Promise<string[]> {
  const makers: string[] = [];
  for (const run of ['r1', 'r2']) {
    const { project } = await door.data(`{ project(name: "p", entityName: "main") {
      run(name: "${run}") { outputArtifacts(first: 5) { edges { node { id } } } } } }`);
    if (project.run?.outputArtifacts.edges.length) makers.push(run);
  }
  return makers;
}

async function revokeKeyOf(door: Door, { ref }: TestService): Promise<void> {
  const [agent] = await door.hub.store.get([ref]);
  const [key] = keysOf(agent?.props ?? {});
  const input: RevokeApiKeyInput = { keyId: key?.id as string, actor: ref };
  await door.hub.ledger.submit({ command: revokeApiKey, actor: SYSTEM_ACTOR, input });
}

const names = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => `n${from + at}`);

async function filesOf(door: Door, name: string): Promise<Record<string, string>> {
  const { project } = await door.data(
    `query ($name: String!) { project(name: "p", entityName: "main") {
      artifactCollectionMembership(name: $name) {
        files(first: 100) { edges { node { name directUrl } } }
      }
    } }`,
    { name },
  );
  const got: Record<string, string> = {};
  for (const { node } of project.artifactCollectionMembership.files.edges) {
    got[node.name] = (await door.get(node.directUrl)).body;
  }
  return got;
}

async function refusalOf(door: Door, id: string): Promise<string> {
  const facts = await door.facts();
  const { status, body } = await commit(door, id);
  expect([status, await door.facts()]).toEqual([400, facts]);
  return body.errors[0].message;
}

describe('a version that several processes upload together', () => {
  it('has the files of all, made by the runs of all', async () => {
    const door = await openDoor();
    for (const run of ['r1', 'r2', 'r3']) await upsertRun(door, run);
    const ids = await Promise.all(['r1', 'r2', 'r3'].map((run) => join(door, run)));
    expect(new Set(ids).size).toBe(1);
    const [id] = ids as [string];
    await Promise.all([
      send(door, id, { 'a.txt': 'one', 'same.txt': 'same' }, { type: 'PATCH', run: 'r1' }),
      send(door, id, { 'b.txt': 'two', 'same.txt': 'same' }, { type: 'PATCH', run: 'r2' }),
      send(door, id, {}, { type: 'PATCH', run: 'r3' }),
    ]);
    const { status, body } = await commit(door, id);
    const whole = { 'a.txt': 'one', 'b.txt': 'two', 'same.txt': 'same' };
    expect([status, body.data.commitArtifact.artifact.digest]).toEqual([200, digestOf(whole)]);
    expect(await filesOf(door, 'ds:v0')).toEqual(whole);
    for (const run of ['r1', 'r2', 'r3']) {
      const { project } = await door.data(
        `query ($run: String!) { project(name: "p", entityName: "main") { run(name: $run) {
          outputArtifacts(first: 5) { edges { node { id } } }
        } } }`,
        { run },
      );
      expect(project.run.outputArtifacts.edges).toHaveLength(1);
    }
    expect((await commit(door, id)).status).toBe(200);
  });

  it('is the next one after a commit, under the same id of theirs', async () => {
    const door = await openDoor();
    const first = await join(door, undefined);
    await send(door, first, { 'a.txt': '1' }, { type: 'PATCH' });
    await commit(door, first);
    const second = await join(door, undefined);
    expect(second).not.toBe(first);
    await send(door, second, { 'a.txt': '2' }, { type: 'PATCH' });
    await commit(door, second);
    expect(await filesOf(door, 'ds:v0')).toEqual({ 'a.txt': '1' });
    expect(await filesOf(door, 'ds:v1')).toEqual({ 'a.txt': '2' });
  });

  it('has the names and the metadata of all, and the last description', async () => {
    const door = await openDoor();
    await join(door, undefined, { metadata: '{"a":1,"b":1}', description: 'first' });
    const aliases = [{ alias: 'latest' }, { alias: 'best' }];
    const more = { metadata: '{"b":2}', description: 'second', aliases, tags: [{ tagName: 't' }] };
    const id = await join(door, undefined, more);
    await send(door, id, { 'a.txt': '1' }, { type: 'PATCH' });
    await commit(door, id);
    const { artifact } = await door.data(
      `query ($id: ID!) { artifact(id: $id) {
        description metadata tags { name } aliases { alias }
      } }`,
      { id },
    );
    expect(artifact).toEqual({
      description: 'second',
      metadata: '{"a":1,"b":2}',
      tags: [{ name: 't' }],
      aliases: [{ alias: 'best' }, { alias: 'latest' }],
    });
  });

  it('is refused when two runs have other content under one path', async () => {
    const door = await openDoor();
    for (const run of ['r1', 'r2']) await upsertRun(door, run);
    const id = await join(door, 'r1');
    await send(door, id, { 'a.txt': 'one' }, { type: 'PATCH', run: 'r1' });
    await send(door, id, { 'a.txt': 'two' }, { type: 'PATCH', run: 'r2' });
    expect(await refusalOf(door, id)).toBe(
      'several runs added different content under one path (1 in all), so nothing was ' +
        'committed: "a.txt"',
    );
    await send(door, id, { 'a.txt': 'one' }, { type: 'PATCH', run: 'r2' });
    expect((await commit(door, id)).status).toBe(200);
  });

  it('takes the later part of one run', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r1');
    const id = await join(door, 'r1');
    await send(door, id, { 'a.txt': 'one', 'b.txt': 'b' }, { type: 'PATCH', run: 'r1' });
    await send(door, id, { 'a.txt': 'two' }, { type: 'PATCH', run: 'r1' });
    expect((await commit(door, id)).status).toBe(200);
    expect(await filesOf(door, 'ds:v0')).toEqual({ 'a.txt': 'two', 'b.txt': 'b' });
  });

  it('leaves out a part that did not come, and tells its process so', async () => {
    const door = await openDoor();
    const id = await join(door, undefined);
    expect(await refusalOf(door, id)).toMatch(/^no part of the distributed artifact/);
    await send(door, id, { 'a.txt': '1' }, { type: 'PATCH' });
    const late = await addresses(door, id, { 'late.txt': 'late' });
    await commit(door, id);
    const answer = await door.put(late[0] as string, 'late');
    expect([answer.statusCode, answer.json().errors[0].message]).toEqual([
      404,
      'the upload is over: it was committed, or it took too long',
    ]);
    expect(await filesOf(door, 'ds:v0')).toEqual({ 'a.txt': '1' });
  });

  it('gives nobody bytes that the sender of a part may not read', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r', { modelName: 'secret' });
    const base = await upload(door, {
      name: 'hidden',
      files: { 's.txt': 'key' },
      project: 'secret',
    });
    await upsertRun(door, 'r');
    const thief = await addService(door.hub, 'thief', [['CONTRIBUTOR', 'project/main/p']]);
    const theirs = door.as(thief.key);
    const id = await join(theirs, undefined);
    const made = await theirs.data(NEW_MANIFEST, {
      input: {
        artifactID: id,
        name: 'wandb_manifest.patch.json',
        digest: '',
        entityName: 'main',
        projectName: 'p',
        runName: '',
        type: 'PATCH',
      },
    });
    const stolen = listing({ 's.txt': 'key' }, base);
    await sendListing(theirs, made.createArtifactManifest.artifactManifest.id, stolen);
    expect(await refusalOf(door, id)).toMatch(/^1 of 1 files did not arrive/);
  });

  it('is finished when one of its runs was deleted before', async () => {
    const door = await openDoor();
    const id = await joinedOfTwo(door);
    await deleteRun(door, 'r1');
    expect((await commit(door, id)).status).toBe(200);
    expect(await makersOf(door)).toEqual(['r2']);
  });

  it('is finished when one of its runs is deleted in the middle of the commit', async () => {
    const door = await openDoor();
    const id = await joinedOfTwo(door);
    const { ledger } = door.hub;
    const submit = ledger.submit.bind(ledger);
    const spy = vi.spyOn(ledger, 'submit').mockImplementation(async (submission) => {
      if (submission.command.operation === 'recordLineage') {
        spy.mockRestore();
        await deleteRun(door, 'r2');
      }
      return submit(submission);
    });
    expect((await commit(door, id)).status).toBe(200);
    expect(await makersOf(door)).toEqual(['r1']);
    expect(await door.hub.operational.list('upload-file', { prefix: '', limit: 9 })).toEqual([]);
  });

  it('is whole whatever became of the keys that uploaded it', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const base = await upload(door, { name: 'before', files: { 'old.txt': 'old' } });
    const trainer = await addService(door.hub, 'trainer', [['CONTRIBUTOR', 'project/main/p']]);
    const theirs = door.as(trainer.key);
    const id = await join(theirs, undefined);
    await send(theirs, id, { 'a.txt': 'a' }, { type: 'PATCH' });
    const carried = await join(theirs, undefined, { distributedID: 'carried' });
    await sendCarried(theirs, carried, { 'old.txt': 'old' }, base);
    await revokeKeyOf(door, trainer);
    expect((await commit(door, id)).status).toBe(200);
    expect(await filesOf(door, 'ds:v0')).toEqual({ 'a.txt': 'a' });
    expect(await refusalOf(door, carried)).toMatch(/^1 of 1 files did not arrive .*"old.txt"$/);
  });

  it.each([
    [
      'tags',
      (from: number) => ({ tags: names(from, 200).map((tagName) => ({ tagName })) }),
      'a version has at most 256 tags',
    ],
    [
      'aliases',
      (from: number) => ({ aliases: names(from, 60).map((alias) => ({ alias })) }),
      'the version of all processes has at most 100 aliases, latest among them',
    ],
    [
      'metadata',
      (from: number) => ({ metadata: JSON.stringify({ [`m${from}`]: 'm'.repeat(2 ** 21) }) }),
      /^the version of all processes has at most 4194304 bytes of names, tags, metadata/,
    ],
  ])('lets nobody join with more %s than it holds', async (_, more, message) => {
    const door = await openDoor();
    const refusals: string[] = [];
    let id = '';
    for (let from = 0; from < 3000; from += 1000) {
      const input = { ...creation({ name: 'ds', files: {} }), distributedID: 'g', ...more(from) };
      const { status, body } = await door.graphql(CREATE, { input });
      if (status === 200) id = body.data.createArtifact.artifact.id;
      else refusals.push(body.errors[0].message);
    }
    expect(refusals[0]).toMatch(message);
    await send(door, id, { 'a.txt': 'a' }, { type: 'PATCH' });
    expect((await commit(door, id)).status).toBe(200);
  });

  it.each([
    ['FULL', 'group', 'a distributed artifact takes manifests of the type PATCH, not FULL'],
    ['PATCH', null, 'a manifest of the type PATCH belongs to a distributed artifact'],
  ])('takes no manifest of the type %s with the id %s', async (type, distributedID, message) => {
    const door = await openDoor();
    const id = await join(door, undefined, { distributedID });
    const place = { entityName: 'main', projectName: 'p', runName: '' };
    const input = { artifactID: id, name: 'm', digest: '', ...place, type };
    const { status, body } = await door.graphql(NEW_MANIFEST, { input });
    expect([status, body.errors[0].message]).toEqual([400, message]);
  });
});

describe('an artifact that adds to the version before', () => {
  const increment = async (door: Door, files: Files, base?: string) => {
    const { id } = await begin(door, { name: 'ds', files });
    await send(door, id, files, base === undefined ? INCREMENT : { ...INCREMENT, base });
    return { id, answer: await commit(door, id) };
  };
  const INCREMENT = { type: 'INCREMENTAL' } as const;

  it('has the files of both, and its own where both have one', async () => {
    const door = await openDoor();
    const base = await upload(door, { name: 'ds', files: { 'a.txt': 'a', 'b.txt': 'b' } });
    const { answer } = await increment(door, { 'b.txt': 'new', 'c.txt': 'c' }, base);
    const whole = { 'a.txt': 'a', 'b.txt': 'new', 'c.txt': 'c' };
    expect([answer.status, answer.body.data.commitArtifact.artifact.digest]).toEqual([
      200,
      digestOf(whole),
    ]);
    expect(await filesOf(door, 'ds:v1')).toEqual(whole);
    expect(await filesOf(door, 'ds:v0')).toEqual({ 'a.txt': 'a', 'b.txt': 'b' });
  });

  it('is the whole where there is none before', async () => {
    const door = await openDoor();
    await increment(door, { 'a.txt': 'a' });
    expect(await filesOf(door, 'ds:v0')).toEqual({ 'a.txt': 'a' });
  });

  it('is refused when its writer may not read the version before', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r', { modelName: 'secret' });
    const base = await upload(door, {
      name: 'hidden',
      files: { 's.txt': 'key' },
      project: 'secret',
    });
    await upsertRun(door, 'r');
    const thief = await addService(door.hub, 'thief', [['CONTRIBUTOR', 'project/main/p']]);
    const { answer } = await increment(door.as(thief.key), { 'a.txt': 'a' }, base);
    expect([answer.status, answer.body.errors[0].message]).toEqual([
      404,
      `there is no committed artifact with the id ${base}`,
    ]);
  });
});
