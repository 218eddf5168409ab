type Close = () => Promise<void> | void;

/**
 * What is open, and how each of it is closed. A process ends by itself only when nothing is open
 * any more, so one thing that does not close well must not keep the others open.
 */
export class Closers {
  readonly #closes: Close[] = [];

  add(close: Close): void {
    this.#closes.push(close);
  }

  /** Closes the last thing first, each once. Throws the first failure when all were tried. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#closes.pop(); close; close = this.#closes.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Runs the work; when it fails everything is closed, and its own failure is the one thrown. */
  async unlessFails<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.close().catch(() => undefined);
      throw error;
    }
  }
}
