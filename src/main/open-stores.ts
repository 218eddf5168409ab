import { join } from 'node:path';
import { openNeo4jAccessLog } from '../adapters/neo4j/access-log.ts';
import { openNeo4jLineageStore } from '../adapters/neo4j/neo4j-lineage-store.ts';
import { openNeo4jOperationalStore } from '../adapters/neo4j/operational-store.ts';
import { openSqliteAccessLog } from '../adapters/sqlite/sqlite-access-log.ts';
import { openSqliteLineageStore } from '../adapters/sqlite/sqlite-lineage-store.ts';
import { openSqliteOperationalStore } from '../adapters/sqlite/sqlite-operational-store.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { PROJECTION_VERSION } from '../domain/audit/fact-types.ts';
import type { AccessLog } from '../ports/access-log.ts';
import type { OpenLineageStore } from '../ports/lineage-store.ts';
import type { Log } from '../ports/log.ts';
import type { OperationalStore } from '../ports/operational-store.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { refuseHalfCopied } from './copy-mark.ts';
import { DATA_LAYOUT } from './data-layout.ts';

/** Threads that answer reads beside the one that writes. */
export const READER_THREADS = 2;

/** What lies in the graph's database, or in the data folder in its place. */
export interface DatabaseStores {
  readonly store: OpenLineageStore;
  readonly operational: OperationalStore;
  readonly accessLog: AccessLog;
}

export interface StoreNeeds {
  readonly log: Log;
  readonly closers: Closers;
}

/** Opens them where the configuration says; what is opened is closed with the rest. */
export async function openStores(config: Config, needs: StoreNeeds): Promise<DatabaseStores> {
  return config.neo4j === null ? openInFolder(config, needs) : openInNeo4j(config, needs);
}

async function openInFolder({ dataDir }: Config, needs: StoreNeeds): Promise<DatabaseStores> {
  const { log, closers } = needs;
  const store = await openSqliteLineageStore({
    file: join(dataDir, DATA_LAYOUT.graph),
    readers: READER_THREADS,
    projectionVersion: PROJECTION_VERSION,
  });
  closers.add(() => store.close());
  const file = join(dataDir, DATA_LAYOUT.operational);
  const operational = await openSqliteOperationalStore({ file, clock });
  closers.add(() => operational.close());
  const accessLog = await openSqliteAccessLog({ file, clock, log });
  closers.add(() => accessLog.close());
  return { store, operational, accessLog };
}

/** The graph first: it brings the schema of all three up to date. */
async function openInNeo4j({ neo4j }: Config, needs: StoreNeeds): Promise<DatabaseStores> {
  const { log, closers } = needs;
  const address = neo4j as NonNullable<Config['neo4j']>;
  const projectionVersion = PROJECTION_VERSION;
  const store = await openNeo4jLineageStore({ ...address, projectionVersion });
  closers.add(() => store.close());
  const operational = openNeo4jOperationalStore({ ...address, clock });
  closers.add(() => operational.close());
  await refuseHalfCopied(operational);
  const accessLog = openNeo4jAccessLog({ ...address, clock, log });
  closers.add(() => accessLog.close());
  return { store, operational, accessLog };
}
