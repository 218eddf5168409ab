import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GRAPHQL_BODY } from '../../src/transport/wandb/body-limits.ts';
import { addService } from '../support/add-service.ts';
import { md5, openDoor, upsertRun } from './open-door.ts';

/** How long the hub may be busy with a body that it refuses, in milliseconds. */
const REFUSAL_MS_MAX = 2_000;
const GZIP = { 'content-encoding': 'gzip' };
const LISTS = 2_500_000;

/** Runs the request and answers how long it took, with the answer. */
async function timed<T>(ask: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  const start = performance.now();
  const answer = await ask();
  return { answer, ms: performance.now() - start };
}

describe('a small body that unpacks to', () => {
  const many = (count: number) => gzipSync(`{"variables":[${'{},'.repeat(count)}{}]}`);
  const deep = gzipSync(`{"variables":${'['.repeat(6_000_000)}`);

  it('millions of values is refused before they are read', async () => {
    const door = await openDoor();
    const { key } = await addService(door.hub, 'stranger', []);
    for (const body of [many(LISTS), deep]) {
      const ask = () => door.as(key).post('/graphql', body, GZIP);
      const { answer, ms } = await timed(ask);
      expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([
        413,
        'LIMIT_EXCEEDED',
      ]);
      expect(answer.body.errors[0].message).toMatch(/more than \d+ (values|brackets)/);
      expect(ms).toBeLessThan(REFUSAL_MS_MAX);
    }
  });

  it('rows of a run is not read for who may not write to it', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const { key } = await addService(door.hub, 'stranger', []);
    const url = '/files/main/p/r/file_stream';
    const { answer, ms } = await timed(() => door.as(key).post(url, many(9_000_000), GZIP));
    expect([answer.status, ms < REFUSAL_MS_MAX]).toEqual([404, true]);
    expect((await door.as(key).post(url, '{')).status).toBe(404);
    const own = await timed(() => door.post(url, many(9_000_000), GZIP));
    expect([own.answer.status, own.ms < REFUSAL_MS_MAX]).toEqual([413, true]);
  });

  it('lines that are none is refused by the first of them', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const wrong = JSON.stringify(Array(400_000).fill(1));
    const body = `{"files":{"output.log":{"offset":0,"content":${wrong}}}}`;
    const ask = () => door.post('/files/main/p/r/file_stream', gzipSync(body), GZIP);
    const { answer, ms } = await timed(ask);
    expect([answer.status, ms < REFUSAL_MS_MAX]).toEqual([400, true]);
    expect(answer.body.errors[0].message).toBe(
      'file_stream: files.output.log.content.0: expected a text',
    );
  });
});

describe('what the SDK sends', () => {
  it('has room: addresses for 10,000 files of a version at once', async () => {
    const door = await openDoor();
    const artifactFiles = Array.from({ length: 10_000 }, (_, at) => ({
      artifactID: 'x',
      name: `folder/${'n'.repeat(100)}-${at}.bin`,
      md5: md5(String(at)),
      mimetype: 'application/octet-stream',
      artifactManifestID: null,
    }));
    const answer = await door.graphql(
      `mutation ($input: CreateArtifactFilesInput!) {
        createArtifactFiles(input: $input) { files { edges { node { id } } } }
      }`,
      { input: { artifactFiles, storageLayout: 'V2' } },
    );
    expect(answer.status).toBe(404);
    expect(answer.body.errors[0].message).toMatch(/no upload under way/);
    expect(GRAPHQL_BODY.valuesMax).toBeGreaterThan(60_000);
  });

  it('has room: rows and lines of a request of 10 MiB', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const row = (at: number) => JSON.stringify({ _step: at, _runtime: at / 7, loss: [1, 2, {}] });
    const rows = Array.from({ length: 100_000 }, (_, at) => row(at));
    const lines = Array.from({ length: 200_000 }, (_, at) => `2026-01-01T00:00:00.0 ${at}`);
    const files = {
      'wandb-history.jsonl': { offset: 0, content: rows },
      'output.log': { offset: 0, content: lines },
    };
    const body = JSON.stringify({ files });
    expect(body.length).toBeGreaterThan(10 * 1024 * 1024);
    expect((await door.post('/files/main/p/r/file_stream', body)).status).toBe(200);
  });
});
