import { join } from 'node:path';
import { openFilesystemObjectStore } from '../../../src/adapters/filesystem/filesystem-object-store.ts';
import { openFilesystemPersonKeys } from '../../../src/adapters/filesystem/filesystem-person-keys.ts';
import { openFilesystemRawEvents } from '../../../src/adapters/filesystem/filesystem-raw-events.ts';
import { openFilesystemTelemetryStore } from '../../../src/adapters/filesystem/filesystem-telemetry-store.ts';
import { openSqliteOperationalStore } from '../../../src/adapters/sqlite/sqlite-operational-store.ts';
import { systemClock as clock } from '../../../src/adapters/system/system-clock.ts';
import { systemIds as ids } from '../../../src/adapters/system/system-ids.ts';

export const RUN = `run_${'r'.repeat(43)}`;

/** The stores of one folder, opened anew, as a process does when it starts. */
export async function openStores(folder: string) {
  return {
    objects: await openFilesystemObjectStore({ folder: join(folder, 'objects'), ids, clock }),
    telemetry: await openFilesystemTelemetryStore({ folder: join(folder, 'telemetry') }),
    keys: await openFilesystemPersonKeys({ folder: join(folder, 'keys'), ids, clock }),
    raw: await openFilesystemRawEvents({ folder: join(folder, 'raw'), ids, clock }),
    operational: await openSqliteOperationalStore({ file: join(folder, 'operational.db'), clock }),
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;
