import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import type { AccessNote } from '../../ports/access-log.ts';
import { ACCESS_SWEEP_ENTRIES_MAX } from '../../ports/gathering-access-log.ts';
import type { AccessOperations } from './access-protocol.ts';
import { AccessLink, AccessThread } from './access-thread.ts';
import { openDatabase } from './driver.ts';
import { accessLogOf } from './sqlite-access-log.ts';

const ALL = { scope: { all: true }, limit: 1_000 } as const;
const DAY_MS = 86_400_000;
const NOW_MS = 1_790_000_000_000;
const WAIT_MS_MAX = 15_000;

const noteOf = (subject: string): AccessNote => ({
  actor: 'act:00000000-0000-4000-8000-000000000001',
  via: 'key',
  subject,
  project: 'proj_p',
  how: 'RECORD',
  door: 'GRAPHQL',
});

async function openLog(first = new AccessLink()) {
  const file = join(await temporaryFolder(), 'operational.db');
  let nowMs = NOW_MS;
  const told: string[] = [];
  const tell = (_fields: object, message: string) => void told.push(message);
  const log = { info: tell, warn: tell, error: tell };
  const open = async (link = new AccessLink()) => {
    const thread = await AccessThread.open({ role: { file }, log }, link);
    const accessLog = accessLogOf(thread, { clock: { nowMs: () => nowMs }, log });
    onTestFinished(() => accessLog.close());
    // Whatever begins with a start is done.
    await accessLog.list(ALL);
    return accessLog;
  };
  const accessLog = await open(first);
  const other = openDatabase({ file, access: 'read-write', busyMsMax: 1_000 });
  onTestFinished(() => other.close());
  const kept = () => Number(other.prepare('select count(*) from access').all()[0]?.[0]);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { file, open, other, kept, told, pass, accessLog };
}

/** Timers go by the test's word, and threads by their own. */
function holdTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + WAIT_MS_MAX;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not so after ${WAIT_MS_MAX} ms`);
    await turn();
  }
}

test('many notes within a second are written before they fill the memory', async () => {
  holdTimers();
  const { accessLog, kept, told } = await openLog();
  for (let page = 0; page < 30; page += 1) {
    for (let at = 0; at < 1_000; at += 1) accessLog.note(noteOf(`mdv_${page}_${at}`));
    await until(() => kept() >= (page - 10) * 1_000);
  }
  const entries = await accessLog.list(ALL);
  expect([entries.length, kept(), told]).toEqual([1_000, 30_000, []]);
});

test('notes are written by themselves within a second', async () => {
  holdTimers();
  const { accessLog, kept } = await openLog();
  accessLog.note(noteOf('mdv_a'));
  vi.advanceTimersByTime(999);
  await someTurns();
  expect(kept()).toBe(0);
  vi.advanceTimersByTime(1);
  await until(() => kept() === 1);
  for (let at = 0; at < 1_100; at += 1) accessLog.note(noteOf(`mdv_${at}`));
  vi.advanceTimersByTime(1_000);
  await until(() => kept() === 1_101);
});

async function someTurns(): Promise<void> {
  for (let turns = 0; turns < 100; turns += 1) await turn();
}

test('notes that come while others are written are written next', async () => {
  const { accessLog } = await openLog();
  for (let at = 0; at < 300; at += 1) accessLog.note(noteOf(`mdv_${at}`));
  const first = accessLog.list(ALL);
  await turn();
  accessLog.note(noteOf('mdv_0'));
  accessLog.note(noteOf('mdv_299'));
  accessLog.note(noteOf('mdv_new'));
  const [before, after] = await Promise.all([first, accessLog.list(ALL)]);
  expect(before.length).toBeGreaterThanOrEqual(300);
  expect(after).toHaveLength(301);
  const twice = after.filter(({ count }) => count === 2).map(({ subject }) => subject);
  expect(twice.sort()).toEqual(['mdv_0', 'mdv_299']);
});

test('notes wait while somebody else holds the file, which is told once', async () => {
  const { accessLog, other, told, open } = await openLog();
  other.exec('begin immediate');
  accessLog.note(noteOf('mdv_a'));
  expect(await accessLog.list(ALL)).toEqual([]);
  accessLog.note(noteOf('mdv_a'));
  expect(await accessLog.list(ALL)).toEqual([]);
  expect(told).toEqual([expect.stringContaining('cannot be written')]);
  other.exec('rollback');
  expect(await accessLog.list(ALL)).toMatchObject([{ subject: 'mdv_a', count: 2 }]);
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
});

test('old entries go at a start and daily, so many at most at once', async () => {
  holdTimers();
  const { accessLog, kept, open, pass } = await openLog();
  const many = ACCESS_SWEEP_ENTRIES_MAX + 100;
  for (let at = 0; at < many; at += 1) accessLog.note(noteOf(`mdv_${at}`));
  await accessLog.close();
  pass(399.5 * DAY_MS);
  const later = await open();
  later.note(noteOf('mdv_new'));
  await later.list(ALL);
  expect(kept()).toBe(many + 1);
  pass(DAY_MS);
  vi.advanceTimersByTime(DAY_MS);
  await later.list(ALL);
  expect(kept()).toBe(many + 1 - ACCESS_SWEEP_ENTRIES_MAX);
  vi.advanceTimersByTime(1_000);
  await later.list(ALL);
  expect(kept()).toBe(1);
});

type Side = 'before' | 'after';

/** A thread that ends right before or after it does a certain thing, at rest, and says nothing. */
class EndingLink extends AccessLink {
  constructor(
    readonly endsAt: keyof AccessOperations,
    readonly side: Side,
  ) {
    super();
  }

  override async ask<O extends keyof AccessOperations>(
    operation: O,
    input: Parameters<AccessOperations[O]>[0],
  ): Promise<ReturnType<AccessOperations[O]>> {
    if (operation === this.endsAt) {
      if (this.side === 'after') await super.ask(operation, input);
      await this.terminate();
    }
    return super.ask(operation, input);
  }
}

test.each([
  ['before', 1],
  ['after', 2],
] as const)(
  'a thread that ends right %s it writes is replaced, and no note is lost',
  async (side, count) => {
    const { accessLog, told } = await openLog(new EndingLink('write', side));
    accessLog.note(noteOf('mdv_a'));
    expect(await accessLog.list(ALL)).toMatchObject([{ subject: 'mdv_a', count }]);
    expect(told).toEqual([expect.stringContaining('the thread of the access log has ended')]);
  },
);

test('a thread that ends at a question or a sweep is replaced for all who ask', async () => {
  for (const operation of ['list', 'sweep'] as const) {
    const { accessLog, told } = await openLog(new EndingLink(operation, 'before'));
    accessLog.note(noteOf('mdv_a'));
    const answers = await Promise.all([accessLog.list(ALL), accessLog.list(ALL)]);
    expect(answers.map((entries) => entries.length)).toEqual([1, 1]);
    expect(told).toHaveLength(1);
  }
});

test('notes wait while no thread can be started, and are written by the next one', async () => {
  const { accessLog, told, file } = await openLog(new EndingLink('write', 'before'));
  const folder = dirname(file);
  await rename(folder, `${folder}-away`);
  for (const subject of ['mdv_a', 'mdv_b']) {
    accessLog.note(noteOf(subject));
    await expect(accessLog.list(ALL)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  }
  expect(told).toEqual([
    expect.stringContaining('the thread of the access log has ended'),
    expect.stringContaining('cannot be written'),
  ]);
  await rename(`${folder}-away`, folder);
  expect(await accessLog.list(ALL)).toHaveLength(2);
  expect(told).toHaveLength(2);
});

test('notes of the last moment are written at the end, whatever is under way', async () => {
  const { accessLog, kept } = await openLog();
  for (let at = 0; at < 600; at += 1) accessLog.note(noteOf(`mdv_${at}`));
  const question = accessLog.list(ALL).catch((error: unknown) => error);
  await turn();
  accessLog.note(noteOf('mdv_last'));
  await Promise.all([accessLog.close(), accessLog.close()]);
  expect(kept()).toBe(601);
  expect(await question).toMatchObject({ code: 'UNAVAILABLE' });
});

test('a process whose access log is closed ends by itself', async () => {
  const file = join(await temporaryFolder(), 'operational.db');
  const module = new URL('../../../dist/adapters/sqlite/sqlite-access-log.js', import.meta.url);
  const program = `
    const { openSqliteAccessLog } = await import(${JSON.stringify(module.href)});
    const log = { info() {}, warn: console.log, error: console.log };
    const clock = { nowMs: () => ${NOW_MS} };
    const accessLog = await openSqliteAccessLog({ file: ${JSON.stringify(file)}, clock, log });
    accessLog.note(${JSON.stringify(noteOf('mdv_a'))});
    await accessLog.close();
    console.log('closed');`;
  const args = ['--input-type=module', '--eval', program];
  const options = { timeout: WAIT_MS_MAX, cwd: fileURLToPath(new URL('.', module)) };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  expect(stdout.trim()).toBe('closed');
  const database = openDatabase({ file, access: 'read-write', busyMsMax: 0 });
  expect(database.prepare('select subject, count from access').all()).toEqual([['mdv_a', 1]]);
  database.close();
});
