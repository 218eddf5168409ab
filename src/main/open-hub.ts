import { join } from 'node:path';
import { makeDurableFolder } from '../adapters/filesystem/durable-folders.ts';
import { openFilesystemObjectStore } from '../adapters/filesystem/filesystem-object-store.ts';
import { openFilesystemPersonKeys } from '../adapters/filesystem/filesystem-person-keys.ts';
import { openFilesystemTelemetryStore } from '../adapters/filesystem/filesystem-telemetry-store.ts';
import { obtainSecret } from '../adapters/filesystem/secret-file.ts';
import { holdDataLock } from '../adapters/sqlite/data-lock.ts';
import { openSqliteLineageStore } from '../adapters/sqlite/sqlite-lineage-store.ts';
import { openSqliteOperationalStore } from '../adapters/sqlite/sqlite-operational-store.ts';
import { openLog } from '../adapters/system/pino-log.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { systemIds } from '../adapters/system/system-ids.ts';
import { PROJECTION_VERSION } from '../domain/audit/fact-types.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Hub } from '../transport/hub.ts';
import type { Config } from './config.ts';
import { foundHub } from './found-hub.ts';

/** Threads that answer reads beside the one that writes. */
export const READER_THREADS = 2;
const LINK_SECRET_BYTES = 32;

/** Names within the data folder. */
export const DATA_LAYOUT = {
  graph: 'ledgerline.db',
  operational: 'operational.db',
  lock: 'lock.db',
  objects: 'objects',
  telemetry: 'telemetry',
  keys: 'keys',
} as const;

export interface OpenHub {
  readonly hub: Hub;
  /** The administrator's key when it was made just now; it is kept nowhere in this form. */
  readonly newAdminKey: string | null;
  close(): Promise<void>;
}

/** Opens the stores of a data folder, founds the hub on first use, and puts it together. */
export async function openHub(config: Config, publicUrl: () => string): Promise<OpenHub> {
  const at = (name: keyof typeof DATA_LAYOUT) => join(config.dataDir, DATA_LAYOUT[name]);
  await makeDurableFolder(config.dataDir);
  const lock = holdDataLock(at('lock'));
  const [clock, ids, log] = [systemClock, systemIds, openLog(config.logLevel)];
  const store = await openSqliteLineageStore({
    file: at('graph'),
    readers: READER_THREADS,
    projectionVersion: PROJECTION_VERSION,
  });
  const operational = await openSqliteOperationalStore({ file: at('operational'), clock });
  const objects = await openFilesystemObjectStore({ folder: at('objects'), ids, clock });
  const telemetry = await openFilesystemTelemetryStore({ folder: at('telemetry') });
  const personKeys = await openFilesystemPersonKeys({ folder: at('keys'), ids, clock });
  const secret = { folder: at('keys'), name: 'link', bytes: LINK_SECRET_BYTES, ids };
  const linkSecret = await obtainSecret(secret);
  const { org, team: defaultTeam } = config;
  const ledger = new Ledger({ org, store, objects, personKeys, clock, ids, log });
  const newAdminKey = await foundHub({ config, ledger, store, operational, ids });
  const hub: Hub = {
    org,
    defaultTeam,
    get publicUrl() {
      return publicUrl();
    },
    ...{ ledger, store, objects, telemetry, operational, personKeys, clock, ids, log, linkSecret },
  };
  const close = async () => {
    await ledger.close();
    await telemetry.close();
    await operational.close();
    await store.close();
    lock.release();
  };
  return { hub, newAdminKey, close };
}
