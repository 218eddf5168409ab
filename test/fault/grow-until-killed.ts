import { writeSync } from 'node:fs';
import { openFilesystemTelemetryStore } from '../../src/adapters/filesystem/filesystem-telemetry-store.ts';

/**
 * Writes rows of a history until somebody kills the process, some of them anew, and seals now and
 * then; prints the number of lines after each append. Started by telemetry-columns.test.ts with a
 * folder, a run and the first line.
 */
const [folder = '', run = '', first = '0'] = process.argv.slice(2);
const ROWS_AN_APPEND = 4_000;
const store = await openFilesystemTelemetryStore({ folder });

for (let at = Number(first), turn = 0; ; at += ROWS_AN_APPEND, turn += 1) {
  const offset = turn % 5 === 4 ? at - 300 : at;
  const lines = Array.from({ length: ROWS_AN_APPEND + at - offset }, (_, row) => {
    const line = offset + row;
    return `{"_step":${line},"a":${line / 8},"b":${line % 3 === 0 ? line : `"${line}"`}}`;
  });
  await store.append(run, [{ stream: 'history', offset, lines }]);
  writeSync(1, `${at + ROWS_AN_APPEND}\n`);
  if (turn % 3 === 2) await store.seal(run);
}
