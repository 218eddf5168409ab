import { type Instant, instantFromMs, msOfInstant } from '../../domain/time.ts';
import type { Hub } from '../hub.ts';
import { RecentlyUsed } from './recently-used.ts';

/** How old what is kept of a run's last sign of life may be, in milliseconds. */
export const ACTIVITY_STEP_MS = 60_000;
/** Runs whose last sign of life is known without looking it up. */
const KNOWN_RUNS_MAX = 10_000;
const ROOM = 'run-telemetry';
const PREFIX = 'seen/';

/** A run that was heard of, and what is kept of when that was. */
export interface HeardRun {
  readonly run: string;
  readonly at: Instant;
}

interface KnownSign {
  readonly heardMs: number;
  readonly keptMs: number;
}

/**
 * When runs were heard of last. It is no fact: a process that trains gives a sign of life every
 * thirty seconds, and only that it fell silent is news. This process knows to the millisecond, and
 * what is kept for the next one may be a step older.
 */
export class RunActivity {
  readonly #hub: Pick<Hub, 'clock' | 'operational'>;
  readonly #known = new RecentlyUsed<KnownSign>(KNOWN_RUNS_MAX);

  constructor(hub: Pick<Hub, 'clock' | 'operational'>) {
    this.#hub = hub;
  }

  async note(run: string): Promise<void> {
    const now = this.#hub.clock.nowMs();
    const keptMs = this.#known.get(run)?.keptMs;
    if (keptMs !== undefined && now - keptMs < ACTIVITY_STEP_MS) {
      this.#known.set(run, { heardMs: now, keptMs });
      return;
    }
    await this.#hub.operational.put(ROOM, [{ key: keyOf(run), value: instantFromMs(now) }]);
    this.#known.set(run, { heardMs: now, keptMs: now });
  }

  async last(run: string): Promise<Instant | null> {
    const kept = (await this.#hub.operational.get(ROOM, keyOf(run))) as Instant | null;
    const known = this.#known.get(run);
    if (known === undefined) return kept;
    return kept !== null && msOfInstant(kept) > known.heardMs ? kept : instantFromMs(known.heardMs);
  }

  /** Runs that were heard of, by their ids, behind `after`. */
  async page(after: string | undefined, limit: number): Promise<readonly HeardRun[]> {
    const from = after === undefined ? undefined : keyOf(after);
    const entries = await this.#hub.operational.list(ROOM, { prefix: PREFIX, after: from, limit });
    return entries.map(({ key, value }) => ({
      run: key.slice(PREFIX.length),
      at: value as Instant,
    }));
  }

  /** Runs that are over are watched no more. */
  async forget(runs: readonly string[]): Promise<void> {
    await this.#hub.operational.delete(ROOM, runs.map(keyOf));
    for (const run of runs) this.#known.delete(run);
  }
}

function keyOf(run: string): string {
  return `${PREFIX}${run}`;
}
