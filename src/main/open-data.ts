import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { openFilesystemObjectStore } from '../adapters/filesystem/filesystem-object-store.ts';
import { openNeo4jLineageStore } from '../adapters/neo4j/neo4j-lineage-store.ts';
import { openSqliteLineageStore } from '../adapters/sqlite/sqlite-lineage-store.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { systemIds } from '../adapters/system/system-ids.ts';
import { PROJECTION_VERSION } from '../domain/audit/fact-types.ts';
import { FACT_BODY_BYTES_MAX, type ReadBody } from '../domain/audit/leaf.ts';
import { DomainError } from '../domain/errors.ts';
import type { OpenLineageStore } from '../ports/lineage-store.ts';
import { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { DATA_LAYOUT } from './data-layout.ts';

export interface OpenData {
  readonly live: OpenLineageStore;
  readonly readBody: ReadBody;
}

/** Opens a data folder to read, beside a hub that may be running on it. */
export async function openData(config: Config): Promise<OpenData> {
  const live = await openGraph(config);
  const closers = new Closers();
  closers.add(() => live.close());
  const folder = join(config.dataDir, DATA_LAYOUT.objects);
  const objects = await closers.unlessFails(() =>
    openFilesystemObjectStore({ folder, ids: systemIds, clock: systemClock }),
  );
  return { live, readBody: (digest) => objects.read(digest, FACT_BODY_BYTES_MAX) };
}

/** The graph where it is, for reading: nothing is made or brought up to date. */
export async function openGraph({ neo4j, dataDir }: Config): Promise<OpenLineageStore> {
  const options = { access: 'read-only', projectionVersion: PROJECTION_VERSION } as const;
  if (neo4j !== null) return openNeo4jLineageStore({ ...neo4j, ...options });
  const file = join(dataDir, DATA_LAYOUT.graph);
  await access(file).catch(() => {
    throw new DomainError('NOT_FOUND', `there is no hub in ${dataDir}: ${file} is missing`);
  });
  return openSqliteLineageStore({ file, readers: 1, ...options });
}
