import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { LEASE_LIFE_MS } from '../../src/ledger/lease.ts';
import { temporaryFolder } from '../contract/temporary-folder.ts';

const HOLDER = fileURLToPath(new URL('./hold-lease.ts', import.meta.url));
/** How long the test waits for what must come, in milliseconds. */
const WAIT_MS_MAX = 15_000;

test('a stopped process loses its lease in time, and acts on it no more', async () => {
  const folder = await temporaryFolder();
  const acts: string[] = [];
  const first = await holder(folder, 'first', acts);
  await until(() => acts.includes('first'));
  const second = await holder(folder, 'second', acts);
  first.kill('SIGSTOP');
  const stoppedAt = performance.now();
  await until(() => acts.includes('second'));
  expect(performance.now() - stoppedAt).toBeLessThan(LEASE_LIFE_MS + 2_000);
  const before = acts.length;
  first.kill('SIGCONT');
  await until(() => acts.length > before + 50);
  // One line may have been under way when the first was stopped.
  expect(acts.slice(before).filter((name) => name === 'first').length).toBeLessThanOrEqual(1);
  second.kill('SIGKILL');
  await until(() => acts.at(-1) === 'first');
}, 60_000);

async function holder(folder: string, name: string, acts: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', HOLDER, folder, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (chunk) => acts.push(...String(chunk).trim().split('\n')));
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + WAIT_MS_MAX;
  while (!isSo()) {
    if (performance.now() > end) throw new Error('it did not come to pass in time');
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
