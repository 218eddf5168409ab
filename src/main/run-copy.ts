import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { openFilesystemObjectStore } from '../adapters/filesystem/filesystem-object-store.ts';
import { openNeo4jLineageStore } from '../adapters/neo4j/neo4j-lineage-store.ts';
import { openNeo4jOperationalStore } from '../adapters/neo4j/operational-store.ts';
import { holdDataLock } from '../adapters/sqlite/data-lock.ts';
import { openSqliteLineageStore } from '../adapters/sqlite/sqlite-lineage-store.ts';
import { openSqliteOperationalStore } from '../adapters/sqlite/sqlite-operational-store.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { systemIds as ids } from '../adapters/system/system-ids.ts';
import { PROJECTION_VERSION } from '../domain/audit/fact-types.ts';
import { FACT_BODY_BYTES_MAX } from '../domain/audit/leaf.ts';
import { DomainError } from '../domain/errors.ts';
import { type Copied, copyLog } from '../ledger/copy-log.ts';
import { copyOperational } from '../ledger/copy-operational.ts';
import type { OpenLineageStore } from '../ports/lineage-store.ts';
import type { OperationalStore } from '../ports/operational-store.ts';
import { Closers } from './closers.ts';
import type { Config, Neo4jConfig } from './config.ts';
import { beginCopy, endCopy } from './copy-mark.ts';
import { DATA_LAYOUT } from './data-layout.ts';
import { showProgress } from './show-progress.ts';

/** Nobody else waits for the head of a database that is being filled, in milliseconds. */
const COPY_BATCH_MS_MAX = 60_000;

interface Ends {
  readonly store: OpenLineageStore;
  readonly operational: OperationalStore;
}

/**
 * Moves an embedded installation to Neo4j by replaying its log. Bytes, telemetry and keys stay in
 * the data folder, which the hub on Neo4j goes on using. 0 when both graphs are equal.
 */
export async function runCopy(
  config: Config,
  to: Neo4jConfig,
  format: 'json' | 'text',
): Promise<number> {
  const closers = new Closers();
  const exitCode = await closers.unlessFails(async () => {
    const began = performance.now();
    const source = await openSource(config, closers);
    const target = await openTarget(to, closers);
    await beginCopy(target.operational);
    const folder = join(config.dataDir, DATA_LAYOUT.objects);
    const objects = await openFilesystemObjectStore({ folder, ids, clock });
    const progress = showProgress(process.stderr);
    const copied = await copyLog(
      {
        from: source.store,
        to: target.store,
        readBody: (digest) => objects.read(digest, FACT_BODY_BYTES_MAX),
      },
      progress.tell,
    ).finally(progress.end);
    const entries = await copyOperational(source.operational, target.operational, clock);
    const equal = copied.digests?.source.state === copied.digests?.target.state;
    const isWhole = equal && copied.digests !== null && copied.faults.length === 0;
    if (isWhole) await endCopy(target.operational);
    const seconds = (performance.now() - began) / 1_000;
    const figures = { ...copied, entries, seconds, equal: isWhole };
    console.log(format === 'json' ? JSON.stringify(figures) : report(figures));
    return isWhole ? 0 : 1;
  });
  await closers.close();
  return exitCode;
}

/** Held for as long as the copy takes: a hub that wrote on would be left behind. */
async function openSource({ dataDir }: Config, closers: Closers): Promise<Ends> {
  const file = join(dataDir, DATA_LAYOUT.graph);
  await access(file).catch(() => {
    throw new DomainError('NOT_FOUND', `there is no hub in ${dataDir}: ${file} is missing`);
  });
  const lock = holdDataLock(join(dataDir, DATA_LAYOUT.lock));
  closers.add(() => lock.release());
  const store = await openSqliteLineageStore({
    ...{ file, readers: 1, projectionVersion: PROJECTION_VERSION },
  });
  closers.add(() => store.close());
  const operational = await openSqliteOperationalStore({
    file: join(dataDir, DATA_LAYOUT.operational),
    clock,
  });
  closers.add(() => operational.close());
  return { store, operational };
}

async function openTarget(to: Neo4jConfig, closers: Closers): Promise<Ends> {
  const store = await openNeo4jLineageStore({
    ...to,
    projectionVersion: PROJECTION_VERSION,
    headMsMax: COPY_BATCH_MS_MAX,
  });
  closers.add(() => store.close());
  const operational = openNeo4jOperationalStore({ ...to, clock });
  closers.add(() => operational.close());
  return { store, operational };
}

interface Figures extends Copied {
  readonly entries: number;
  readonly seconds: number;
  readonly equal: boolean;
}

function report({ facts, from, faults, digests, entries, seconds, equal }: Figures): string {
  const copied = facts - from;
  const rate = seconds > 0 ? Math.round(copied / seconds) : copied;
  const lines = [
    `${copied} of ${facts} facts copied in ${seconds.toFixed(1)} s (${rate}/s), ` +
      `${from} were there, ${entries} operational entries`,
    ...faults.map(({ index, fault }) => `  fact ${index}: ${fault}`),
  ];
  if (digests === null) return [...lines, 'the copy ended before the end of the log'].join('\n');
  const { source, target } = digests;
  if (!equal && source.state === target.state) {
    return [...lines, 'the graphs are equal, but the log contradicts itself'].join('\n');
  }
  return [
    ...lines,
    equal ? `equal: state ${target.state}` : 'different:',
    ...(equal ? [] : [`  state here ${source.state}`, `  state there ${target.state}`]),
    equal
      ? 'set LEDGERLINE_NEO4J_URL and start the hub on the same data folder'
      : 'the graph here is not what its log says: `ledgerline rebuild` names where',
  ].join('\n');
}
