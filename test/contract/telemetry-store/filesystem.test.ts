import { openFilesystemTelemetryStore } from '../../../src/adapters/filesystem/filesystem-telemetry-store.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeTelemetryColumns } from './describe-telemetry-columns.ts';
import { describeTelemetryStore } from './describe-telemetry-store.ts';

const open = async () => {
  const folder = await temporaryFolder();
  const reopen = () => openFilesystemTelemetryStore({ folder });
  return { store: await reopen(), reopen };
};

describeTelemetryStore('filesystem', open);
describeTelemetryColumns('filesystem', open);
