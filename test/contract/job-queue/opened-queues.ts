import { onTestFinished } from 'vitest';
import type { Job, JobQueue, NewJob, WorkOptions } from '../../../src/ports/job-queue.ts';
import type { Log } from '../../../src/ports/log.ts';

/** An empty store of jobs, which each call of `open` opens as one more process does. */
export interface JobStore {
  open(log: Log): Promise<JobQueue>;
}

/** How long a test waits for what must come, in milliseconds. */
const COMES_WITHIN_MS = 15_000;

export const OPTIONS: WorkOptions = {
  concurrency: 8,
  attemptsMax: 3,
  backoffMs: 20,
  backoffMsMax: 100,
  leaseMs: 10_000,
};

export const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** A queue that is closed when its test ends. */
export async function opened(store: JobStore, log = SILENT): Promise<JobQueue> {
  const queue = await store.open(log);
  onTestFinished(() => queue.close());
  return queue;
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const late = performance.now() + COMES_WITHIN_MS;
  while (!(await holds())) {
    if (performance.now() > late) throw new Error(`not so in time: ${holds}`);
    await pause(5);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

export function job(key: string, payload = `payload of ${key}`): NewJob {
  return { key, payload };
}

/** Notes what it is given, and does what a test says. */
export class Handler {
  readonly seen: Job[] = [];
  inHand = 0;
  inHandMost = 0;
  readonly #act: (job: Job) => unknown;

  constructor(act: (job: Job) => unknown = () => undefined) {
    this.#act = act;
  }

  readonly handle = async (job: Job): Promise<void> => {
    this.seen.push(job);
    this.inHand += 1;
    this.inHandMost = Math.max(this.inHandMost, this.inHand);
    try {
      await this.#act(job);
    } finally {
      this.inHand -= 1;
    }
  };

  keys(): string[] {
    return this.seen.map(({ key }) => key).sort();
  }
}

/** A place where handlers wait until a test lets them go on. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((go) => (open = go));
  return { passed, open: () => open() };
}
