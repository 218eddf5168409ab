import type { PackedReadings } from '../../ports/access-buffer.ts';
import type { AccessEntry, AccessQuery } from '../../ports/access-log.ts';
import type { AccessSweep } from '../../ports/gathering-access-log.ts';

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
  sweep: (input: AccessSweep) => number;
  list: (query: AccessQuery) => readonly AccessEntry[];
}
