import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFilesystemTelemetryStore } from '../../../src/adapters/filesystem/filesystem-telemetry-store.ts';
import { systemIds } from '../../../src/adapters/system/system-ids.ts';
import type { Ids } from '../../../src/ports/ids.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeTelemetryColumns } from './describe-telemetry-columns.ts';
import { describeTelemetryStore } from './describe-telemetry-store.ts';

const open = async (severalWriters?: Ids) => {
  const folder = await temporaryFolder();
  const reopen = () => openFilesystemTelemetryStore({ folder, severalWriters });
  const damage = async (run: string, stream: string) => {
    const path = join(folder, run.slice('run_'.length).slice(0, 2), run, `${stream}.log`);
    const log = await readFile(path);
    log.writeUInt8(log.readUInt8(2) ^ 1, 2);
    await writeFile(path, log);
  };
  return { store: await reopen(), reopen, damage };
};

describeTelemetryStore('filesystem', () => open());
describeTelemetryStore('filesystem of several processes', () => open(systemIds));
describeTelemetryColumns('filesystem', () => open());
