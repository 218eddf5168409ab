import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqliteLineageStore } from '../../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeLineageStore } from './describe-lineage-store.ts';

describeLineageStore('SQLite', async () => {
  const file = join(await temporaryFolder(), 'lineage.db');
  return {
    open: async () => {
      const store = await openSqliteLineageStore({ file, projectionVersion: 1 });
      onTestFinished(() => store.close());
      return store;
    },
  };
});
