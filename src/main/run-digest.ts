import { digestGraph, type GraphDigests } from '../ledger/graph-digest.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import type { Config } from './config.ts';
import { openData } from './open-data.ts';

/** How often the digests are begun anew when the graph changed meanwhile. */
export const DIGEST_ATTEMPTS_MAX = 5;
/** Pause before they are begun anew, in milliseconds. */
export const DIGEST_PAUSE_MS = 250;

/** Prints the two digests of the graph, a line each. */
export async function runDigest(config: Config): Promise<number> {
  const { live } = await openData(config);
  try {
    return await printDigests(live);
  } finally {
    await live.close();
  }
}

/** 1, and nothing that could be taken for a digest, when the graph never stood still. */
export async function printDigests(store: LineageStore): Promise<number> {
  const digests = await digestsAtRest(store);
  if (digests === null) {
    console.error(
      `writers are active: the graph changed during each of ${DIGEST_ATTEMPTS_MAX} attempts; ` +
        'stop the hub, or try again when it is quiet',
    );
    return 1;
  }
  console.log(`state ${digests.state}`);
  console.log(`content ${digests.content}`);
  return 0;
}

/** Every change of the graph comes with a fact, so a head that stood still vouches for both. */
async function digestsAtRest(store: LineageStore): Promise<GraphDigests | null> {
  for (let attempt = 1; attempt <= DIGEST_ATTEMPTS_MAX; attempt += 1) {
    if (attempt > 1) await new Promise((wake) => setTimeout(wake, DIGEST_PAUSE_MS));
    const before = await store.head();
    const digests = await digestGraph(store);
    const after = await store.head();
    if (after.size === before.size) return digests;
  }
  return null;
}
