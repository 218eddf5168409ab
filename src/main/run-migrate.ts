import { join } from 'node:path';
import { makeDurableFolder } from '../adapters/filesystem/durable-folders.ts';
import { holdDataLock } from '../adapters/sqlite/data-lock.ts';
import { openLog } from '../adapters/system/pino-log.ts';
import { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { DATA_LAYOUT } from './data-layout.ts';
import { openStores } from './open-stores.ts';

/** Opens the stores as a hub does, which brings them up to date, and closes them. */
export async function runMigrate(config: Config): Promise<void> {
  const closers = new Closers();
  const facts = await closers.unlessFails(async () => {
    if (config.neo4j === null) {
      await makeDurableFolder(config.dataDir);
      const lock = holdDataLock(join(config.dataDir, DATA_LAYOUT.lock));
      closers.add(() => lock.release());
    }
    const { store } = await openStores(config, { log: openLog(config.logLevel), closers });
    return (await store.head()).size;
  });
  await closers.close();
  console.log(`the graph's schema is up to date; it holds ${facts} facts`);
}
