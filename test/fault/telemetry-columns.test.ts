import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openFilesystemTelemetryStore } from '../../src/adapters/filesystem/filesystem-telemetry-store.ts';
import { temporaryFolder } from '../contract/temporary-folder.ts';

const WRITER = fileURLToPath(new URL('./grow-until-killed.ts', import.meta.url));
const RUN = `run_${'k'.repeat(43)}`;
const ROUNDS = 4;
/** Lines that each round acknowledges before it is killed: files are being made by then. */
const LINES_A_ROUND = 40_000;

/** Lets a process write until it has acknowledged enough, and kills it wherever it is. */
async function growAndKill(folder: string, first: number): Promise<number> {
  const args = ['--import', 'tsx', WRITER, folder, RUN, String(first)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    const lines = Number(printed.split('\n').at(-2) ?? 0);
    if (lines - first > LINES_A_ROUND) child.kill('SIGKILL');
  }
  return Number(printed.split('\n').at(-2));
}

test('after kill -9 no half file of columns is believed, round after round', async () => {
  const folder = await temporaryFolder();
  let lines = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    lines = await growAndKill(folder, lines);
    const store = await openFilesystemTelemetryStore({ folder });
    const [state] = await store.states(RUN);
    expect(state?.lines).toBeGreaterThanOrEqual(lines);
    const all = { keys: ['a', 'b'], values: 'all', samples: 2 } as const;
    const last = (state?.lines ?? 0) - 1;
    expect(await store.columns.sample(RUN, 'history', all)).toEqual({
      count: last + 1,
      complete: true,
      rows: [0, last].map((line) => ({
        line,
        values: [line / 8, line % 3 === 0 ? line : String(line)],
      })),
    });
    const [verdict] = await store.columns.verify(RUN);
    expect(verdict?.fault).toBeNull();
    lines = state?.lines ?? 0;
    await store.close();
  }
  const store = await openFilesystemTelemetryStore({ folder });
  await store.seal(RUN);
  await store.close();
  const later = await openFilesystemTelemetryStore({ folder });
  const [verdict] = await later.columns.verify(RUN);
  expect(verdict).toMatchObject({ fault: null, waiting: 0, compared: lines });
  await later.close();
}, 180_000);
