/** Longest key in UTF-8 bytes. */
export const OPERATIONAL_KEY_BYTES_MAX = 8_192;
/** Most entries of one page. */
export const OPERATIONAL_PAGE_ENTRIES_MAX = 10_000;
/** Longest value in UTF-8 bytes. */
export const OPERATIONAL_VALUE_BYTES_MAX = 4 * 1024 * 1024;

/** The rooms of the store: credentials, uploads under way, and what else is not a fact. */
export const OPERATIONAL_ROOMS = [
  'credential',
  'sign-in-key',
  'email',
  'key-use',
  'upload',
  'upload-file',
  'run-telemetry',
  'lease',
  'cursor',
  'raw-cursor',
  'raw-unsettled',
  'raw-dead',
] as const;
export type OperationalRoom = (typeof OPERATIONAL_ROOMS)[number];

export interface OperationalEntry {
  readonly key: string;
  readonly value: string;
}

export interface ListedEntry extends OperationalEntry {
  /** When its life ends, in milliseconds since 1970; left out of one that lives for ever. */
  readonly endsAtMs?: number;
}

/**
 * Data that the hub needs to work and that is no part of the record: it is in no digest and is
 * not replayed. Keys and values are texts without NUL. Failures: INVALID_INPUT (NUL, half of a
 * surrogate pair, a bad limit or life), LIMIT_EXCEEDED, UNAVAILABLE, INTERNAL.
 */
export interface OperationalStore {
  get(room: OperationalRoom, key: string): Promise<string | null>;

  /**
   * Sets the entries at once, all or none. MUST be durable before it resolves. An entry lives for
   * `lifeMs` from now; left out, for ever, whatever life it had before.
   */
  put(room: OperationalRoom, entries: readonly OperationalEntry[], lifeMs?: number): Promise<void>;

  /** Entries whose keys start with the prefix, by key; behind `after`, at most `limit`. */
  list(room: OperationalRoom, page: OperationalPage): Promise<readonly ListedEntry[]>;

  delete(room: OperationalRoom, keys: readonly string[]): Promise<void>;

  /**
   * Sets one entry if its value is still `was`, and says whether it did; `was` is null when there
   * must be none. An entry whose life has ended is none. MUST be atomic among all processes on
   * the store: of several that expect the same, one is told true. Durable before it resolves, and
   * entries live as those of `put` do. After UNAVAILABLE it may have been set or not.
   */
  swap(room: OperationalRoom, swap: OperationalSwap, lifeMs?: number): Promise<boolean>;

  close(): Promise<void>;
}

export interface OperationalSwap extends OperationalEntry {
  readonly was: string | null;
}

export interface OperationalPage {
  readonly prefix: string;
  readonly after?: string | undefined;
  readonly limit: number;
}
