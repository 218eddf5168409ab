import type { Actor } from '../domain/actor.ts';
import type { Digest } from '../domain/digest.ts';
import type { ProjectName } from '../domain/lineage/names.ts';
import type { Instant } from '../domain/time.ts';

/** Largest event that is kept, in bytes as they came, after decompression. */
export const RAW_EVENT_BYTES_MAX = 8 * 1024 * 1024;
/** Most events in one call of `keep` or one page of `list`. */
export const RAW_EVENTS_PAGE_MAX = 1_000;
/** How far the time at which an event was received may be from the store's own, either way. */
export const RAW_RECEIVED_SLACK_MS = 10 * 60_000;

/** Doors that keep what they get before they work on it. Add, never rename. */
export const RAW_DOORS = ['openlineage'] as const;
export type RawDoor = (typeof RAW_DOORS)[number];

/** What is known of an event beside its bytes. */
export interface RawOrigin {
  readonly door: RawDoor;
  readonly sender: Actor;
  /** Where it is to be recorded. */
  readonly project: ProjectName;
  readonly receivedAt: Instant;
  /** SHA-256 of the event in RFC 8785 form: events that say the same are the same. */
  readonly digest: Digest;
}

/** What somebody sent, with who it was. */
export interface NewRawEvent extends RawOrigin {
  readonly bytes: Uint8Array;
}

/** An event in a list, where its bytes are left out: a page of them may be large. */
export interface KeptRawEvent extends RawOrigin {
  /** Where it is kept; says nothing to others. Short enough for a job's payload. */
  readonly ref: string;
}

export interface RawEvent extends KeptRawEvent {
  readonly bytes: Uint8Array;
}

/**
 * What async doors were sent, kept for a bounded time. Events of several processes are kept side
 * by side. Failures are DomainErrors: INVALID_INPUT, LIMIT_EXCEEDED, BACKPRESSURE (more waits for
 * the disk than may), UNAVAILABLE (disk full too), INTERNAL.
 */
export interface RawEvents {
  /**
   * Keeps the events; answers their refs in the same order. MUST NOT resolve before all are
   * durable; callers at the same time share one sync of the disk. A call that fails may have kept
   * some of its events, and MUST NOT harm what others keep.
   */
  keep(events: readonly NewRawEvent[]): Promise<readonly string[]>;

  /**
   * The event, or null when it was removed. Bytes that are not those that were kept are INTERNAL,
   * never an event.
   */
  read(ref: string): Promise<RawEvent | null>;

  /**
   * One page, behind the ref `after`, in the order of the refs: not that of time, where several
   * processes keep events. Every event that was received in the given span and that `keep`
   * resolved for MUST be found by paging from the start. Whole events only: what a crash cut off
   * is left out, and what was damaged later too.
   */
  list(page: RawPage): Promise<readonly KeptRawEvent[]>;

  /**
   * Removes groups of events all of which were received before; answers how many groups went.
   * An event received at that time or later MUST stay.
   */
  removeBefore(time: Instant): Promise<number>;

  close(): Promise<void>;
}

export interface RawPage {
  readonly after?: string | undefined;
  /** Only events received at this time or later, and before `before`. */
  readonly since?: Instant | undefined;
  readonly before?: Instant | undefined;
  /** Fewer than that means that the end was reached. */
  readonly limit: number;
}
