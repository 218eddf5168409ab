import { join } from 'node:path';
import { openFilesystemRawEvents } from '../adapters/filesystem/filesystem-raw-events.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { Log } from '../ports/log.ts';
import type { RawEvents } from '../ports/raw-events.ts';
import type { Config } from './config.ts';
import { DATA_LAYOUT } from './data-layout.ts';

export interface RawEventsNeeds {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What pipelines sent lies in the data folder, which processes of one hub share. */
export function openRawEvents(
  { dataDir }: Pick<Config, 'dataDir'>,
  { clock, ids, log }: RawEventsNeeds,
): Promise<RawEvents> {
  return openFilesystemRawEvents({
    ...{ folder: join(dataDir, DATA_LAYOUT.raw), clock, ids },
    onDamage: (place) => log.error({ ...place }, 'a raw event is not what was kept'),
  });
}
