import { appendFile, open, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openFilesystemRawEvents } from '../../../src/adapters/filesystem/filesystem-raw-events.ts';
import { systemClock as clock } from '../../../src/adapters/system/system-clock.ts';
import { systemIds as ids } from '../../../src/adapters/system/system-ids.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { allRefs } from './all-refs.ts';
import { describeRawEvents } from './describe-raw-events.ts';
import { rawEvent } from './raw-event.ts';

describeRawEvents('filesystem', async () => {
  const folder = await temporaryFolder();
  return { open: (settable) => openFilesystemRawEvents({ folder, clock: settable, ids }) };
});

/** A segment of three events, closed. */
async function threeEvents() {
  const folder = await temporaryFolder();
  const onDamage = vi.fn();
  const raw = await openFilesystemRawEvents({ folder, clock, ids, onDamage });
  const refs = await raw.keep(
    ['first', 'second', 'third'].map((text) => rawEvent({ bytes: Buffer.from(text) })),
  );
  await raw.close();
  const [name = ''] = await readdir(folder);
  const file = join(folder, name);
  const offsets = refs.map((ref) => Number(ref.split('@')[1]));
  return { raw, refs, offsets, file, name, onDamage };
}

test('leaves out a tail that a crash cut off, at whatever byte', async () => {
  const { raw, refs, offsets, file, onDamage } = await threeEvents();
  const [second = 0, third = 0] = offsets.slice(1);
  for (let size = third + 1; size > second; size -= 5) {
    await truncate(file, size);
    const whole = size >= third ? 2 : 1;
    expect([...(await allRefs(raw))]).toEqual(refs.slice(0, whole));
  }
  await appendFile(file, Buffer.alloc(4_096));
  expect([...(await allRefs(raw))]).toEqual(refs.slice(0, 1));
  expect(onDamage).not.toHaveBeenCalled();
});

test('names a damaged event and goes on behind it', async () => {
  const { raw, refs, offsets, file, name, onDamage } = await threeEvents();
  const [, second = 0, third = 0] = offsets;
  const handle = await open(file, 'r+');
  await handle.write(Buffer.from('X'), 0, 1, third - 1);
  await handle.close();
  expect([...(await allRefs(raw))]).toEqual([refs[0], refs[2]]);
  expect(onDamage).toHaveBeenCalledWith({ name, offset: second });
  await expect(raw.read(refs[1] as string)).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(Buffer.from((await raw.read(refs[2] as string))!.bytes).toString()).toBe('third');
});

test('takes a place at which no event begins for no event', async () => {
  const { raw, refs } = await threeEvents();
  const [start = ''] = (refs[0] as string).split('@');
  for (const offset of [1, 5, 999_999]) {
    await expect(raw.read(`${start}@${offset}`)).rejects.toMatchObject({ code: 'INTERNAL' });
  }
});

test('one sync serves those who come meanwhile', async () => {
  const folder = await temporaryFolder();
  const raw = await openFilesystemRawEvents({ folder, clock, ids });
  const sync = await syncSpy(folder);
  await Promise.all(
    Array.from({ length: 64 }, (_, n) => raw.keep([rawEvent({ bytes: Buffer.from(`${n}`) })])),
  );
  expect(sync).toHaveBeenCalledTimes(1);
  sync.mockRestore();
  await raw.close();
});

/** Counts syncs of all files of this process. */
async function syncSpy(folder: string) {
  const handle = await open(join(folder, 'spied'), 'w');
  const spy = vi.spyOn(Object.getPrototypeOf(handle), 'datasync');
  await handle.close();
  return spy;
}
