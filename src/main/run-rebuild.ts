import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteLineageStore } from '../adapters/sqlite/sqlite-lineage-store.ts';
import { PROJECTION_VERSION } from '../domain/audit/fact-types.ts';
import type { Difference } from '../ledger/compare-graphs.ts';
import { type Rebuilt, rebuild } from '../ledger/rebuild.ts';
import { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { openData } from './open-data.ts';

/** Most differences that are printed one by one. */
export const DIFFERENCES_SHOWN_MAX = 100;

/** Replays the log into a temporary file, compares, and prints what differs. */
export async function runRebuild(config: Config, format: 'json' | 'text'): Promise<number> {
  const closers = new Closers();
  const exitCode = await closers.unlessFails(async () => {
    const { live, readBody } = await openData(config);
    closers.add(() => live.close());
    const folder = await mkdtemp(join(config.dataDir, 'rebuild-'));
    closers.add(() => rm(folder, { recursive: true, force: true }));
    const scratch = await openSqliteLineageStore({
      file: join(folder, 'scratch.db'),
      readers: 1,
      projectionVersion: PROJECTION_VERSION,
    });
    closers.add(() => scratch.close());
    const rebuilt = await rebuild({ live, scratch, readBody });
    console.log(format === 'json' ? JSON.stringify(rebuilt) : report(rebuilt));
    return rebuilt.differences.length + rebuilt.faults.length === 0 ? 0 : 1;
  });
  await closers.close();
  return exitCode;
}

function report({ facts, nodes, edges, differences, faults }: Rebuilt): string {
  const counted = `${facts} facts replayed, ${nodes} nodes and ${edges} edges compared`;
  const found = differences.length + faults.length;
  if (found === 0) return `equal: ${counted}`;
  const named = [
    ...faults.map(({ index, fault }) => `  fact ${index}: ${fault}`),
    ...differences.map((difference) => `  ${sentence(difference)}`),
  ];
  const more = named.length - DIFFERENCES_SHOWN_MAX;
  return [
    `different: ${counted}, ${found} ${found === 1 ? 'difference' : 'differences'}`,
    ...named.slice(0, DIFFERENCES_SHOWN_MAX),
    ...(more > 0 ? [`  and ${more} more; --json prints them all`] : []),
  ].join('\n');
}

function sentence({ what, id, how, fields }: Difference): string {
  if (how === 'missing') return `${what} ${id} is in the log and not in the graph`;
  if (how === 'extra') return `${what} ${id} is in the graph and not in the log`;
  return `${what} ${id} was changed: ${fields.join(', ')}`;
}
