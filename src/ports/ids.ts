/** Chance, as a port, so that a failing test can be run again. */
export interface Ids {
  /** A random UUID (RFC 9562 version 4) in lower case. */
  uuid(): string;
  /** Bytes fit for keys and salts. */
  bytes(count: number): Buffer;
}
