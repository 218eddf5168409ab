/** Somebody waits for an interactive command; a bulk one was acknowledged by other means. */
export type Lane = 'interactive' | 'bulk';

/**
 * Two queues of which the interactive one comes first. The other one has a few places in each
 * group all the same, so that it never stands still.
 */
export class Lanes<T> {
  readonly #groupMax: number;
  readonly #bulkMin: number;
  #interactive: T[] = [];
  #bulk: T[] = [];

  constructor({ groupMax, bulkMin }: { readonly groupMax: number; readonly bulkMin: number }) {
    this.#groupMax = groupMax;
    this.#bulkMin = bulkMin;
  }

  waitingIn(lane: Lane): number {
    return this.#of(lane).length;
  }

  add(lane: Lane, item: T): void {
    this.#of(lane).push(item);
  }

  /** Puts a group that was taken back to the front. */
  giveBack(group: readonly T[]): void {
    this.#interactive.unshift(...group);
  }

  take(): T[] {
    const reserved = Math.min(this.#bulkMin, this.#bulk.length);
    const first = this.#interactive.splice(0, this.#groupMax - reserved);
    return [...first, ...this.#bulk.splice(0, this.#groupMax - first.length)];
  }

  #of(lane: Lane): T[] {
    return lane === 'bulk' ? this.#bulk : this.#interactive;
  }
}
