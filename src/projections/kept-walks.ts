import type { ActorRef } from '../domain/actor.ts';
import type { ReadableWalk } from './restrict-walk.ts';

/** As much of a walk as its size tells. */
export interface KnownWalk extends ReadableWalk {
  /** Something in it stands for hidden nodes. */
  readonly hides: boolean;
  /** A bigger walk may have more. */
  readonly isPart: boolean;
}

/** Walks that are kept for the next page; each has at most WALK_NODES_MAX nodes. */
export const WALKS_KEPT_MAX = 8;
/** Most readers of whom is noted that they go on behind large pages. */
const READERS_NOTED_MAX = 1_000;

/**
 * Keeps the walks that readers are paging through, so that a page is not a new walk. A key must
 * hold everything that the walk depends on: question, log index, and the reader's rights of now.
 */
export class KeptWalks {
  readonly #walks = new Map<string, Promise<KnownWalk>>();
  readonly #goOn = new Set<ActorRef>();

  walk(key: string, make: () => Promise<KnownWalk>): Promise<KnownWalk> {
    const kept = this.#walks.get(key) ?? make();
    this.#walks.delete(key);
    this.#walks.set(key, kept);
    kept.catch(() => this.#walks.delete(key));
    if (this.#walks.size > WALKS_KEPT_MAX) {
      const [oldest] = this.#walks.keys();
      if (oldest !== undefined) this.#walks.delete(oldest);
    }
    return kept;
  }

  /** Notes that a reader has gone on behind a large page, as they will probably do again. */
  noteGoesOn(reader: ActorRef): void {
    this.#goOn.add(reader);
    if (this.#goOn.size > READERS_NOTED_MAX) {
      const [oldest] = this.#goOn;
      if (oldest !== undefined) this.#goOn.delete(oldest);
    }
  }

  /** Whether the reader did so after their last large first page; from now on it counts anew. */
  takeGoesOn(reader: ActorRef): boolean {
    return this.#goOn.delete(reader);
  }
}
