import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFilesystemTelemetryStore } from '../../../src/adapters/filesystem/filesystem-telemetry-store.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeTelemetryColumns } from './describe-telemetry-columns.ts';
import { describeTelemetryStore } from './describe-telemetry-store.ts';

const open = async () => {
  const folder = await temporaryFolder();
  const reopen = () => openFilesystemTelemetryStore({ folder });
  const damage = async (run: string, stream: string) => {
    const path = join(folder, run.slice('run_'.length).slice(0, 2), run, `${stream}.log`);
    const log = await readFile(path);
    log.writeUInt8(log.readUInt8(2) ^ 1, 2);
    await writeFile(path, log);
  };
  return { store: await reopen(), reopen, damage };
};

describeTelemetryStore('filesystem', open);
describeTelemetryColumns('filesystem', open);
