import type { FactConsumers } from '../ledger/consumers/fact-consumers.ts';
import type { JobQueue, WorkOptions } from '../ports/job-queue.ts';
import type { Log } from '../ports/log.ts';
import { type Repeated, repeat } from './repeat.ts';

export interface ConsumerLoopTiming {
  /** How often facts of other processes are looked for, in milliseconds. */
  readonly feedEveryMs: number;
  /** How often jobs are looked for that the queue may have lost, in milliseconds, */
  readonly mendEveryMs: number;
  /** and for how long they have been due then. */
  readonly mendAfterMs: number;
}

const TIMING: ConsumerLoopTiming = { feedEveryMs: 500, mendEveryMs: 30_000, mendAfterMs: 60_000 };

const WORK: WorkOptions = {
  concurrency: 4,
  attemptsMax: 10,
  backoffMs: 1_000,
  backoffMsMax: 300_000,
  leaseMs: 30_000,
};

export interface ConsumerLoopParts {
  readonly consumers: FactConsumers;
  readonly queue: JobQueue;
  readonly log: Log;
  readonly timing?: ConsumerLoopTiming | undefined;
  readonly work?: WorkOptions | undefined;
}

export interface ConsumerLoop {
  /** Facts were recorded: looks for them now. */
  wake(): void;
  /** Makes no more jobs, and waits for those in hand. */
  stop(): Promise<void>;
}

/** Makes jobs of facts for as long as it runs, does them, and makes good what a queue lost. */
export function startConsumers(parts: ConsumerLoopParts): ConsumerLoop {
  const { consumers, queue, log, timing = TIMING, work = WORK } = parts;
  const feeding = new Feeding(parts);
  // What a queue lost while nobody was here comes back at once.
  let mended = false;
  const mend = async () => {
    const added = await consumers.addAgain(mended ? timing.mendAfterMs : 0);
    if (added > 0) log.info({ jobs: added }, 'jobs of consumers that may be lost are added again');
    mended = true;
  };
  const failed = (error: unknown) =>
    log.warn({ error: String(error) }, 'jobs of consumers could not be looked for');
  const first = mend().catch(failed);
  const mending: Repeated = repeat(mend, { everyMs: timing.mendEveryMs, onFailure: failed });
  const working = queue.work('consumer', consumers.handle, work);
  return {
    wake: () => feeding.wake(),
    stop: async () => {
      await Promise.all([first, mending.stop(), feeding.stop()]);
      await working.drain();
    },
  };
}

/** Feeds at each wake and after each pause, never twice at once. */
class Feeding {
  readonly #parts: ConsumerLoopParts;
  readonly #ended: Promise<void>;
  #stopped = false;
  #failing = false;
  #woken = false;
  #wake: () => void = () => undefined;

  constructor(parts: ConsumerLoopParts) {
    this.#parts = parts;
    this.#ended = this.#run();
  }

  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      if ((await this.#feed()) === 'done') await this.#pause();
    }
  }

  async #feed(): Promise<'more' | 'done'> {
    const { consumers, log } = this.#parts;
    try {
      const result = await consumers.feed();
      this.#failing = false;
      return result;
    } catch (error) {
      if (!this.#failing) log.warn({ error: String(error) }, 'facts wait: no jobs can be made');
      this.#failing = true;
      return 'done';
    }
  }

  async #pause(): Promise<void> {
    if (this.#woken || this.#stopped) return;
    const { feedEveryMs } = this.#parts.timing ?? TIMING;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((go) => {
      this.#wake = go;
      timer = setTimeout(go, feedEveryMs);
      timer.unref();
    });
    clearTimeout(timer);
  }
}
