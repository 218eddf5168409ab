import { hexOf, sha256 } from '../domain/digest.ts';
import { instantFromMs } from '../domain/time.ts';
import { type PackedReadings, READING_CELLS, type Reader } from './access-buffer.ts';
import type { AccessEntry } from './access-log.ts';

/** Ids start with the hour, so that those of one time lie together in their index. */
const HOUR_DIGITS = 8;
/** Digits of the digest within an id: 96 bits. */
const ID_DIGITS = 24;

/** The entries that readings make, where there are none yet to which they add. */
export function accessEntriesOf({ readers, cells }: PackedReadings): AccessEntry[] {
  const entries: AccessEntry[] = [];
  for (let at = 0; at < cells.length; at += READING_CELLS) {
    const [place, subject, project = null, firstMs, lastMs, count] = cells.slice(
      at,
      at + READING_CELLS,
    );
    const reader = readers[Number(place)];
    if (reader === undefined) throw new Error(`a reading by the reader ${place}, who is not there`);
    const { actor, via, how, door } = reader;
    entries.push({
      id: idOf(reader, String(subject)),
      ...{ actor, via, how, door },
      subject: String(subject),
      project: project === null ? null : String(project),
      firstAt: instantFromMs(Number(firstMs)),
      lastAt: instantFromMs(Number(lastMs)),
      count: Number(count),
    });
  }
  return entries;
}

/** The same for all equal readings of an hour, so that writing more of them finds the row. */
function idOf({ hour, how, door, actor, via }: Reader, subject: string): string {
  // Ids have no spaces; only what stands last could have.
  const digest = sha256(`${hour} ${how} ${door} ${subject} ${actor} ${via}`);
  const digits = hexOf(digest).slice(0, ID_DIGITS);
  return `${hour.toString(16).padStart(HOUR_DIGITS, '0')}${digits}`;
}
