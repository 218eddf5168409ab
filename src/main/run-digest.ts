import { digestGraph } from '../ledger/graph-digest.ts';
import type { Config } from './config.ts';
import { openData } from './open-data.ts';

/** Prints the two digests of the graph, a line each. */
export async function runDigest(config: Config): Promise<number> {
  const { live } = await openData(config);
  try {
    const { state, content } = await digestGraph(live);
    console.log(`state ${state}`);
    console.log(`content ${content}`);
    return 0;
  } finally {
    await live.close();
  }
}
