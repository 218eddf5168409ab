import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type RevokeApiKeyInput, revokeApiKey } from '../../src/commands/api-keys.ts';
import { crashRun } from '../../src/commands/crash-run.ts';
import { type RevokeGrantInput, revokeGrant } from '../../src/commands/grants.ts';
import { type ActorRef, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { grantsOf, keysOf } from '../../src/domain/governance/permissions.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { signedAddress, UPLOAD_RUN_FILE } from '../../src/transport/wandb/addresses.ts';
import { LATE_FILES_MS } from '../../src/transport/wandb/run-files.ts';
import { addService, type TestService } from '../support/add-service.ts';
import { withClock } from '../support/with-clock.ts';
import { addresses, begin, type Door, openDoor, serveDoor, upsertRun } from './open-door.ts';

const FINISH = { complete: true, exitcode: 0 };
const ASK_FILES = `mutation ($input: CreateRunFilesInput!) {
  createRunFiles(input: $input) { files { uploadUrl } }
}`;

async function open(): Promise<{ door: Door; trainer: TestService }> {
  const door = await openDoor();
  await upsertRun(door, 'r');
  const trainer = await addService(door.hub, 'trainer', [['CONTRIBUTOR', 'project/main/p']]);
  return { door: door.as(trainer.key), trainer };
}

async function addressesOf(door: Door, ...files: string[]): Promise<string[]> {
  const input = { entityName: 'main', projectName: 'p', runName: 'r', files };
  const { createRunFiles } = await door.data(ASK_FILES, { input });
  return createRunFiles.files.map(({ uploadUrl }: { uploadUrl: string }) => uploadUrl);
}

const addressOf = async (door: Door, file: string) => (await addressesOf(door, file))[0] as string;

/** What the door says to bytes that are sent to an address: the status and the code. */
async function put(door: Door, url: string, text: string): Promise<[number, string | undefined]> {
  const { statusCode, body } = await door.put(url, text);
  return [statusCode, body ? JSON.parse(body).errors[0].extensions.code : undefined];
}

/** The files of the run with their bytes, as the public API reads them. */
async function filesOf(door: Door): Promise<Record<string, string>> {
  const { project } = await door.data(`{ project(name: "p", entityName: "main") {
    run(name: "r") { files { edges { node { name directUrl } } } } } }`);
  const files: Record<string, string> = {};
  for (const { node } of project.run.files.edges) {
    files[node.name] = (await door.get(node.directUrl)).body;
  }
  return files;
}

const SEEN = { prefix: 'seen/', limit: 10 };

async function crash({ hub }: Door): Promise<void> {
  const scope = { all: true } as const;
  const [run] = await hub.store.list({ scope, kinds: ['RUN'], order: 'id', limit: 1 });
  const lastSeenAt = instantFromMs(hub.clock.nowMs());
  const input = { run: run?.id ?? '', lastSeenAt, silentSeconds: 300, summary: {}, sealed: [] };
  await hub.ledger.submit({ command: crashRun, actor: SYSTEM_ACTOR, input });
}

async function agentOf({ hub }: Door, ref: ActorRef) {
  const [agent] = await hub.store.get([ref]);
  return agent?.props ?? {};
}

async function revokeKeyOf(door: Door, { ref }: TestService): Promise<void> {
  const [key] = keysOf(await agentOf(door, ref));
  const input: RevokeApiKeyInput = { keyId: key?.id as string, actor: ref };
  await door.hub.ledger.submit({ command: revokeApiKey, actor: SYSTEM_ACTOR, input });
}

async function revokeGrantOf(door: Door, { ref }: TestService): Promise<void> {
  const [grant] = grantsOf(await agentOf(door, ref));
  const input: RevokeGrantInput = { grantId: grant?.id as string, from: ref };
  await door.hub.ledger.submit({ command: revokeGrant, actor: SYSTEM_ACTOR, input });
}

describe('an address to send a file of a run to', () => {
  it('is worth nothing when its key was revoked', async () => {
    const { door, trainer } = await open();
    const url = await addressOf(door, 'a.txt');
    expect(await put(door, url, 'honest')).toEqual([200, undefined]);
    await door.stream('r', FINISH);
    await revokeKeyOf(door, trainer);
    expect(await put(door, url, 'TAMPERED')).toEqual([401, 'KEY_REVOKED']);
    const admin = await openAsAdmin(door);
    expect(await filesOf(admin)).toEqual({ 'a.txt': 'honest' });
  });

  it('is worth nothing when the grant was revoked, and the refusal goes on record', async () => {
    const { door, trainer } = await open();
    const url = await addressOf(door, 'a.txt');
    await revokeGrantOf(door, trainer);
    expect(await put(door, url, 'TAMPERED')).toEqual([403, 'FORBIDDEN']);
    expect((await door.facts()).at(-1)).toBe('command.refused');
    expect(await filesOf(await openAsAdmin(door))).toEqual({});
  });

  it('that names no key is refused', async () => {
    const { door } = await open();
    const scope = { all: true } as const;
    const [run] = await door.hub.store.list({ scope, kinds: ['RUN'], order: 'id', limit: 1 });
    const url = signedAddress(door.hub, UPLOAD_RUN_FILE, { run: run?.id ?? '', name: 'a' });
    expect(await put(door, url, 'x')).toEqual([403, 'FORBIDDEN']);
  });
});

/** The same hub for the administrator, who reads what the trainer may not any more. */
const openAsAdmin = (door: Door) => serveDoor(door.hub);

describe('a run that is over', () => {
  it('keeps its files as they were sealed, and says so with a fact', async () => {
    const { door } = await open();
    const url = await addressOf(door, 'a.txt');
    await put(door, url, 'honest');
    await door.stream('r', FINISH);
    expect(await put(door, url, 'TAMPERED')).toEqual([422, 'CONFLICT']);
    expect(await put(door, await addressOf(door, 'a.txt'), 'TAMPERED')).toEqual([422, 'CONFLICT']);
    expect((await door.facts()).slice(-3)).toEqual([
      'run.finished',
      'command.refused',
      'command.refused',
    ]);
    expect(await filesOf(door)).toEqual({ 'a.txt': 'honest' });
  });

  it('answers the same bytes again as it did before', async () => {
    const { door } = await open();
    const url = await addressOf(door, 'a.txt');
    await put(door, url, 'honest');
    await door.stream('r', FINISH);
    expect(await put(door, url, 'honest')).toEqual([200, undefined]);
  });

  it('takes files that its finish did not know of for a short time, each once', async () => {
    const { door } = await open();
    const [first = '', second = ''] = await addressesOf(door, 'late.txt', 'later.txt');
    await door.stream('r', FINISH);
    expect(await put(door, first, 'late')).toEqual([200, undefined]);
    expect(await put(door, first, 'TAMPERED')).toEqual([422, 'CONFLICT']);
    const { hub, clock } = withClock(door.hub);
    clock.advance(LATE_FILES_MS + 60_000);
    expect(await put(await serveDoor(hub), second, 'later')).toEqual([422, 'CONFLICT']);
    expect(await filesOf(door)).toEqual({ 'late.txt': 'late' });
  });

  it('takes files again when it was resumed', async () => {
    const { door } = await open();
    const url = await addressOf(door, 'a.txt');
    await put(door, url, 'first');
    await door.stream('r', FINISH);
    await upsertRun(door, 'r');
    expect(await put(door, url, 'second')).toEqual([200, undefined]);
    expect(await filesOf(door)).toEqual({ 'a.txt': 'second' });
  });

  it('because it seemed to have crashed goes on with a file that is new', async () => {
    const { door } = await open();
    const url = await addressOf(door, 'a.txt');
    await put(door, url, 'first');
    await crash(door);
    expect(await put(door, url, 'first')).toEqual([200, undefined]);
    expect((await door.facts()).at(-1)).toBe('run.crashed');
    expect(await put(door, url, 'second')).toEqual([200, undefined]);
    expect((await door.facts()).at(-1)).toBe('run.resumed');
    expect(await filesOf(door)).toEqual({ 'a.txt': 'second' });
    expect(await door.hub.operational.list('run-telemetry', SEEN)).toHaveLength(1);
  });

  it('takes no file whose bytes were on their way when it ended', async () => {
    const { door } = await open();
    const url = await addressOf(door, 'a.txt');
    await put(door, url, 'honest');
    async function* slowly() {
      yield 'TAMPERED';
      await door.stream('r', FINISH);
      yield ' later';
    }
    const slow = await door.app.inject({
      method: 'PUT',
      url: new URL(url).pathname,
      headers: { 'transfer-encoding': 'chunked' },
      payload: Readable.from(slowly(), { objectMode: false }),
    });
    expect(slow.statusCode).toBe(422);
    expect(await filesOf(door)).toEqual({ 'a.txt': 'honest' });
  });
});

it('the addresses for files of a version end with the key', async () => {
  const { door, trainer } = await open();
  const files = { 'a.txt': 'aaa' };
  const { id } = await begin(door, { name: 'ds', files });
  const [url = ''] = await addresses(door, id, files);
  const input = { artifactID: id, name: 'm', digest: '', entityName: 'main', projectName: 'p' };
  const { createArtifactManifest } = await door.data(
    `mutation ($input: CreateArtifactManifestInput!) {
      createArtifactManifest(input: $input) { artifactManifest { file { uploadUrl } } }
    }`,
    { input: { ...input, runName: '' } },
  );
  const manifest = createArtifactManifest.artifactManifest.file.uploadUrl;
  expect(await put(door, url, 'aaa')).toEqual([200, undefined]);
  await revokeGrantOf(door, trainer);
  expect(await put(door, url, 'aaa')).toEqual([403, 'FORBIDDEN']);
  await revokeKeyOf(door, trainer);
  expect(await put(door, url, 'aaa')).toEqual([401, 'KEY_REVOKED']);
  expect(await put(door, manifest, '{}')).toEqual([401, 'KEY_REVOKED']);
});
