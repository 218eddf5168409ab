import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_LAYOUT } from '../../src/main/data-layout.ts';
import type { TelemetryStream } from '../../src/ports/telemetry-store.ts';

/** Takes the last byte of what a hub in this folder has acknowledged of a stream. */
export async function damageTelemetry(
  folder: string,
  run: string,
  stream: TelemetryStream,
): Promise<void> {
  const hash = run.slice('run_'.length);
  const path = join(folder, DATA_LAYOUT.telemetry, hash.slice(0, 2), run, `${stream}.log`);
  await truncate(path, (await stat(path)).size - 1);
}
