import { hexOf, sha256 } from '../../domain/digest.ts';
import { instantFromMs } from '../../domain/time.ts';
import { type PackedReadings, READING_CELLS, type Reader, type Sweep } from './access-protocol.ts';
import type { Cell, Database } from './driver.ts';

/** Ids start with the hour, so that those of one time lie together in their index. */
const HOUR_DIGITS = 8;
/** Digits of the digest within an id: 96 bits. */
const ID_DIGITS = 24;

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

export function sweepAccess(database: Database, { before, entriesMax }: Sweep): number {
  return database.prepare(SWEEP).run(before, entriesMax);
}

function rowsOf({ readers, cells }: PackedReadings): Cell[][] {
  const rows: Cell[][] = [];
  for (let at = 0; at < cells.length; at += READING_CELLS) {
    const [place, subject, project = null, firstMs, lastMs, count] = cells.slice(
      at,
      at + READING_CELLS,
    );
    const reader = readers[Number(place)];
    if (reader === undefined) throw new Error(`a reading by the reader ${place}, who is not there`);
    const times = [firstMs, lastMs].map((ms) => instantFromMs(Number(ms)));
    const { actor, via, how, door } = reader;
    const id = idOf(reader, String(subject));
    rows.push([id, actor, via, String(subject), project, how, door, ...times, Number(count)]);
  }
  return rows;
}

/** The same for all equal readings of an hour, so that writing more of them finds the row. */
function idOf({ hour, how, door, actor, via }: Reader, subject: string): string {
  // Ids have no spaces; only what stands last could have.
  const digest = sha256(`${hour} ${how} ${door} ${subject} ${actor} ${via}`);
  const digits = hexOf(digest).slice(0, ID_DIGITS);
  return `${hour.toString(16).padStart(HOUR_DIGITS, '0')}${digits}`;
}
