/** Whoever can wait begins when nothing was written for so long, in milliseconds. */
export const LULL_MS = 10_000;
/** Even when there is no such pause, nobody is kept waiting for longer, in milliseconds. */
export const LULL_WAIT_MS_MAX = 300_000;

/** Lets work that is not urgent wait for a pause in the writing. */
export class TelemetryLull {
  #lastWrite = Number.NEGATIVE_INFINITY;
  #ended = false;
  #wake: () => void = () => {};

  noteWrite(): void {
    this.#lastWrite = performance.now();
  }

  /** Resolves in a pause, or when the wait that began at `since` has been long enough. */
  async waitFor(since: number): Promise<void> {
    while (!this.#ended) {
      const due = Math.min(this.#lastWrite + LULL_MS, since + LULL_WAIT_MS_MAX);
      const left = due - performance.now();
      if (left <= 0) return;
      await this.#sleep(left);
    }
  }

  /** Nobody waits any longer. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Keeps no process alive: what waits here can be made by whoever needs it. */
  async #sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((wake) => {
      this.#wake = wake;
      timer = setTimeout(wake, Math.ceil(ms)).unref();
    });
    clearTimeout(timer);
  }
}
