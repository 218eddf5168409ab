import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteLineageStore } from '../adapters/sqlite/sqlite-lineage-store.ts';
import { type Config, readConfig } from './config.ts';
import { DATA_LAYOUT } from './data-layout.ts';
import { serve } from './serve.ts';

async function config(settings: Record<string, string> = {}): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-serve-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return readConfig({ LEDGERLINE_DATA_DIR: folder, LEDGERLINE_PORT: '0', ...settings });
}

async function takenPort(): Promise<number> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  return (other.address() as { port: number }).port;
}

async function factsIn({ dataDir }: Config): Promise<number> {
  const file = join(dataDir, DATA_LAYOUT.graph);
  const store = await openSqliteLineageStore({ file, access: 'read-only', readers: 1 });
  const { size } = await store.head();
  await store.close();
  return size;
}

function asAdministrator(url: string, key: string): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { name } }' }),
  });
}

test('a first start on a taken port founds nothing, and the next one shows the key', async () => {
  const settings = await config();
  const port = await takenPort();
  const shown: string[] = [];
  const first = serve({ ...settings, port }, (key) => void shown.push(key));
  await expect(first).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining(`port ${port}: another process listens there`),
  });
  expect(shown).toEqual([]);
  expect(await factsIn(settings)).toBe(0);

  const serving = await serve(settings, (key) => void shown.push(key));
  expect(shown).toEqual([serving.newAdminKey]);
  const answer = await asAdministrator(serving.url, shown[0] as string);
  expect(await answer.json()).toEqual({ data: { viewer: { name: 'administrator' } } });
  await serving.stop();
});

test('what fails closes the data folder again', async () => {
  const settings = await config();
  await (await serve(settings, () => undefined)).stop();
  const other = { ...settings, org: 'other' };
  await expect(serve(other, () => undefined)).rejects.toMatchObject({ code: 'CONFLICT' });
  await (await serve(settings, () => undefined)).stop();
});
