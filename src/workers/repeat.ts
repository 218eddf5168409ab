/** Work that is done again and again. */
export interface Repeated {
  /** Waits for the turn under way; there is none after it. */
  stop(): Promise<void>;
}

export interface RepeatOptions {
  /** From the end of one turn to the start of the next, in milliseconds. */
  readonly everyMs: number;
  /** Told of a turn that failed; the next one comes all the same. */
  readonly onFailure: (error: unknown) => void;
}

/** Does the work again and again, never two turns at once. The first comes after one wait. */
export function repeat(turn: () => Promise<unknown>, options: RepeatOptions): Repeated {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<unknown> = Promise.resolve();
  const wait = () => {
    timer = setTimeout(() => {
      underWay = turn()
        .catch(options.onFailure)
        .finally(() => {
          if (!stopped) wait();
        });
    }, options.everyMs);
    timer.unref();
  };
  wait();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
