import { describe, expect, test } from 'vitest';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import { addKey, addService } from '../support/add-service.ts';
import { counting } from '../support/counting-hub.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { recorder } from '../support/record.ts';

const FILES = [{ path: 'part', ref: 's3://bucket/part', refDigest: 'etag' }];
const ASK = `mutation ($input: RegisterVersionInput!) {
  registerVersion(input: $input) { fact { index } }
}`;

async function open() {
  const { hub } = await openTestHub();
  const { counted: objects, calls } = counting(hub.objects);
  const client = await openGraphqlClient(Object.assign(Object.create(hub), { objects }));
  const record = recorder(client);
  for (const name of ['open', 'hidden']) await record.project(name);
  const hiddenRun = await record.run('main/hidden', 'r');
  const nobody = await addService(hub, 'nobody', []);
  const writer = await addService(hub, 'writer', [['CONTRIBUTOR', 'project/main/open']]);
  const viewer = await addService(hub, 'viewer', [['VIEWER', 'org']]);
  /** Tries to register a version, and tells what came of it. */
  const attempt = async (key: string, more: object) => {
    const input = { kind: 'DATASET', name: 'd', files: FILES, ...more };
    const { size } = await hub.store.head();
    calls();
    const { errors } = await client.ask(ASK, { input }, key);
    const facts = await hub.store.facts({
      ...{ scope: { all: true }, order: 'oldest', limit: 10, from: size },
    });
    const outcomes = facts.map(({ leaf }) => parseLeaf(leaf).outcome);
    return { code: errors[0]?.extensions.code, outcomes, put: calls().put ?? 0 };
  };
  return { hub, hiddenRun, nobody, writer, viewer, attempt };
}

describe('the manifest of a version', () => {
  test('is kept for who may register it, and of who may not nothing is', async () => {
    const { hub, hiddenRun, nobody, writer, viewer, attempt } = await open();
    const refused = { outcomes: ['deny'], put: 0 };
    const hidden = { project: 'main/hidden' };
    expect(await attempt(nobody.key, hidden)).toEqual({ code: 'NOT_FOUND', ...refused });
    expect(await attempt(writer.key, hidden)).toEqual({ code: 'NOT_FOUND', ...refused });
    expect(await attempt(viewer.key, hidden)).toEqual({ code: 'FORBIDDEN', ...refused });
    const mine = { project: 'main/open' };
    const foreign = { ...mine, generatedBy: hiddenRun };
    expect(await attempt(writer.key, foreign)).toEqual({ code: 'NOT_FOUND', ...refused });
    const reading = await addKey(hub, writer.ref, { actions: ['record.read'] });
    expect(await attempt(reading.text, mine)).toEqual({ code: 'KEY_SCOPE', ...refused });
    const writing = await addKey(hub, writer.ref, { actions: ['record.write'] });
    expect(await attempt(writing.text, mine)).toMatchObject({ outcomes: ['allow'], put: 1 });
    expect(await attempt(writer.key, { ...mine, name: 'e' })).toEqual({
      ...{ code: undefined, outcomes: ['allow'], put: 1 },
    });
  });

  test('is not kept for a project that is not there', async () => {
    const { attempt, nobody } = await open();
    const { put, code } = await attempt(nobody.key, { project: 'main/none' });
    expect([put, code]).toEqual([0, 'NOT_FOUND']);
    const { hub } = await openTestHub();
    const { counted: objects, calls } = counting(hub.objects);
    const client = await openGraphqlClient(Object.assign(Object.create(hub), { objects }));
    const input = { project: 'main/none', kind: 'DATASET', name: 'd', files: FILES };
    expect((await client.ask(ASK, { input })).errors[0]?.extensions.code).toBe('NOT_FOUND');
    expect(calls().put).toBeUndefined();
  });
});
