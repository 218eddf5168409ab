import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import type { AccessNote } from '../../ports/access-log.ts';
import { openDatabase } from './driver.ts';
import { ACCESS_SWEEP_ENTRIES_MAX, openSqliteAccessLog } from './sqlite-access-log.ts';

const ALL = { scope: { all: true }, limit: 1_000 } as const;
const DAY_MS = 86_400_000;
const NOW_MS = 1_790_000_000_000;

const noteOf = (subject: string): AccessNote => ({
  actor: 'act:00000000-0000-4000-8000-000000000001',
  via: 'key',
  subject,
  project: 'proj_p',
  how: 'RECORD',
  door: 'GRAPHQL',
});

async function openLog() {
  const file = join(await temporaryFolder(), 'operational.db');
  let nowMs = NOW_MS;
  const told: string[] = [];
  const tell = (_fields: object, message: string) => void told.push(message);
  const log = { info: tell, warn: tell, error: tell };
  const open = () => openSqliteAccessLog({ file, clock: { nowMs: () => nowMs }, log });
  const other = openDatabase({ file, access: 'read-write', busyMsMax: 0 });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { open, other, told, pass, accessLog: await open() };
}

test('notes are written by themselves within a second', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { accessLog, other } = await openLog();
    const written = () => other.prepare('select count(*) from access').all()[0]?.[0];
    accessLog.note(noteOf('mdv_a'));
    expect(written()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(written()).toBe(1);
    for (let at = 0; at < 2_500; at += 1) accessLog.note(noteOf(`mdv_${at}`));
    vi.advanceTimersByTime(1_100);
    expect(written()).toBe(2_501);
    other.close();
    await accessLog.close();
  } finally {
    vi.useRealTimers();
  }
});

test('notes wait while somebody else holds the file, which is told once', async () => {
  const { accessLog, other, told, open } = await openLog();
  other.exec('begin immediate');
  accessLog.note(noteOf('mdv_a'));
  expect(await accessLog.list(ALL)).toEqual([]);
  expect(await accessLog.list(ALL)).toEqual([]);
  expect(told).toEqual([expect.stringContaining('cannot be written')]);
  other.exec('rollback');
  expect(await accessLog.list(ALL)).toHaveLength(1);
  other.exec('begin immediate');
  accessLog.note(noteOf('mdv_b'));
  await accessLog.close();
  expect(told.slice(1)).toEqual([
    expect.stringContaining('cannot be written'),
    expect.stringContaining('could not be written'),
  ]);
  other.exec('rollback');
  const later = await open();
  expect(await later.list(ALL)).toHaveLength(1);
  await later.close();
  other.close();
});

test('old entries go at a start and daily, so many at most at once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { accessLog, other, open, pass } = await openLog();
    const kept = () => Number(other.prepare('select count(*) from access').all()[0]?.[0]);
    const many = ACCESS_SWEEP_ENTRIES_MAX + 500;
    for (let at = 0; at < many; at += 1) accessLog.note(noteOf(`mdv_${at}`));
    await accessLog.close();
    pass(399.5 * DAY_MS);
    const later = await open();
    later.note(noteOf('mdv_new'));
    await later.list(ALL);
    expect(kept()).toBe(many + 1);
    pass(DAY_MS);
    vi.advanceTimersByTime(DAY_MS);
    expect(kept()).toBe(many + 1 - ACCESS_SWEEP_ENTRIES_MAX);
    vi.advanceTimersByTime(1_000);
    expect(kept()).toBe(1);
    await later.close();
    other.close();
  } finally {
    vi.useRealTimers();
  }
});
