import { chmod, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import type { ActorRef } from '../../domain/actor.ts';
import { PERSON_KEY_BYTES } from '../../ports/person-keys.ts';
import { systemIds } from '../system/system-ids.ts';
import { openFilesystemPersonKeys } from './filesystem-person-keys.ts';

const NOW_MS = 1_790_000_000_000;
const UUID = '0a0a0a0a-1111-4222-8333-444444444444';
const ADA: ActorRef = `act:${UUID}`;

async function keysFolder() {
  const folder = join(await temporaryFolder(), 'keys');
  const people = join(folder, 'people');
  const open = () =>
    openFilesystemPersonKeys({ folder, ids: systemIds, clock: { nowMs: () => NOW_MS } });
  return { folder, people, open, keyFile: join(people, `${UUID}.key`) };
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test('a key is a private file of 32 bytes', async () => {
  const { folder, people, open, keyFile } = await keysFolder();
  const key = await (await open()).obtain(ADA);
  expect(await readFile(keyFile)).toEqual(key);
  expect(await modeOf(keyFile)).toBe(0o600);
  expect(await modeOf(people)).toBe(0o700);
  expect(await modeOf(folder)).toBe(0o700);
  expect(await readdir(people)).toEqual([`${UUID}.key`]);
});

test.each([
  ['the folder', (at: Places) => at.folder, 0o750],
  ['the folder of people', (at: Places) => at.people, 0o701],
  ['a key', (at: Places) => at.keyFile, 0o640],
])('the hub refuses to start when %s can be read by others', async (_, pathOf, mode) => {
  const places = await keysFolder();
  await (await places.open()).obtain(ADA);
  const path = pathOf(places);
  await chmod(path, mode);
  const octal = mode.toString(8);
  await expect(places.open()).rejects.toThrow(
    `${path} can be read by other users (mode 0${octal}); keys must be private: run "chmod `,
  );
  await chmod(path, mode === 0o640 ? 0o600 : 0o700);
  expect((await (await places.open()).obtain(ADA)).byteLength).toBe(PERSON_KEY_BYTES);
});

type Places = Awaited<ReturnType<typeof keysFolder>>;

test('a destroyed key leaves a tombstone and nothing else', async () => {
  const { people, open } = await keysFolder();
  const keys = await open();
  await keys.obtain(ADA);
  await keys.destroy(ADA);
  expect(await readdir(people)).toEqual([`${UUID}.destroyed`]);
  expect(await readFile(join(people, `${UUID}.destroyed`))).toEqual(Buffer.alloc(0));
});

test('an erasure that a crash cut off is finished at the next start', async () => {
  const { people, open, keyFile } = await keysFolder();
  await (await open()).obtain(ADA);
  await writeFile(join(people, `${UUID}.destroyed`), '', { mode: 0o600 });
  const keys = await open();
  await expect(stat(keyFile)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await keys.find(ADA)).toBeNull();
  await expect(keys.obtain(ADA)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a key that comes back, from a backup perhaps, is wiped and not used', async () => {
  const { open, keyFile } = await keysFolder();
  const keys = await open();
  await keys.obtain(ADA);
  const saved = await readFile(keyFile);
  await keys.destroy(ADA);
  await writeFile(keyFile, saved, { mode: 0o600 });
  expect(await keys.find(ADA)).toBeNull();
  await expect(stat(keyFile)).rejects.toMatchObject({ code: 'ENOENT' });
  await writeFile(keyFile, saved, { mode: 0o600 });
  await expect(keys.obtain(ADA)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a half-made key of a killed process goes at start, a young one stays', async () => {
  const { people, open } = await keysFolder();
  await open();
  for (const [name, ageMs] of [
    ['old.draft', 3_700_000],
    ['young.draft', 1_000],
  ] as const) {
    const path = join(people, name);
    await writeFile(path, 'half', { mode: 0o600 });
    await utimes(path, (NOW_MS - ageMs) / 1_000, (NOW_MS - ageMs) / 1_000);
  }
  await open();
  expect(await readdir(people)).toEqual(['young.draft']);
});

test('a key of another length is refused, not replaced', async () => {
  const { open, keyFile } = await keysFolder();
  const keys = await open();
  await writeFile(keyFile, 'short', { mode: 0o600 });
  await expect(keys.obtain(ADA)).rejects.toMatchObject({ code: 'INTERNAL' });
  await expect(keys.find(ADA)).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(await readFile(keyFile, 'utf8')).toBe('short');
});
