import type { AccessLog } from '../../ports/access-log.ts';
import { GatheringAccessLog, type GatheringOptions } from '../../ports/gathering-access-log.ts';
import { AccessThread } from './access-thread.ts';

export interface SqliteAccessLogOptions extends GatheringOptions {
  /** The operational store's file. */
  readonly file: string;
}

/**
 * The access log as a table of the operational store's file, over a connection of its own in a
 * thread of its own.
 */
export async function openSqliteAccessLog(options: SqliteAccessLogOptions): Promise<AccessLog> {
  const { file, log } = options;
  return accessLogOf(await AccessThread.open({ role: { file }, log }), options);
}

export function accessLogOf(thread: AccessThread, options: GatheringOptions): AccessLog {
  return new GatheringAccessLog(
    {
      write: (readings) => thread.ask('write', readings),
      sweep: (sweep) => thread.ask('sweep', sweep),
      list: (query) => thread.ask('list', query),
      close: () => thread.close(),
    },
    options,
  );
}
