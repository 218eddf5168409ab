import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { LOCK_SILENT_MS } from '../../src/adapters/filesystem/file-lock.ts';
import { openFilesystemTelemetryStore } from '../../src/adapters/filesystem/filesystem-telemetry-store.ts';
import { systemIds as ids } from '../../src/adapters/system/system-ids.ts';
import { temporaryFolder } from '../contract/temporary-folder.ts';

const WRITER = fileURLToPath(new URL('./append-until-killed.ts', import.meta.url));
const RUN = `run_${'s'.repeat(43)}`;
/** Stops and kills of each of the two. */
const ROUNDS = 3;
/** What a busy machine may add to the time that a stopped process holds others up. */
const SLACK_MS = 2_500;

/** One of the two, and what it was told is kept. */
interface Writer {
  child: ChildProcess;
  readonly acknowledged: number[];
  /** The longest wait between two acknowledgements since it was set to nought. */
  waitedMs: number;
  lastMs: number;
}

async function start(folder: string, writer: Writer, first: number): Promise<void> {
  const args = ['--import', 'tsx', WRITER, folder, RUN, String(first)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    writer.acknowledged.push(...lines.map(Number));
    const now = performance.now();
    writer.waitedMs = Math.max(writer.waitedMs, now - writer.lastMs);
    writer.lastMs = now;
  });
  writer.child = child;
  onTestFinished(() => void child.kill('SIGKILL'));
  await grown(writer, 10);
}

async function grown(writer: Writer, by: number): Promise<void> {
  const wanted = writer.acknowledged.length + by;
  while (writer.acknowledged.length < wanted) {
    if (writer.child.exitCode !== null) throw new Error('a writer ended by itself');
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

function newWriter(): Writer {
  return { child: undefined as never, acknowledged: [], waitedMs: 0, lastMs: performance.now() };
}

test('two processes write one run; stops and kills lose no line and hold up nobody', async () => {
  const folder = await temporaryFolder();
  const [even, odd] = [newWriter(), newWriter()];
  await Promise.all([start(folder, even, 0), start(folder, odd, 1)]);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [writer, other] of [
      [even, odd],
      [odd, even],
    ] as const) {
      writer.child.kill('SIGSTOP');
      Object.assign(other, { waitedMs: 0, lastMs: performance.now() });
      await grown(other, 200);
      expect(other.waitedMs).toBeLessThan(LOCK_SILENT_MS + SLACK_MS);
      writer.child.kill('SIGCONT');
      await grown(writer, 20);
    }
    const gone = once(even.child, 'close');
    even.child.kill('SIGKILL');
    await gone;
    await grown(odd, 20);
    await start(folder, even, (even.acknowledged.at(-1) ?? 0) + 2);
  }
  for (const { child } of [even, odd]) {
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
  }
  const store = await openFilesystemTelemetryStore({ folder, severalWriters: ids });
  const [sealed] = await store.seal(RUN);
  expect(sealed?.digest).toMatch(/^sha256:/);
  const found = await store.read(RUN, 'history', { from: 0, to: sealed?.lines ?? 0 });
  const numbers = new Set(found.map(({ number, text }) => [JSON.parse(text).number, number][0]));
  for (const { acknowledged } of [even, odd]) {
    expect(acknowledged.filter((number) => !numbers.has(number))).toEqual([]);
  }
  await store.close();
  const left = await readdir(join(folder, 'ss', RUN));
  expect(left.filter((name) => name.includes('.copy-'))).toEqual([]);
  expect(left.filter((name) => name.includes('.lock-'))).toHaveLength(1);
}, 180_000);
