import type { AccessLog } from '../../ports/access-log.ts';
import { GatheringAccessLog, type GatheringOptions } from '../../ports/gathering-access-log.ts';
import { readAccess } from './access-queries.ts';
import { findOld, removeOld, writeReadings } from './access-writes.ts';
import { Bolt, type BoltOptions } from './bolt.ts';
import { OperationalTransactions } from './operational-transactions.ts';

export interface Neo4jAccessLogOptions extends BoltOptions, GatheringOptions {}

/** The access log as nodes beside the graph, for several processes. Its schema is there. */
export function openNeo4jAccessLog(options: Neo4jAccessLogOptions): AccessLog {
  const bolt = new Bolt(options);
  const transactions = new OperationalTransactions(bolt);
  return new GatheringAccessLog(
    {
      write: (readings) => transactions.run(writeReadings(readings)),
      sweep: async (sweep) => {
        const ids = (await bolt.read(findOld(sweep))).map(([id]) => String(id));
        if (ids.length > 0) await transactions.run([removeOld(ids)]);
        return ids.length;
      },
      list: (query) => readAccess(bolt, query),
      close: () => bolt.close(),
    },
    options,
  );
}
