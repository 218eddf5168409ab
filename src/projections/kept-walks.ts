import type { ReadableWalk } from './restrict-walk.ts';

/** Whole walks that are kept for the next page; each has at most WALK_NODES_MAX nodes. */
export const WALKS_KEPT_MAX = 8;

/**
 * Keeps the walks that readers are paging through, so that a page is not a new walk. A key must
 * hold everything that the walk depends on: question, log index, and the reader's rights of now.
 */
export class KeptWalks {
  readonly #walks = new Map<string, Promise<ReadableWalk>>();

  walk(key: string, make: () => Promise<ReadableWalk>): Promise<ReadableWalk> {
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
}
