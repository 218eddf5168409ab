import type { PackedReadings } from '../../ports/access-buffer.ts';
import { accessEntriesOf } from '../../ports/access-entries.ts';
import type { AccessSweep } from '../../ports/gathering-access-log.ts';
import type { Cell, Database } from './driver.ts';

const WRITE =
  'insert into access (id, actor, via, subject, project, how, door, first_at, last_at, count) ' +
  'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set ' +
  'last_at = max(last_at, excluded.last_at), count = count + excluded.count';
const SWEEP =
  'delete from access where id in ' +
  '(select id from access where first_at < ? order by first_at limit ?)';

/** Writes all of them in one transaction, or none. */
export function writeAccess(database: Database, readings: PackedReadings): void {
  // Whoever else writes to the file waits for the transaction, so rows are made before it.
  const rows = rowsOf(readings);
  database.exec('begin immediate');
  try {
    const statement = database.prepare(WRITE);
    for (const row of rows) statement.run(...row);
    database.exec('commit');
  } catch (error) {
    // Some errors, a full disk among them, end the transaction by themselves.
    if (database.inTransaction()) database.exec('rollback');
    throw error;
  }
}

export function sweepAccess(database: Database, { before, entriesMax }: AccessSweep): number {
  return database.prepare(SWEEP).run(before, entriesMax);
}

function rowsOf(readings: PackedReadings): Cell[][] {
  return accessEntriesOf(readings).map((entry) => {
    const { id, actor, via, subject, project, how, door, firstAt, lastAt, count } = entry;
    return [id, actor, via, subject, project, how, door, firstAt, lastAt, count];
  });
}
