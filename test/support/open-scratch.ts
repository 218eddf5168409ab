import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteLineageStore } from '../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { PROJECTION_VERSION } from '../../src/domain/audit/fact-types.ts';
import type { OpenLineageStore } from '../../src/ports/lineage-store.ts';

/** An empty lineage store in a folder that goes away with the test. */
export async function openTestScratch(): Promise<OpenLineageStore> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-scratch-'));
  const store = await openSqliteLineageStore({
    file: join(folder, 'scratch.db'),
    readers: 1,
    projectionVersion: PROJECTION_VERSION,
  });
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return store;
}
