/** Work that must not overlap: of each key one piece at a time, in the order it came. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const own = before.then(work, work);
    const done = own.catch(() => undefined).finally(() => this.#forget(key, done));
    this.#last.set(key, done);
    return own;
  }

  #forget(key: string, done: Promise<unknown>): void {
    if (this.#last.get(key) === done) this.#last.delete(key);
  }
}
