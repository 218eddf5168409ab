import { openFilesystemPersonKeys } from '../../../src/adapters/filesystem/filesystem-person-keys.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../../src/adapters/system/system-ids.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describePersonKeys } from './describe-person-keys.ts';

describePersonKeys('filesystem', async () => {
  const folder = await temporaryFolder();
  const reopen = () => openFilesystemPersonKeys({ folder, ids: systemIds, clock: systemClock });
  return { keys: await reopen(), reopen };
});
