import { join } from 'node:path';
import { makeDurableFolder } from '../adapters/filesystem/durable-folders.ts';
import { openFilesystemObjectStore } from '../adapters/filesystem/filesystem-object-store.ts';
import { openFilesystemPersonKeys } from '../adapters/filesystem/filesystem-person-keys.ts';
import { openFilesystemTelemetryStore } from '../adapters/filesystem/filesystem-telemetry-store.ts';
import { obtainSecret } from '../adapters/filesystem/secret-file.ts';
import { holdDataLock } from '../adapters/sqlite/data-lock.ts';
import { openLog } from '../adapters/system/pino-log.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { systemIds } from '../adapters/system/system-ids.ts';
import { DomainError, isDomainError } from '../domain/errors.ts';
import { holding, Lease } from '../ledger/lease.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Hub } from '../transport/hub.ts';
import { Closers } from './closers.ts';
import { type Config, isShared } from './config.ts';
import { DATA_LAYOUT } from './data-layout.ts';
import { foundHub } from './found-hub.ts';
import type { OnNewKey } from './founding.ts';
import { openQueue } from './open-queue.ts';
import { openRawEvents } from './open-raw-events.ts';
import { openStores } from './open-stores.ts';
import { readPolicies } from './read-policies.ts';

const LINK_SECRET_BYTES = 32;

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
    const founding = { config, ledger, store, operational, ids, clock, log };
    const alone = isShared(config)
      ? <T>(work: () => Promise<T>) =>
          holding(new Lease({ job: 'found', operational, clock, ids }), work)
      : <T>(work: () => Promise<T>) => work();
    const found = (onNewKey: OnNewKey) => alone(() => foundHub({ ...founding, onNewKey }));
    return { hub, found, close: () => closers.close() };
  });
}

type Parts = Omit<Hub, 'org' | 'defaultTeam' | 'roles' | 'namespaces' | 'publicUrl' | 'ledger'>;

async function openParts(config: Config, closers: Closers): Promise<Parts> {
  const at = (name: keyof typeof DATA_LAYOUT) => join(config.dataDir, DATA_LAYOUT[name]);
  await makeDurableFolder(config.dataDir);
  if (!isShared(config)) closers.add(lockFolder(config, at('lock')));
  const [clock, ids, log] = [systemClock, systemIds, openLog(config.logLevel)];
  const { store, operational, accessLog } = await openStores(config, { log, closers });
  const queue = await openQueue(config, { clock, ids, log });
  closers.add(() => queue.close());
  const rawEvents = await openRawEvents(config, { clock, ids, log });
  closers.add(() => rawEvents.close());
  const objects = await openFilesystemObjectStore({ folder: at('objects'), ids, clock });
  const telemetry = await openFilesystemTelemetryStore({
    folder: at('telemetry'),
    severalWriters: isShared(config) ? ids : undefined,
    onFault: (err) =>
      log.warn({ err }, 'Parquet files of a run could not be made; its log is whole'),
    onDamage: (where, err) => log.error({ ...where, err }, 'the telemetry of a run is damaged'),
  });
  closers.add(() => telemetry.close());
  const personKeys = await openFilesystemPersonKeys({ folder: at('keys'), ids, clock });
  const secret = { folder: at('keys'), name: 'link', bytes: LINK_SECRET_BYTES, ids };
  const linkSecret = await obtainSecret(secret);
  const kept = { objects, telemetry, personKeys, rawEvents, queue };
  const stores = { store, operational, accessLog, ...kept };
  return { ...stores, clock, ids, log, linkSecret };
}

/** Without stores that are made to be shared, one process has a data folder to itself. */
function lockFolder(config: Config, file: string): () => void {
  try {
    const lock = holdDataLock(file);
    return () => lock.release();
  } catch (error) {
    if (config.neo4j === null || !isDomainError(error)) throw error;
    throw new DomainError(
      'CONFLICT',
      `${error.message}; several of them need LEDGERLINE_REDIS_URL beside LEDGERLINE_NEO4J_URL`,
      { cause: error },
    );
  }
}
