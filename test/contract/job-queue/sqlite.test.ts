import { join } from 'node:path';
import { openSqliteJobQueue } from '../../../src/adapters/sqlite/sqlite-job-queue.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../../src/adapters/system/system-ids.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeJobQueue } from './describe-job-queue.ts';

describeJobQueue('sqlite', async () => {
  const file = join(await temporaryFolder(), 'jobs.db');
  const parts = { clock: systemClock, ids: systemIds };
  return { open: (log) => openSqliteJobQueue({ file, log, ...parts }) };
});
