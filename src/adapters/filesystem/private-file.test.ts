import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import { systemIds } from '../system/system-ids.ts';
import { makePrivateFile, readPrivateFile } from './private-file.ts';

test('a private file is made once and never replaced', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'k.key');
  expect(await readPrivateFile(path)).toBeNull();
  expect(await makePrivateFile(path, Buffer.from('first'), systemIds)).toBe('made');
  expect(await makePrivateFile(path, Buffer.from('second'), systemIds)).toBe('was there');
  expect(await readFile(path, 'utf8')).toBe('first');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['k.key']);
});

test('of many makers at once one succeeds', async () => {
  const path = join(await temporaryFolder(), 'k.key');
  const makers = Array.from({ length: 20 }, (_, n) =>
    makePrivateFile(path, Buffer.from(String(n)), systemIds),
  );
  const outcomes = await Promise.all(makers);
  const winner = outcomes.indexOf('made');
  expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(1);
  expect(await readFile(path, 'utf8')).toBe(String(winner));
});
