import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import { systemIds as ids } from '../system/system-ids.ts';
import { FileLock, LOCK_SILENT_MS } from './file-lock.ts';

test('one at a time has it, and who gives it back leaves nothing to fear', async () => {
  const folder = await temporaryFolder();
  const lock = () => new FileLock({ folder, name: 'a.log', ids });
  let inside = 0;
  let taken = 0;
  const takeOften = async () => {
    for (let turn = 0; turn < 25; turn += 1) {
      const held = await lock().take();
      inside += 1;
      taken += 1;
      expect(inside).toBe(1);
      expect(held.before).toBe('given back');
      await new Promise((wake) => setImmediate(wake));
      expect(await held.isHeld()).toBe(true);
      inside -= 1;
      await held.release();
      expect(
        await lock()
          .take()
          .then(async (other) => other.release()),
      ).toBeUndefined();
    }
  };
  await Promise.all([takeOften(), takeOften(), takeOften()]);
  expect(taken).toBe(75);
  expect(await readdir(folder)).toHaveLength(1);
});

test('names do not get in the way of each other', async () => {
  const folder = await temporaryFolder();
  const first = await new FileLock({ folder, name: 'a.log', ids }).take();
  const second = await new FileLock({ folder, name: 'b.log', ids }).take();
  await writeFile(join(folder, 'a.log.lock-x'), 'no lock');
  expect(await first.isHeld()).toBe(true);
  await first.release();
  await second.release();
});

test('one that is left goes to another after some seconds, who is told', async () => {
  const folder = await temporaryFolder();
  const lock = () => new FileLock({ folder, name: 'a.log', ids });
  const left = await lock().take();
  left.leave();
  const startedAt = performance.now();
  const next = await lock().take();
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(LOCK_SILENT_MS);
  expect(performance.now() - startedAt).toBeLessThan(LOCK_SILENT_MS + 2_000);
  expect(next.before).toBe('left');
  expect(await left.isHeld()).toBe(false);
  await left.release();
  expect(await next.isHeld()).toBe(true);
  await next.release();
  const last = await lock().take();
  expect(last.before).toBe('given back');
  await last.release();
});

test('one whose holder gives signs is waited for', async () => {
  const folder = await temporaryFolder();
  const lock = () => new FileLock({ folder, name: 'a.log', ids });
  const held = await lock().take();
  const waiting = lock().take();
  await new Promise((wake) => setTimeout(wake, LOCK_SILENT_MS + 1_500));
  expect(await held.isHeld()).toBe(true);
  await held.release();
  const next = await waiting;
  expect(next.before).toBe('given back');
  await next.release();
});
