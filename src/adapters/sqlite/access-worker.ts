import type { AccessOperations, AccessRole } from './access-protocol.ts';
import { openOperational } from './open-operational.ts';
import { namedFailures } from './operational-failures.ts';
import { readAccess } from './read-access.ts';
import { type Handlers, serveThread } from './serve-thread.ts';
import { sweepAccess, writeAccess } from './write-access.ts';

/**
 * How long a statement waits for whoever else writes to the file, in milliseconds. The hub's own
 * operational data is written by another thread, and soon done; others make notes wait on.
 */
const BUSY_MS_MAX = 250;

/** The thread that holds the access log's connection to the operational store's file. */
function start({ file }: AccessRole): Handlers<AccessOperations> {
  const database = namedFailures(() => openOperational({ file, busyMsMax: BUSY_MS_MAX }));
  return {
    write: (readings) => {
      namedFailures(() => writeAccess(database, readings));
      return null;
    },
    sweep: (input) => namedFailures(() => sweepAccess(database, input)),
    list: (query) => namedFailures(() => readAccess(database, query)),
    close: () => {
      namedFailures(() => database.close());
      return null;
    },
  };
}

serveThread<AccessOperations>(start);
