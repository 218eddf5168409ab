import { join } from 'node:path';
import { openSqliteOperationalStore } from '../../../src/adapters/sqlite/sqlite-operational-store.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeOperationalStore } from './describe-operational-store.ts';

describeOperationalStore('sqlite', async (clock) => {
  const file = join(await temporaryFolder(), 'operational.db');
  const reopen = () => openSqliteOperationalStore({ file, clock });
  return { store: await reopen(), reopen };
});
