import { openFilesystemTelemetryStore } from '../../../src/adapters/filesystem/filesystem-telemetry-store.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeTelemetryStore } from './describe-telemetry-store.ts';

describeTelemetryStore('filesystem', async () => {
  const folder = await temporaryFolder();
  const reopen = () => openFilesystemTelemetryStore({ folder });
  return { store: await reopen(), reopen };
});
