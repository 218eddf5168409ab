import { hexOf, sha256 } from '../../domain/digest.ts';
import type { OperationalPage, OperationalRoom } from '../../ports/operational-store.ts';
import { int, type Row, type Statement } from './bolt.ts';

/** Characters of a key by which lists are made: a few more than an index could be too many. */
const PLACE_CHARACTERS = 500;
const HIGHEST_CHARACTER = '\u{10ffff}';

/** Where an entry is. */
export interface EntryPlace {
  readonly room: OperationalRoom;
  readonly key: string;
}

/** An entry as it is to be; without a value it is to go. */
export interface EntryState extends EntryPlace {
  readonly value: string | null;
  readonly expiresMs: number | null;
}

/** What is stored of an entry. */
export interface StoredValue {
  readonly value: string;
  readonly expiresMs: number | null;
}

export function idOf({ room, key }: EntryPlace): string {
  return hexOf(sha256(`${room}\n${key}`));
}

const GET =
  'UNWIND $ids AS id MATCH (entry:OperationalEntry {id: id}) ' +
  'WHERE entry.expiresMs IS NULL OR entry.expiresMs > $now RETURN entry.id, entry.value';

export function getEntries(ids: readonly string[], nowMs: number): Statement {
  return [GET, { ids, now: int(nowMs) }];
}

const LIST =
  'MATCH (entry:OperationalEntry) ' +
  'WHERE entry.room = $room AND entry.place >= $from AND entry.place <= $to ' +
  'AND entry.key STARTS WITH $prefix ' +
  'AND ($after IS NULL OR entry.place > $afterPlace OR entry.key > $after) ' +
  'AND (entry.expiresMs IS NULL OR entry.expiresMs > $now) ' +
  'RETURN entry.key, entry.value, entry.expiresMs ORDER BY entry.place, entry.key LIMIT $limit';

export function listEntries(
  room: OperationalRoom,
  { prefix, after, limit }: OperationalPage,
  nowMs: number,
): Statement {
  const start = placeOf(prefix);
  const afterPlace = after === undefined ? '' : placeOf(after);
  const to = `${start}${HIGHEST_CHARACTER.repeat(PLACE_CHARACTERS)}`;
  const from = isBefore(start, afterPlace) ? afterPlace : start;
  const range = { from, to, prefix, after: after ?? null, afterPlace };
  return [LIST, { room, ...range, limit: int(limit), now: int(nowMs) }];
}

/** Locks entries in the order of their ids, whether they are there or not. */
const LOCK =
  'UNWIND $ids AS id MERGE (entry:OperationalEntry {id: id}) SET entry.locked = true ' +
  'REMOVE entry.locked';
const READ =
  'UNWIND $ids AS id MATCH (entry:OperationalEntry {id: id}) WHERE entry.value IS NOT NULL ' +
  'RETURN entry.id, entry.value, entry.expiresMs';

/** What is there is read by a statement of its own behind the lock, never along with it. */
export function lockAndRead(ids: readonly string[]): Statement[] {
  const sorted = [...ids].sort();
  return [
    [LOCK, { ids: sorted }],
    [READ, { ids: sorted }],
  ];
}

export function storedValues(rows: readonly Row[]): Map<string, StoredValue> {
  return new Map(
    rows.map(([id, value, expiresMs]) => [
      String(id),
      { value: String(value), expiresMs: expiresMs === null ? null : Number(expiresMs) },
    ]),
  );
}

const SET =
  'UNWIND $rows AS row MERGE (entry:OperationalEntry {id: row.id}) ' +
  'SET entry.room = row.room, entry.key = row.key, entry.place = row.place, ' +
  'entry.value = row.value, entry.expiresMs = row.expiresMs';
const DELETE = 'UNWIND $ids AS id MATCH (entry:OperationalEntry {id: id}) DELETE entry';

/** Sorted by id: transactions that wait for each other in different orders would end in a tie. */
export function writeEntries(states: ReadonlyMap<string, EntryState>): Statement[] {
  const sorted = [...states].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = sorted.flatMap(([id, { room, key, value, expiresMs }]) => {
    if (value === null) return [];
    const expiry = expiresMs === null ? null : int(expiresMs);
    return [{ id, room, key, place: placeOf(key), value, expiresMs: expiry }];
  });
  const ids = sorted.flatMap(([id, { value }]) => (value === null ? [id] : []));
  return [
    ...(rows.length > 0 ? [[SET, { rows }] as const] : []),
    ...(ids.length > 0 ? [[DELETE, { ids }] as const] : []),
  ];
}

const EXPIRED =
  'MATCH (entry:OperationalEntry) WHERE entry.expiresMs <= $now RETURN entry.id LIMIT $limit';
const DELETE_EXPIRED =
  'UNWIND $ids AS id MATCH (entry:OperationalEntry {id: id}) ' +
  'WHERE entry.expiresMs <= $now DELETE entry';

export function findExpired(nowMs: number, limit: number): Statement {
  return [EXPIRED, { now: int(nowMs), limit: int(limit) }];
}

/** Entries that were put anew meanwhile stay, which is seen under their locks only. */
export function deleteExpired(ids: readonly string[], nowMs: number): Statement[] {
  const sorted = [...ids].sort();
  return [
    [LOCK_PRESENT, { ids: sorted }],
    [DELETE_EXPIRED, { ids: sorted, now: int(nowMs) }],
  ];
}

const LOCK_PRESENT =
  'UNWIND $ids AS id MATCH (entry:OperationalEntry {id: id}) SET entry.locked = true ' +
  'REMOVE entry.locked';

/** Whole characters, so that places sort as their keys do. */
function placeOf(key: string): string {
  return [...key.slice(0, 2 * PLACE_CHARACTERS)].slice(0, PLACE_CHARACTERS).join('');
}

/** As the database compares: by characters, not by their halves. */
function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}
