import type { PackedReadings } from '../../ports/access-buffer.ts';
import { accessEntriesOf } from '../../ports/access-entries.ts';
import type { AccessSweep } from '../../ports/gathering-access-log.ts';
import { int, type Statement } from './bolt.ts';

/** Makes the entries, or locks those that are there: what is added to is read behind that. */
const MAKE =
  'UNWIND $rows AS row MERGE (entry:AccessEntry {id: row.id}) ' +
  'ON CREATE SET entry += row.fixed, entry.lastAt = row.lastAt, entry.count = 0 ' +
  'SET entry.locked = true REMOVE entry.locked';
const ADD =
  'UNWIND $rows AS row MATCH (entry:AccessEntry {id: row.id}) ' +
  'SET entry.count = entry.count + row.count, entry.lastAt = ' +
  'CASE WHEN row.lastAt > entry.lastAt THEN row.lastAt ELSE entry.lastAt END';

export function writeReadings(readings: PackedReadings): Statement[] {
  const rows = accessEntriesOf(readings)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, lastAt, count, ...fixed }) => ({ id, lastAt, count: int(count), fixed }));
  return [
    [MAKE, { rows }],
    [ADD, { rows }],
  ];
}

const FIND_OLD =
  'MATCH (entry:AccessEntry) WHERE entry.firstAt < $before ' +
  'RETURN entry.id ORDER BY entry.firstAt LIMIT $limit';
const REMOVE = 'UNWIND $ids AS id MATCH (entry:AccessEntry {id: id}) DELETE entry';

/** An entry's first reading never changes: what is old stays so. */
export function findOld({ before, entriesMax }: AccessSweep): Statement {
  return [FIND_OLD, { before, limit: int(entriesMax) }];
}

export function removeOld(ids: readonly string[]): Statement {
  return [REMOVE, { ids: [...ids].sort() }];
}
