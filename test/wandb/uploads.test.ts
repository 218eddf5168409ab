import { describe, expect, it } from 'vitest';
import { registerVersion } from '../../src/commands/register-version.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import { projectId } from '../../src/domain/lineage/names.ts';
import type { JsonObject } from '../../src/domain/values/value.ts';
import { ARTIFACT_FILE_BYTES_MAX } from '../../src/transport/wandb/artifact-uploads.ts';
import { RUN_FILE_BYTES_MAX } from '../../src/transport/wandb/run-files.ts';
import { MANIFEST_BYTES_MAX } from '../../src/transport/wandb/wandb-manifest.ts';
import { addService } from '../support/add-service.ts';
import { digestOf as digestOfNumber } from '../support/record.ts';
import {
  addresses,
  begin,
  commit,
  creation,
  type Door,
  digestOf,
  listing,
  openDoor,
  putManifest,
  upload,
  upsertRun,
} from './open-door.ts';

const FILES = { 'a.txt': 'aaa' };
const DESCRIPTION = 'Bob Smith phoned about it';

interface Impostor {
  readonly project: string;
  readonly name: string;
  readonly doorIdentifiers: readonly string[];
}

/** A version without bytes that bears names of this door. */
async function addImpostor({ hub }: Door, { project, name, doorIdentifiers }: Impostor) {
  const { subject } = await hub.ledger.submit({
    command: registerVersion,
    actor: SYSTEM_ACTOR,
    input: {
      project: projectId(hub.org, { team: 'main', project }),
      kind: 'DATASET',
      name,
      type: null,
      identity: 'content',
      digest: digestOfNumber(9) as `sha256:${string}`,
      uri: null,
      bytes: 'declared',
      sizeBytes: null,
      fileCount: null,
      metadata: {},
      identifiers: [],
      doorIdentifiers,
      aliases: [],
      generatedBy: null,
    },
  });
  return subject?.id;
}

const textOf = (id: string) => Buffer.from(id, 'base64').toString().replace('Artifact:', '');

describe('a version that only bears the names of an upload', () => {
  it('is not what the upload became', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    await upsertRun(door, 'r', { modelName: 'q' });
    const { id } = await begin(door, { name: 'ds', files: FILES });
    const doorIdentifiers = [`wandb-artifact:${textOf(id)}`];
    await addImpostor(door, { project: 'q', name: 'fake', doorIdentifiers });
    await addImpostor(door, { project: 'p', name: 'other', doorIdentifiers });
    await addImpostor(door, { project: 'p', name: 'ds', doorIdentifiers });
    const early = await commit(door, id);
    expect([early.status, early.body.errors[0].message]).toEqual([
      400,
      'the manifest was not uploaded, so nothing was committed',
    ]);
    const [address] = await addresses(door, id, FILES);
    await door.put(address as string, 'aaa');
    await putManifest(door, id, listing(FILES, id));
    const { status, body } = await commit(door, id);
    expect([status, body.data.commitArtifact.artifact.digest]).toEqual([200, digestOf(FILES)]);
  });

  it('does not save an upload by its digest', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const doorIdentifiers = [`wandb-digest:${digestOf(FILES)}`];
    await addImpostor(door, { project: 'p', name: 'ds', doorIdentifiers });
    expect((await begin(door, { name: 'ds', files: FILES })).state).toBe('PENDING');
  });
});

describe("a client's own id of an artifact", () => {
  const mapped = async (door: Door, clientID: string) =>
    (
      await door.data(
        'query ($clientID: ID!) { clientIDMapping(clientID: $clientID) { serverID } }',
        { clientID },
      )
    ).clientIDMapping?.serverID ?? null;

  it('cannot be turned to another artifact by somebody else', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const { key } = await addService(door.hub, 'x', [['CONTRIBUTOR', 'project/main/p']]);
    const { id } = await begin(door, { name: 'ds', files: FILES, clientID: 'c' });
    const other = await begin(door.as(key), { name: 'fake', files: { b: 'b' }, clientID: 'c' });
    expect(await mapped(door, 'c')).toBe(id);
    expect(await mapped(door.as(key), 'c')).toBe(other.id);
  });

  it('that two versions bear names neither', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    await upload(door, { name: 'ds', files: FILES, clientID: 'c' });
    const { key } = await addService(door.hub, 'x', [['CONTRIBUTOR', 'project/main/p']]);
    const reader = await addService(door.hub, 'y', [['VIEWER', 'project/main/p']]);
    expect(await mapped(door.as(reader.key), 'c')).not.toBeNull();
    await upload(door.as(key), { name: 'fake', files: { b: 'b' }, clientID: 'c' });
    expect(await mapped(door.as(reader.key), 'c')).toBeNull();
  });
});

describe('the description of an upload', () => {
  const described = async (door: Door, id: string) =>
    (await door.data('query ($id: ID!) { artifact(id: $id) { state description } }', { id }))
      .artifact;
  const finish = async (door: Door, id: string) => {
    const [address] = await addresses(door, id, FILES);
    await door.put(address as string, 'aaa');
    await putManifest(door, id, listing(FILES, id));
    expect((await commit(door, id)).status).toBe(200);
  };

  it('lies encrypted until the commit', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const { id } = await begin(door, { name: 'ds', files: FILES, description: DESCRIPTION });
    const kept = await door.hub.operational.list('upload', { prefix: '', limit: 100 });
    expect(kept.some(({ key }) => key === `artifact/${textOf(id)}`)).toBe(true);
    expect(JSON.stringify(kept)).not.toContain('Bob');
    expect(await described(door, id)).toEqual({ state: 'PENDING', description: DESCRIPTION });
    await finish(door, id);
    expect(await described(door, id)).toEqual({ state: 'COMMITTED', description: DESCRIPTION });
    const rows = await door.hub.store.facts({ order: 'oldest', limit: 99, scope: { all: true } });
    expect(rows.map(({ leaf }) => Buffer.from(leaf).toString()).join()).not.toContain('Bob');
  });

  it('goes with its writer, and the upload goes on', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const writer = await addService(door.hub, 'x', [['CONTRIBUTOR', 'project/main/p']]);
    const what = { name: 'ds', files: FILES, description: DESCRIPTION };
    const { id } = await begin(door.as(writer.key), what);
    await door.hub.personKeys.destroy(writer.ref);
    expect(await described(door, id)).toEqual({ state: 'PENDING', description: null });
    await finish(door, id);
    expect(await described(door, id)).toEqual({ state: 'COMMITTED', description: null });
  });
});

describe('a refusal of the door', () => {
  async function refusals({ hub }: Door) {
    const scope = { all: true } as const;
    const rows = await hub.store.facts({ order: 'oldest', limit: 1_000, scope });
    const leaves = rows.map(({ leaf }) => parseLeaf(leaf));
    return leaves
      .filter(({ type }) => type === 'command.refused')
      .map((leaf) => {
        const { operation, code, missing } = (leaf as unknown as { data: JsonObject }).data;
        return { operation, code, missing, outcome: leaf.outcome, subject: leaf.subject?.kind };
      });
  }

  it('goes on record, whatever was asked for', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const { id } = await begin(door, { name: 'ds', files: FILES });
    const { key } = await addService(door.hub, 'viewer', [['VIEWER', 'project/main/p']]);
    const viewer = door.as(key);
    const manifest = { artifactID: id, name: 'm', digest: 'x', entityName: 'main' };
    const place = { entityName: 'main', projectName: 'p', runName: 'r' };
    const asked: ReadonlyArray<readonly [string, string, object]> = [
      ['createArtifact', 'artifact { id }', creation({ name: 'ds', files: FILES })],
      ['createArtifactManifest', 'artifactManifest { id }', { ...place, ...manifest }],
      [
        'updateArtifactManifest',
        'artifactManifest { id }',
        { artifactManifestID: manifestIdOf(id), digest: 'x' },
      ],
      [
        'createArtifactFiles',
        'files { edges { node { id } } }',
        { artifactFiles: [{ artifactID: id, name: 'a', md5: 'x' }] },
      ],
      ['commitArtifact', 'artifact { id }', { artifactID: id }],
      ['createRunFiles', 'runID', { ...place, files: ['a'] }],
    ];
    for (const [operation, answer, input] of asked) {
      const type = `${operation[0]?.toUpperCase()}${operation.slice(1)}Input`;
      const query = `mutation ($input: ${type}!) { ${operation}(input: $input) { ${answer} } }`;
      const { status, body } = await viewer.graphql(query, { input });
      expect([operation, status]).toEqual([operation, 403]);
      expect(body.errors[0].message).toMatch(/needs record.write on main\/p$/);
    }
    expect((await viewer.stream('r', {})).status).toBe(403);
    const common = { code: 'FORBIDDEN', missing: ['record.write'], outcome: 'deny' };
    expect(await refusals(door)).toEqual([
      { ...common, operation: 'createArtifact', subject: 'PROJECT' },
      { ...common, operation: 'createArtifactManifest', subject: 'PROJECT' },
      { ...common, operation: 'updateArtifactManifest', subject: 'PROJECT' },
      { ...common, operation: 'createArtifactFiles', subject: 'PROJECT' },
      { ...common, operation: 'commitArtifact', subject: 'PROJECT' },
      { ...common, operation: 'createRunFiles', subject: 'RUN' },
      { ...common, operation: 'writeFileStream', subject: 'RUN' },
    ]);
  });

  it('of what may not be seen is an unknown name, and tells nothing', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const { id } = await begin(door, { name: 'ds', files: FILES });
    const { key } = await addService(door.hub, 'stranger', []);
    expect((await commit(door.as(key), id)).status).toBe(404);
    expect((await door.as(key).stream('r', {})).status).toBe(404);
    expect(await refusals(door)).toEqual([]);
  });
});

const manifestIdOf = (id: string) =>
  Buffer.from(`ArtifactManifest:${textOf(id)}`).toString('base64');

describe('an upload that says it is too large', () => {
  const longer = (bytes: number) => ({ 'content-length': String(bytes + 1) });

  it('is refused before its bytes are read', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const { id } = await begin(door, { name: 'ds', files: FILES });
    const [file] = await addresses(door, id, FILES);
    const input = { entityName: 'main', projectName: 'p', runName: 'r', files: ['a'] };
    const query = `mutation ($input: CreateRunFilesInput!) {
      createRunFiles(input: $input) { files { uploadUrl } }
    }`;
    const runFile = (await door.data(query, { input })).createRunFiles.files[0].uploadUrl;
    const manifest = await manifestAddress(door, id);
    for (const [url, max] of [
      [file as string, ARTIFACT_FILE_BYTES_MAX],
      [manifest, MANIFEST_BYTES_MAX],
      [runFile, RUN_FILE_BYTES_MAX],
    ] as const) {
      const answer = await door.put(url, 'aaa', longer(max));
      expect(answer.statusCode).toBe(413);
      expect(answer.json().errors[0]).toMatchObject({
        message: expect.stringMatching(`has ${max + 1} bytes, .* takes at most ${max} in one`),
        extensions: { code: 'LIMIT_EXCEEDED' },
      });
    }
    expect((await door.put(file as string, 'aaa')).statusCode).toBe(200);
  });
});

async function manifestAddress(door: Door, artifactID: string): Promise<string> {
  const place = { entityName: 'main', projectName: 'p', runName: '' };
  const input = { artifactID, name: 'm', digest: '', ...place };
  const query = `mutation ($input: CreateArtifactManifestInput!) {
    createArtifactManifest(input: $input) { artifactManifest { file { uploadUrl } } }
  }`;
  const { createArtifactManifest } = await door.data(query, { input });
  return createArtifactManifest.artifactManifest.file.uploadUrl;
}
