import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteOperationalStore } from '../../src/adapters/sqlite/sqlite-operational-store.ts';
import { systemClock as clock } from '../../src/adapters/system/system-clock.ts';
import { systemIds as ids } from '../../src/adapters/system/system-ids.ts';
import { Lease } from '../../src/ledger/lease.ts';

/**
 * Wants a lease until it is killed, and prints a line of each moment at which it held it. Started
 * by leases.test.ts with a folder and a name.
 */
const [folder = '', name = ''] = process.argv.slice(2);
const file = join(folder, 'operational.db');
const operational = await openSqliteOperationalStore({ file, clock });
const lease = new Lease({ job: 'watch-runs', operational, clock, ids });

for (;;) {
  const isHeld = await lease.hold().catch(() => false);
  if (isHeld) writeSync(1, `${name}\n`);
  await new Promise((wake) => setTimeout(wake, 20));
}
