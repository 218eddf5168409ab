import type { Actor } from '../domain/actor.ts';
import type { Digest } from '../domain/digest.ts';
import type { ProjectName } from '../domain/lineage/names.ts';
import type { Instant } from '../domain/time.ts';

/** Largest event that is kept, in bytes as they came, after decompression. */
export const RAW_EVENT_BYTES_MAX = 8 * 1024 * 1024;
/** Most events in one call of `keep` or one page of `list`. */
export const RAW_EVENTS_PAGE_MAX = 1_000;

/** Doors that keep what they get before they work on it. Add, never rename. */
export const RAW_DOORS = ['openlineage'] as const;
export type RawDoor = (typeof RAW_DOORS)[number];

/** What somebody sent, with who it was. */
export interface NewRawEvent {
  readonly door: RawDoor;
  readonly sender: Actor;
  /** Where it is to be recorded. */
  readonly project: ProjectName;
  readonly receivedAt: Instant;
  /** SHA-256 of the event in RFC 8785 form: events that say the same are the same. */
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

export interface RawEvent extends NewRawEvent {
  /** Where it is kept; says nothing to others. Short enough for a job's payload. */
  readonly ref: string;
}

/**
 * What async doors were sent, kept for a bounded time. Events of several processes are kept side
 * by side. Failures are DomainErrors: INVALID_INPUT, LIMIT_EXCEEDED, UNAVAILABLE (disk full too),
 * INTERNAL.
 */
export interface RawEvents {
  /**
   * Keeps the events, all or none; answers their refs in the same order. MUST NOT resolve before
   * all are durable; callers at the same time share one sync of the disk.
   */
  keep(events: readonly NewRawEvent[]): Promise<readonly string[]>;

  /**
   * The event, or null when it was removed. Bytes that are not those that were kept are INTERNAL,
   * never an event.
   */
  read(ref: string): Promise<RawEvent | null>;

  /** One page, behind the ref `after`, in an order in which events of one process stay as kept. */
  list(page: RawPage): Promise<readonly RawEvent[]>;

  /** Removes events that were received before; answers how many groups of events went. */
  removeBefore(time: Instant): Promise<number>;

  close(): Promise<void>;
}

export interface RawPage {
  readonly after?: string | undefined;
  /** Only events received before this time. */
  readonly before?: Instant | undefined;
  readonly limit: number;
}
