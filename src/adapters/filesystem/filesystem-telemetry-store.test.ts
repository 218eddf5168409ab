import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import { sha256 } from '../../domain/digest.ts';
import { TELEMETRY_READ_LINES_MAX, type TelemetryOperation } from '../../ports/telemetry-store.ts';
import { type OnDamage, openFilesystemTelemetryStore } from './filesystem-telemetry-store.ts';

const RUN = `run_${'a-_Z'.repeat(10)}abc`;
const ALL = { from: 0, to: 1_000 };

async function openStore() {
  const folder = await temporaryFolder();
  const path = join(folder, 'a-', RUN, 'history.log');
  const reopen = (onDamage?: OnDamage) =>
    openFilesystemTelemetryStore({ folder, columns: 'read', ...(onDamage && { onDamage }) });
  return { path, reopen, store: await reopen() };
}

function rows(offset: number, ...lines: string[]): TelemetryOperation[] {
  return [{ stream: 'history', offset, lines }];
}

/** A log of two acknowledged groups, and the length of the first. */
async function twoGroups() {
  const { path, reopen, store } = await openStore();
  const [first] = await store.append(RUN, rows(0, 'first', 'row'));
  const [second] = await store.append(RUN, rows(2, 'second'));
  await store.close();
  return { path, reopen, first: first!, second: second!, log: await readFile(path) };
}

test('the file is what its format says, and the seal is the digest of the file', async () => {
  const { path, store } = await openStore();
  await store.append(RUN, [
    { stream: 'history', offset: 0, lines: ['é', ''] },
    { stream: 'history', offset: 7, lines: ['half \ud83d'] },
  ]);
  const log = await readFile(path);
  const utf16 = Buffer.from('half \ud83d', 'utf16le').toString('latin1');
  const body = `op 0 2 8\n2 ${Buffer.from('é').toString('latin1')}\n0 \nop 7 1 17\n12u ${utf16}\n`;
  const [header, ...rest] = log.toString('latin1').split('\n');
  expect(header).toMatch(new RegExp(`^group 0 ${body.length} [0-9a-f]{8}$`));
  expect(rest.join('\n')).toBe(body);
  const state = { stream: 'history', bytes: log.byteLength, lines: 8 };
  expect(await store.seal(RUN)).toEqual([{ ...state, digest: sha256(log) }]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('seals after many appends and a restart equal the digests of the file', async () => {
  const { path, reopen, store } = await openStore();
  for (let n = 0; n < 30; n += 1) await store.append(RUN, rows(n, `row ${n}`));
  const digest = sha256(await readFile(path));
  expect(await store.seal(RUN)).toMatchObject([{ digest }]);
  expect(await (await reopen()).seal(RUN)).toMatchObject([{ digest }]);
});

test('the calls of one moment share groups', async () => {
  const { path, store } = await openStore();
  await Promise.all(Array.from({ length: 100 }, (_, n) => store.append(RUN, rows(n, `${n}`))));
  const groups = (await readFile(path, 'utf8')).match(/^group /gm);
  expect(groups!.length).toBeLessThan(10);
});

test('a torn tail of any length is cut off before the next append', async () => {
  const { path, reopen, first, second, log } = await twoGroups();
  for (let bytes = first.bytes; bytes < second.bytes; bytes += 1) {
    await writeFile(path, log.subarray(0, bytes));
    const store = await reopen();
    expect(await store.states(RUN)).toEqual([first]);
    expect(await store.seal(RUN)).toMatchObject([{ digest: sha256(log.subarray(0, first.bytes)) }]);
    expect(await store.read(RUN, 'history', ALL)).toHaveLength(2);
    expect((await stat(path)).size).toBe(bytes);
    await store.append(RUN, rows(2, 'second'));
    expect(await readFile(path)).toEqual(log);
    await store.close();
  }
});

test.each([
  ['zeros, as after a power cut', (tail: Buffer) => Buffer.alloc(tail.byteLength)],
  ['the second half lost', (tail: Buffer) => Buffer.from(tail).fill(0, tail.byteLength >> 1)],
  ['a bit that flipped', (tail: Buffer) => flipped(tail, tail.byteLength - 3)],
  [
    'a length that is too long',
    (tail: Buffer) => Buffer.from(tail.toString().replace(' 18 ', ' 99 ')),
  ],
  ['noise', (tail: Buffer) => Buffer.alloc(tail.byteLength * 3, 'group 1 2 ')],
])('a last group that is %s is cut off', async (_, spoil) => {
  const { path, reopen, first, log } = await twoGroups();
  await writeFile(path, log.subarray(0, first.bytes));
  await appendFile(path, spoil(log.subarray(first.bytes)));
  const store = await reopen();
  expect(await store.states(RUN)).toEqual([first]);
  await store.append(RUN, rows(2, 'second'));
  expect(await readFile(path)).toEqual(log);
});

test('damage before acknowledged groups is refused and nothing is cut', async () => {
  const { path, reopen, first, log } = await twoGroups();
  for (const at of [0, 3, first.bytes - 4]) {
    const damaged = flipped(log, at);
    await writeFile(path, damaged);
    const store = await reopen();
    const refusal = { code: 'INTERNAL', message: 'a telemetry log is damaged at byte 0' };
    await expect(store.states(RUN)).rejects.toMatchObject(refusal);
    await expect(store.read(RUN, 'history', ALL)).rejects.toMatchObject(refusal);
    await expect(store.append(RUN, rows(3, 'third'))).rejects.toMatchObject(refusal);
    expect(await readFile(path)).toEqual(damaged);
  }
});

test('a log that lost acknowledged bytes while it was open is refused', async () => {
  const { path, store } = await openStore();
  await store.append(RUN, rows(0, 'a'));
  const [state] = await store.append(RUN, rows(1, 'b'));
  await truncate(path, state!.bytes - 1);
  await expect(store.append(RUN, rows(2, 'c'))).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(await store.seal(RUN)).toEqual([{ ...state, digest: null }]);
});

test('a damaged log is told of once, however often it is sealed', async () => {
  const { path, reopen, log } = await twoGroups();
  await writeFile(path, flipped(log, 3));
  const told: unknown[] = [];
  const store = await reopen((where, { message }) => told.push({ ...where, message }));
  for (let at = 0; at < 3; at += 1) {
    expect(await store.seal(RUN)).toEqual([
      { stream: 'history', bytes: 0, lines: 0, digest: null },
    ]);
  }
  const message = 'a telemetry log is damaged at byte 0';
  expect(told).toEqual([{ run: RUN, stream: 'history', message }]);
});

test('a reader in another process sees a log grow', async () => {
  const { reopen, store } = await openStore();
  const reader = await reopen();
  expect(await reader.states(RUN)).toEqual([]);
  for (let n = 0; n < 5; n += 1) {
    await store.append(RUN, rows(n, `${n}`));
    expect(await reader.states(RUN)).toEqual(await store.states(RUN));
    expect(await reader.read(RUN, 'history', ALL)).toHaveLength(n + 1);
  }
  expect(await reader.seal(RUN)).toEqual(await store.seal(RUN));
});

test('text in a line that looks like a group misleads neither scan nor repair', async () => {
  const { path, reopen, first, log } = await twoGroups();
  const group = log.subarray(first.bytes).toString();
  const store = await reopen();
  await store.append(RUN, rows(3, group, `\n${group}`, 'x'));
  await store.close();
  const whole = await readFile(path);
  await writeFile(path, whole.subarray(0, whole.byteLength - 1));
  const later = await reopen();
  expect(await later.states(RUN)).toMatchObject([{ lines: 3 }]);
  await later.append(RUN, rows(3, group, `\n${group}`, 'x'));
  expect(await readFile(path)).toEqual(whole);
  const lines = await later.read(RUN, 'history', { from: 3, to: 6 });
  expect(lines.map(({ text }) => text)).toEqual([group, `\n${group}`, 'x']);
});

test('a long operation takes several groups and reads back', async () => {
  const { path, reopen, store } = await openStore();
  const lines = Array.from({ length: 20_000 }, (_, n) => `${n} ${'#'.repeat(1_000)}`);
  await store.append(RUN, rows(0, ...lines));
  expect((await readFile(path, 'latin1')).match(/^group /gm)!.length).toBeGreaterThan(3);
  const later = await reopen();
  const back = await later.read(RUN, 'history', { from: 0, to: lines.length });
  expect(back.map(({ text }) => text)).toEqual(lines);
});

test('reads end at their limit of lines', async () => {
  const { store } = await openStore();
  await store.append(RUN, rows(TELEMETRY_READ_LINES_MAX, 'far'));
  const most = { from: 1, to: TELEMETRY_READ_LINES_MAX + 1 };
  expect(await store.read(RUN, 'history', most)).toEqual([
    { number: TELEMETRY_READ_LINES_MAX, text: 'far' },
  ]);
  await expect(store.read(RUN, 'history', { ...most, from: 0 })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    details: { linesMax: TELEMETRY_READ_LINES_MAX },
  });
});

test('reads end at their limit of bytes', async () => {
  const { store } = await openStore();
  const line = 'm'.repeat(24 * 1024 * 1024);
  for (let n = 0; n < 6; n += 1) await store.append(RUN, rows(n, line));
  expect(await store.read(RUN, 'history', { from: 0, to: 5 })).toHaveLength(5);
  await expect(store.read(RUN, 'history', { from: 0, to: 6 })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 1;
  return copy;
}
