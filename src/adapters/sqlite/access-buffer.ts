import { hexOf, sha256 } from '../../domain/digest.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { AccessEntry, AccessNote } from '../../ports/access-log.ts';

const HOUR_MS = 3_600_000;
/** Ids start with the hour, so that those of one time lie together in their index. */
const HOUR_DIGITS = 8;
/** Digits of the digest within an id: 96 bits. */
const ID_DIGITS = 24;

interface Gathered {
  readonly note: AccessNote;
  readonly hour: number;
  readonly firstMs: number;
  lastMs: number;
  count: number;
}

/** Notes that wait to be written, equal ones as one. Holds so many different ones at most. */
export class AccessBuffer {
  readonly #gathered = new Map<string, Gathered>();
  readonly #entriesMax: number;
  #lost = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#gathered.size;
  }

  /** Notes that found no place since this was last asked. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  add(note: AccessNote, nowMs: number): void {
    const hour = Math.floor(nowMs / HOUR_MS);
    const { actor, via, subject, how, door } = note;
    // Ids have no spaces; only what stands last could have.
    const key = `${hour} ${how} ${door} ${subject} ${actor} ${via}`;
    const known = this.#gathered.get(key);
    if (known) {
      known.count += 1;
      known.lastMs = Math.max(known.lastMs, nowMs);
      return;
    }
    if (this.#gathered.size >= this.#entriesMax) this.#loseOldest();
    this.#gathered.set(key, { note, hour, firstMs: nowMs, lastMs: nowMs, count: 1 });
  }

  /** The oldest entries; they stay until they are dropped. */
  oldest(limit: number): AccessEntry[] {
    const entries: AccessEntry[] = [];
    for (const [key, gathered] of this.#gathered) {
      if (entries.length === limit) break;
      entries.push(entryOf(key, gathered));
    }
    return entries;
  }

  /** Forgets the oldest entries, which were written. */
  drop(entries: number): void {
    let left = entries;
    for (const key of this.#gathered.keys()) {
      if (left === 0) break;
      this.#gathered.delete(key);
      left -= 1;
    }
  }

  #loseOldest(): void {
    for (const [key, { count }] of this.#gathered) {
      this.#gathered.delete(key);
      this.#lost += count;
      return;
    }
  }
}

function entryOf(key: string, { note, hour, firstMs, lastMs, count }: Gathered): AccessEntry {
  const digits = hexOf(sha256(key)).slice(0, ID_DIGITS);
  return {
    ...note,
    id: `${hour.toString(16).padStart(HOUR_DIGITS, '0')}${digits}`,
    firstAt: instantFromMs(firstMs),
    lastAt: instantFromMs(lastMs),
    count,
  };
}
