import type { ActorRef } from '../domain/actor.ts';

/** Bytes of a person's key: AES-256. */
export const PERSON_KEY_BYTES = 32;

/**
 * The keys that personal values are encrypted under, one a person, kept outside the database
 * and its backups. Destroying a key erases everything that was encrypted under it. Failures:
 * INVALID_INPUT, FORBIDDEN, UNAVAILABLE, INTERNAL.
 */
export interface PersonKeys {
  /** The person's key; made and durable when there was none. FORBIDDEN after `destroy`. */
  obtain(person: ActorRef): Promise<Buffer>;

  /** The person's key, or null when there is none or it was destroyed. */
  find(person: ActorRef): Promise<Buffer | null>;

  /** MUST be durable before it resolves; no copy remains. */
  destroy(person: ActorRef): Promise<void>;
}
