import { join } from 'node:path';
import { openSqliteAccessLog } from '../../../src/adapters/sqlite/sqlite-access-log.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeAccessLog } from './describe-access-log.ts';

describeAccessLog('sqlite', async (options) => {
  const file = join(await temporaryFolder(), 'operational.db');
  const reopen = () => openSqliteAccessLog({ file, ...options });
  return { accessLog: await reopen(), reopen };
});
