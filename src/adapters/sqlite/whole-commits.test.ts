import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nodeRow, record } from '../../../test/contract/lineage-store/lineage-rows.ts';
import { openSqliteLineageStore } from './sqlite-lineage-store.ts';

test('a question sees a commit whole or not at all: SQLite has snapshots', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-whole-'));
  const store = await openSqliteLineageStore({ file: join(folder, 'lineage.db'), readers: 2 });
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const pair = (value: number) => ['run_a', 'run_b'].map((id) => nodeRow(id, { props: { value } }));
  await record(store, { nodes: pair(0) });
  const commits = 40;
  let told = 0;
  const writer = (async () => {
    for (let n = 1; n <= commits; n += 1) {
      await record(store, { nodes: pair(n) });
      told = n;
    }
  })();
  let reads = 0;
  while (told < commits) {
    const [a, b] = await store.get(['run_a', 'run_b']);
    expect(a?.props).toEqual(b?.props);
    reads += 1;
  }
  await writer;
  expect(reads).toBeGreaterThan(0);
});
