import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { workerFile } from './worker-file.ts';

test('compiled code runs the thread that lies beside it', () => {
  const own = 'file:///hub/dist/adapters/sqlite/worker-link.js';
  expect(workerFile(own, 'sqlite-worker').href).toBe(
    'file:///hub/dist/adapters/sqlite/sqlite-worker.js',
  );
});

test('source runs the compiled thread, and says what to do when there is none', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ledgerline-worker-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const own = pathToFileURL(join(root, 'src', 'adapters', 'sqlite', 'worker-link.ts')).href;
  expect(() => workerFile(own, 'sqlite-worker')).toThrow('run `npm run build` first');
  const folder = join(root, 'dist', 'adapters', 'sqlite');
  await mkdir(folder, { recursive: true });
  const compiled = join(folder, 'sqlite-worker.js');
  await writeFile(compiled, '');
  expect(workerFile(own, 'sqlite-worker').href).toBe(pathToFileURL(compiled).href);
});
