import type { FileHandle } from 'node:fs/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import { openFilesystemTelemetryStore } from './filesystem-telemetry-store.ts';

/** Names of the file operations that fail now, as on a disk that breaks. */
const failing = vi.hoisted(() => new Set<string>());

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const breaking = (handle: FileHandle) =>
    new Proxy(handle, {
      get(target, name) {
        if (failing.has(String(name))) {
          return async () => {
            throw Object.assign(new Error('the disk fails'), { code: 'EIO' });
          };
        }
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => breaking(await real.open(...args)),
  };
});

const RUN = `run_${'s'.repeat(43)}`;
const ALL = { from: 0, to: 10 };

async function openStore() {
  const folder = await temporaryFolder();
  const reopen = () => openFilesystemTelemetryStore({ folder });
  const store = await reopen();
  const append = (n: number) =>
    store.append(RUN, [{ stream: 'history', offset: n, lines: [`row ${n}`] }]);
  return { store, reopen, append };
}

beforeEach(() => failing.clear());

test('lines whose sync failed are not taken for durable', async () => {
  const { store, reopen, append } = await openStore();
  const before = await append(0);
  failing.add('datasync');
  await expect(append(1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  failing.clear();
  expect(await store.states(RUN)).toEqual(before);
  const later = await reopen();
  expect(await later.states(RUN)).toEqual(before);
});

test('after a failed write that was taken back, the log goes on', async () => {
  const { store, reopen, append } = await openStore();
  await append(0);
  failing.add('write');
  await expect(append(1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  failing.clear();
  await append(2);
  const expected = [
    { number: 0, text: 'row 0' },
    { number: 2, text: 'row 2' },
  ];
  expect(await store.read(RUN, 'history', ALL)).toEqual(expected);
  expect(await (await reopen()).read(RUN, 'history', ALL)).toEqual(expected);
});

test('when a failed write cannot be taken back, the log takes no more', async () => {
  const { store, append } = await openStore();
  const before = await append(0);
  failing.add('datasync').add('truncate');
  await expect(append(1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  failing.clear();
  await expect(append(2)).rejects.toThrow('the history log of the run takes no more lines');
  expect(await store.states(RUN)).toEqual(before);
  expect(await store.read(RUN, 'history', ALL)).toEqual([{ number: 0, text: 'row 0' }]);
});
