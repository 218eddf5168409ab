import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { OperationalStore } from '../ports/operational-store.ts';

/** How long a job stays with a process that gives no sign any more, in milliseconds. */
export const LEASE_LIFE_MS = 5_000;
/** A holder renews its lease when so much of its life has passed, in milliseconds. */
export const LEASE_RENEW_MS = LEASE_LIFE_MS / 3;

/** How often somebody who waits for a lease looks, in milliseconds. */
const LOOK_EVERY_MS = 100;

/** Jobs that one process of an installation does at a time. Add, never rename. */
export type LeasedJob = 'found' | 'watch-runs' | 'seal' | 'reconcile' | 'consume';

export interface LeaseParts {
  readonly job: LeasedJob;
  readonly operational: Pick<OperationalStore, 'get' | 'swap'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Lets one process of several do a job. Whoever holds the lease must ask `hold` right before each
 * act: a process that was stopped, or cut off from the store, has lost its lease to another one
 * meanwhile and learns it then. Every time that the lease is taken it has a value of its own, by
 * which alone it is renewed, so nobody renews what another one has taken since.
 */
export class Lease {
  readonly #parts: LeaseParts;
  /** The value under which this process holds the lease, or tried to take it. */
  #term: string | null = null;
  /** From when on it surely holds it, by the clock; null when it may not. */
  #sinceMs: number | null = null;
  #asking: Promise<boolean> | null = null;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /**
   * Whether the job is this process's now; takes it when it is free. The store is asked unless it
   * said so a moment ago. Fails as the store does, and then the job is not this process's.
   */
  async hold(): Promise<boolean> {
    if (this.#isFresh()) return true;
    this.#asking ??= this.#renewOrTake().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** Leaves the job to others at once, if this process has it. */
  async release(): Promise<void> {
    await this.#asking?.catch(() => false);
    const term = this.#term;
    this.#term = null;
    this.#sinceMs = null;
    if (term !== null) await this.#swap(term, term, 0);
  }

  #isFresh(): boolean {
    if (this.#sinceMs === null) return false;
    const passedMs = this.#parts.clock.nowMs() - this.#sinceMs;
    return passedMs >= 0 && passedMs < LEASE_RENEW_MS;
  }

  async #renewOrTake(): Promise<boolean> {
    const sinceMs = this.#parts.clock.nowMs();
    this.#sinceMs = null;
    const isHeld = (await this.#renew()) || (await this.#take());
    if (!isHeld) return false;
    this.#sinceMs = sinceMs;
    return this.#isAlive(sinceMs);
  }

  /** A process that was stopped while it asked has an answer that is too old. */
  #isAlive(sinceMs: number): boolean {
    const passedMs = this.#parts.clock.nowMs() - sinceMs;
    return passedMs >= 0 && passedMs < LEASE_LIFE_MS;
  }

  async #renew(): Promise<boolean> {
    if (this.#term === null) return false;
    if (await this.#swap(this.#term, this.#term, LEASE_LIFE_MS)) return true;
    this.#term = null;
    return false;
  }

  /** Looks before it tries: those who wait for a lease should not write all the time. */
  async #take(): Promise<boolean> {
    const { operational, ids, job } = this.#parts;
    if ((await operational.get('lease', job)) !== null) return false;
    // Remembered before it is asked for: an answer that is lost does not lose the lease too.
    this.#term = ids.uuid();
    if (await this.#swap(null, this.#term, LEASE_LIFE_MS)) return true;
    this.#term = null;
    return false;
  }

  #swap(was: string | null, value: string, lifeMs: number): Promise<boolean> {
    const { operational, job } = this.#parts;
    return operational.swap('lease', { key: job, was, value }, lifeMs);
  }
}

/** Waits until the lease is this process's, and keeps it while the work goes on. */
export async function holding<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
  while (!(await lease.hold())) await pause();
  const keeping = setInterval(() => void lease.hold().catch(() => false), LEASE_RENEW_MS);
  try {
    return await work();
  } finally {
    clearInterval(keeping);
    // Left to itself it ends soon.
    await lease.release().catch(() => undefined);
  }
}

function pause(): Promise<void> {
  return new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS));
}
