import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import {
  OPERATIONAL_KEY_BYTES_MAX,
  OPERATIONAL_PAGE_ENTRIES_MAX,
} from '../../ports/operational-store.ts';
import { openDatabase } from './driver.ts';
import { openSqliteOperationalStore, SWEEP_ENTRIES_MAX } from './sqlite-operational-store.ts';

async function openStore() {
  const file = join(await temporaryFolder(), 'operational.db');
  let nowMs = 1_000;
  const clock = { nowMs: () => nowMs };
  const open = () => openSqliteOperationalStore({ file, clock });
  const asked = (sql: string) => {
    const database = openDatabase({ file, access: 'read-write', busyMsMax: 1_000 });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { file, open, asked, pass, store: await open() };
}

test('expired entries leave the file, so many at most beside each write', async () => {
  const { store, asked, pass } = await openStore();
  const brief = Array.from({ length: 450 }, (_, n) => ({ key: `b${n}`, value: 'v' }));
  await store.put('upload', brief, 10);
  await store.put('credential', [{ key: 'stays', value: 'v' }], 1_000_000);
  pass(10);
  const counts: unknown[] = [];
  for (let n = 0; n < 3; n += 1) {
    await store.put('upload', [{ key: 'kept', value: `${n}` }]);
    counts.push(asked('select count(*) from entry')[0]?.[0]);
  }
  expect(counts).toEqual([452 - SWEEP_ENTRIES_MAX, 452 - 2 * SWEEP_ENTRIES_MAX, 2]);
  await store.close();
});

test('the file is in write-ahead mode and knows its schema', async () => {
  const { store, asked } = await openStore();
  expect(asked('pragma journal_mode')).toEqual([['wal']]);
  expect(asked('pragma user_version')).toEqual([[2]]);
  await store.close();
});

test('a file of a newer release is refused and left as it is', async () => {
  const { store, open, asked } = await openStore();
  await store.put('upload', [{ key: 'k', value: 'v' }]);
  await store.close();
  asked('pragma user_version = 99');
  await expect(open()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('schema 99'),
  });
  expect(asked('select value from entry')).toEqual([['v']]);
});

test('a write waits for another writer in vain, and the next one works', async () => {
  const { file, store } = await openStore();
  const other = openDatabase({ file, access: 'read-write', busyMsMax: 0 });
  other.exec('begin immediate');
  await expect(store.put('upload', [{ key: 'k', value: 'v' }])).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'the operational store is locked by another writer',
  });
  expect(await store.get('upload', 'k')).toBeNull();
  other.exec('rollback');
  other.close();
  await store.put('upload', [{ key: 'k', value: 'v' }]);
  expect(await store.get('upload', 'k')).toBe('v');
  await store.close();
});

test('a place that holds no file is UNAVAILABLE', async () => {
  const folder = await temporaryFolder();
  const clock = { nowMs: () => 0 };
  await expect(openSqliteOperationalStore({ file: folder, clock })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
});

test('keys and pages end at their limits', async () => {
  const { store } = await openStore();
  const longest = 'k'.repeat(OPERATIONAL_KEY_BYTES_MAX);
  await store.put('upload', [{ key: longest, value: 'v' }]);
  expect(await store.get('upload', longest)).toBe('v');
  const refusal = { code: 'LIMIT_EXCEEDED' };
  await expect(store.put('upload', [{ key: `${longest}k`, value: 'v' }])).rejects.toMatchObject(
    refusal,
  );
  const limit = OPERATIONAL_PAGE_ENTRIES_MAX;
  expect(await store.list('upload', { prefix: '', limit })).toHaveLength(1);
  await expect(store.list('upload', { prefix: '', limit: limit + 1 })).rejects.toMatchObject(
    refusal,
  );
  await store.close();
});
