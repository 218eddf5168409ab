import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { instantFromMs } from '../../domain/time.ts';
import type { FactRow } from '../../ports/lineage-store.ts';
import { openDatabase } from './driver.ts';
import { encodeCommit } from './encode-commit.ts';
import { migrate } from './migrate.ts';
import { WriteTransaction } from './write-transaction.ts';

const FACT: FactRow = {
  index: 0,
  id: 'fct_first',
  type: 'test.recorded',
  outcome: 'allow',
  actor: 'act:00000000-0000-4000-8000-000000000001',
  subject: null,
  projects: [],
  recordedAt: instantFromMs(1_790_000_000_000),
  leaf: new Uint8Array([1]),
  sidecar: [],
  idempotency: null,
};

/** A name that no file system takes: asking for such a file fails, and not with ENOENT. */
const UNASKABLE = 'n'.repeat(5_000);

test('a log that cannot be looked at does not fail a commit that is durable', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-write-'));
  const file = join(folder, 'lineage.db');
  const database = openDatabase({ file, access: 'read-write', busyMsMax: 0 });
  onTestFinished(async () => {
    database.close();
    await rm(folder, { recursive: true, force: true });
  });
  database.exec('pragma journal_mode = wal');
  migrate(database);
  const transaction = new WriteTransaction(database, join(folder, UNASKABLE));
  expect(transaction.begin().size).toBe(0);
  const commit = encodeCommit({ facts: [FACT], nodes: [], edges: [], about: [] });
  expect(() => transaction.commit([commit])).not.toThrow();
  expect(transaction.begin().size).toBe(1);
  transaction.close();
});
