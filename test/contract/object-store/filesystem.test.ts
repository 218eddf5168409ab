import { openFilesystemObjectStore } from '../../../src/adapters/filesystem/filesystem-object-store.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../../src/adapters/system/system-ids.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { describeObjectStore } from './describe-object-store.ts';

describeObjectStore('filesystem', async () =>
  openFilesystemObjectStore({
    folder: await temporaryFolder(),
    ids: systemIds,
    clock: systemClock,
  }),
);
