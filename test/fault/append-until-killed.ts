import { writeSync } from 'node:fs';
import { openFilesystemTelemetryStore } from '../../src/adapters/filesystem/filesystem-telemetry-store.ts';
import { systemIds as ids } from '../../src/adapters/system/system-ids.ts';

/**
 * Appends lines to a run that another process writes too, until it is killed, and prints the
 * number of each when it is acknowledged. Started by shared-telemetry.test.ts with a folder, a run
 * and the first number; every second one is its own.
 */
const [folder = '', run = '', first = '0'] = process.argv.slice(2);
const store = await openFilesystemTelemetryStore({ folder, columns: 'read', severalWriters: ids });

for (let number = Number(first); ; number += 2) {
  const lines = [lineOf(number)];
  await store.append(run, [{ stream: 'history', offset: number, lines }]);
  writeSync(1, `${number}\n`);
  if (number % 50 < 2) await store.seal(run);
}

function lineOf(number: number): string {
  return JSON.stringify({ number, text: 'x'.repeat((number * 37) % 3_000) });
}
