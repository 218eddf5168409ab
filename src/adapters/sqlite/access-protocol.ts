import type { ActorRef } from '../../domain/actor.ts';
import type { Instant } from '../../domain/time.ts';
import type { AccessDoor, AccessEntry, AccessKind, AccessQuery } from '../../ports/access-log.ts';

/** The thread of the access log, which does all that it does with the database. */
export interface AccessRole {
  /** The operational store's file. */
  readonly file: string;
}

export interface AccessOperations {
  open: (role: AccessRole) => null;
  close: (input: null) => null;
  /** All of them, or none when it fails. */
  write: (readings: PackedReadings) => null;
  /** Removes the oldest of the entries that began before a time; tells how many those were. */
  sweep: (input: Sweep) => number;
  list: (query: AccessQuery) => readonly AccessEntry[];
}

export interface Sweep {
  readonly before: Instant;
  readonly entriesMax: number;
}

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
