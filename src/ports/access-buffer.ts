import type { ActorRef } from '../domain/actor.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { AccessDoor, AccessKind, AccessNote } from './access-log.ts';

/** Who read in which hour, how and through which door. */
export interface Reader {
  readonly actor: ActorRef;
  readonly via: string;
  readonly how: AccessKind;
  readonly door: AccessDoor;
  /** Hours since 1970. */
  readonly hour: number;
}

/**
 * Readings for the journey between threads: few objects and one flat list, since packing them
 * costs the time of requests. Ids are made by the thread, for the same reason.
 */
export interface PackedReadings {
  readonly readers: readonly Reader[];
  /** READING_CELLS for each: reader's place, subject, project, first and last ms, count. */
  readonly cells: readonly (string | number | null)[];
}

export const READING_CELLS = 6;

const HOUR_MS = 3_600_000;

/** Readers come back with one subject after another, so they are looked up less than subjects. */
interface Readings {
  readonly key: string;
  readonly reader: Reader;
  readonly bySubject: Map<NodeId, Gathered>;
}

interface Gathered {
  readonly readings: Readings;
  readonly subject: NodeId;
  readonly project: NodeId | null;
  readonly firstMs: number;
  lastMs: number;
  count: number;
  /** How many of `count` are under way. */
  taken: number;
}

/** Notes that wait to be written, equal ones as one. Holds so many different ones at most. */
export class AccessBuffer {
  readonly #entriesMax: number;
  readonly #readings = new Map<string, Readings>();
  #latest: Readings | undefined;
  /** In the order they came; those before `#first` are gone. */
  #queue: Gathered[] = [];
  #first = 0;
  /** Those under way. */
  #taken: readonly Gathered[] = [];
  #lost = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#queue.length - this.#first + this.#taken.length;
  }

  /** Notes that found no place since this was last asked. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  add(note: AccessNote, nowMs: number): void {
    const readings = this.#readingsOf(note, Math.floor(nowMs / HOUR_MS));
    const known = readings.bySubject.get(note.subject);
    if (known !== undefined) {
      known.count += 1;
      if (nowMs > known.lastMs) known.lastMs = nowMs;
      return;
    }
    const { subject, project } = note;
    const times = { firstMs: nowMs, lastMs: nowMs };
    const gathered = { readings, subject, project, ...times, count: 1, taken: 0 };
    readings.bySubject.set(subject, gathered);
    this.#queue.push(gathered);
    if (this.size > this.#entriesMax) this.#loseOldest();
  }

  /**
   * The oldest entries. They keep their places until `written` or `putBack` tells how it went;
   * equal notes that come meanwhile are counted for the next time.
   */
  take(entriesMax: number): PackedReadings {
    this.#taken = this.#queue.slice(this.#first, this.#first + entriesMax);
    this.#skip(this.#taken.length);
    return packed(this.#taken);
  }

  /** What was taken is written. */
  written(): void {
    for (const gathered of this.#taken) {
      gathered.count -= gathered.taken;
      gathered.taken = 0;
      if (gathered.count > 0) this.#queue.push(gathered);
      else this.#forget(gathered);
    }
    this.#taken = [];
  }

  /** What was taken is not written, and goes first again. */
  putBack(): void {
    for (const gathered of this.#taken) gathered.taken = 0;
    this.#queue = [...this.#taken, ...this.#queue.slice(this.#first)];
    this.#first = 0;
    this.#taken = [];
  }

  #readingsOf({ actor, via, how, door }: AccessNote, hour: number): Readings {
    const latest = this.#latest;
    if (latest !== undefined && isBy(latest.reader, { actor, via, how, door, hour })) {
      return latest;
    }
    // Actors have no spaces; only what stands last could have.
    const key = `${hour} ${how} ${door} ${actor} ${via}`;
    const known = this.#readings.get(key);
    const readings = known ?? {
      key,
      reader: { actor, via, how, door, hour },
      bySubject: new Map(),
    };
    if (known === undefined) this.#readings.set(key, readings);
    this.#latest = readings;
    return readings;
  }

  /** What is under way may be written already, so it is not lost. */
  #loseOldest(): void {
    const oldest = this.#queue[this.#first];
    if (oldest === undefined) return;
    this.#lost += oldest.count;
    this.#forget(oldest);
    this.#skip(1);
  }

  #forget({ readings, subject }: Gathered): void {
    readings.bySubject.delete(subject);
    if (readings.bySubject.size > 0) return;
    this.#readings.delete(readings.key);
    if (this.#latest === readings) this.#latest = undefined;
  }

  /** Moving the rest to the front each time would cost as much as all that waits. */
  #skip(entries: number): void {
    this.#first += entries;
    if (this.#first * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#first);
    this.#first = 0;
  }
}

function isBy(reader: Reader, { actor, via, how, door, hour }: Reader): boolean {
  return (
    reader.hour === hour &&
    reader.how === how &&
    reader.door === door &&
    reader.actor === actor &&
    reader.via === via
  );
}

function packed(entries: readonly Gathered[]): PackedReadings {
  const places = new Map<Readings, number>();
  const cells: (string | number | null)[] = [];
  for (const gathered of entries) {
    const { readings, subject, project, firstMs, lastMs, count } = gathered;
    let place = places.get(readings);
    if (place === undefined) {
      place = places.size;
      places.set(readings, place);
    }
    cells.push(place, subject, project, firstMs, lastMs, count);
    gathered.taken = count;
  }
  return { readers: [...places.keys()].map(({ reader }) => reader), cells };
}
