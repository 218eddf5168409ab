import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { allRefs } from '../raw-events/all-refs.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { openStores, RUN } from './open-stores.ts';

const WRITER = fileURLToPath(new URL('./fill-the-disk.ts', import.meta.url));
/** 8 MiB or 16 MiB: shells count in blocks of 512 or of 1,024 bytes. */
const LIMIT_BLOCKS = 16_384;

/**
 * A full disk cannot be had without privileges, but a limit of file sizes can, and a write above
 * it fails half-way in the same manner.
 */
test('a full disk is UNAVAILABLE, leaves nothing half-done, and passes', async () => {
  const folder = await temporaryFolder();
  const command = `ulimit -f ${LIMIT_BLOCKS} && exec "$0" "$@"`;
  const child = spawnSync(
    'sh',
    ['-c', command, process.execPath, '--import', 'tsx', WRITER, folder],
    { encoding: 'utf8' },
  );
  expect(child.status, child.stderr).toBe(0);
  const { objects, telemetry, operational, raw } = JSON.parse(child.stdout);
  const objectsFull = {
    code: 'UNAVAILABLE',
    message: 'the object store cannot write: the disk is full',
  };
  expect(objects).toEqual({
    stream: objectsFull,
    memory: objectsFull,
    leftBehind: [],
    small: 'done',
  });
  expect(telemetry.full).toEqual({
    code: 'UNAVAILABLE',
    message: 'the telemetry store cannot write: the disk is full',
  });
  expect(telemetry.lines).toBeGreaterThan(3);
  expect(telemetry.shorter).toBe('done');
  expect(operational.entries).toMatchObject({ code: 'UNAVAILABLE' });
  expect(operational.afterEntries).toBe('done');
  expect(operational.listed).toEqual(['small']);

  expect(raw.full).toEqual({
    code: 'UNAVAILABLE',
    message: 'the store of raw events cannot write: the disk is full',
  });
  expect(raw.files).toBe(2);

  const later = await openStores(folder);
  expect(await later.telemetry.states(RUN)).toEqual(telemetry.states);
  const range = { from: 0, to: telemetry.lines + 1 };
  const lines = await later.telemetry.read(RUN, 'history', range);
  expect(lines.map(({ text }) => text.slice(0, 5).trim())).toEqual([
    ...Array.from({ length: telemetry.lines }, (_, n) => `${n} ###`.slice(0, 5)),
    'short',
  ]);
  expect([...(await allRefs(later.raw))]).toEqual(raw.kept);
  await later.raw.close();
  await later.telemetry.close();
  await later.operational.close();
});
