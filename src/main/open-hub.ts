import { join } from 'node:path';
import { makeDurableFolder } from '../adapters/filesystem/durable-folders.ts';
import { openFilesystemObjectStore } from '../adapters/filesystem/filesystem-object-store.ts';
import { openFilesystemPersonKeys } from '../adapters/filesystem/filesystem-person-keys.ts';
import { openFilesystemTelemetryStore } from '../adapters/filesystem/filesystem-telemetry-store.ts';
import { obtainSecret } from '../adapters/filesystem/secret-file.ts';
import { holdDataLock } from '../adapters/sqlite/data-lock.ts';
import { openSqliteAccessLog } from '../adapters/sqlite/sqlite-access-log.ts';
import { openSqliteLineageStore } from '../adapters/sqlite/sqlite-lineage-store.ts';
import { openSqliteOperationalStore } from '../adapters/sqlite/sqlite-operational-store.ts';
import { openLog } from '../adapters/system/pino-log.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { systemIds } from '../adapters/system/system-ids.ts';
import { PROJECTION_VERSION } from '../domain/audit/fact-types.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Hub } from '../transport/hub.ts';
import { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { foundHub } from './found-hub.ts';
import type { OnNewKey } from './founding.ts';
import { readPolicies } from './read-policies.ts';

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
  close(): Promise<void>;
}

/** A hub whose stores are open and which may have nobody yet who could use it. */
export interface AssembledHub extends OpenHub {
  /** Founds the hub on first use; returns the administrator's key when it was made just now. */
  found(onNewKey: OnNewKey): Promise<string | null>;
}

/** Opens a hub and founds it, for who has an administrator's key or needs none. */
export async function openHub(config: Config, publicUrl: () => string): Promise<OpenHub> {
  const assembled = await assembleHub(config, publicUrl);
  const closers = new Closers();
  closers.add(() => assembled.close());
  await closers.unlessFails(() => assembled.found(() => undefined));
  return assembled;
}

/** Opens the stores of a data folder and puts the hub together. Nothing stays open if it fails. */
export async function assembleHub(config: Config, publicUrl: () => string): Promise<AssembledHub> {
  const closers = new Closers();
  return closers.unlessFails(async () => {
    const { org, team: defaultTeam } = config;
    const { roles, namespaces } = readPolicies(config.policiesDir);
    const parts = await openParts(config, closers);
    const ledger = new Ledger({ org, roles, ...parts });
    closers.add(() => ledger.close());
    const hub: Hub = {
      org,
      defaultTeam,
      roles,
      namespaces,
      get publicUrl() {
        return publicUrl();
      },
      ...{ ledger, ...parts },
    };
    const { store, operational, ids, clock, log } = parts;
    const found = (onNewKey: OnNewKey) =>
      foundHub({ config, ledger, store, operational, ids, clock, log, onNewKey });
    return { hub, found, close: () => closers.close() };
  });
}

type Parts = Omit<Hub, 'org' | 'defaultTeam' | 'roles' | 'namespaces' | 'publicUrl' | 'ledger'>;

async function openParts(config: Config, closers: Closers): Promise<Parts> {
  const at = (name: keyof typeof DATA_LAYOUT) => join(config.dataDir, DATA_LAYOUT[name]);
  await makeDurableFolder(config.dataDir);
  const lock = holdDataLock(at('lock'));
  closers.add(() => lock.release());
  const [clock, ids, log] = [systemClock, systemIds, openLog(config.logLevel)];
  const store = await openSqliteLineageStore({
    file: at('graph'),
    readers: READER_THREADS,
    projectionVersion: PROJECTION_VERSION,
  });
  closers.add(() => store.close());
  const operational = await openSqliteOperationalStore({ file: at('operational'), clock });
  closers.add(() => operational.close());
  const accessLog = await openSqliteAccessLog({ file: at('operational'), clock, log });
  closers.add(() => accessLog.close());
  const objects = await openFilesystemObjectStore({ folder: at('objects'), ids, clock });
  const telemetry = await openFilesystemTelemetryStore({
    folder: at('telemetry'),
    onFault: (err) =>
      log.warn({ err }, 'Parquet files of a run could not be made; its log is whole'),
    onDamage: (where, err) => log.error({ ...where, err }, 'the telemetry of a run is damaged'),
  });
  closers.add(() => telemetry.close());
  const personKeys = await openFilesystemPersonKeys({ folder: at('keys'), ids, clock });
  const secret = { folder: at('keys'), name: 'link', bytes: LINK_SECRET_BYTES, ids };
  const linkSecret = await obtainSecret(secret);
  const stores = { store, operational, accessLog, objects, telemetry, personKeys };
  return { ...stores, clock, ids, log, linkSecret };
}
