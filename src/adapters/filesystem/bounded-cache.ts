/** A map that forgets what was not used for longest when it holds more than its limit. */
export class BoundedCache<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #entriesMax: number;
  readonly #mayForget: (value: V) => boolean;

  /** Values for which `mayForget` is false stay, even above the limit, until it is true. */
  constructor(entriesMax: number, mayForget: (value: V) => boolean = () => true) {
    this.#entriesMax = entriesMax;
    this.#mayForget = mayForget;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#entriesMax) this.#forget(key);
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  #forget(newest: K): void {
    for (const [key, value] of this.#entries) {
      if (this.#entries.size <= this.#entriesMax) return;
      if (key !== newest && this.#mayForget(value)) this.#entries.delete(key);
    }
  }
}
