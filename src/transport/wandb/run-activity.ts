import { type Instant, instantFromMs } from '../../domain/time.ts';
import type { Hub } from '../hub.ts';
import { RecentlyUsed } from './recently-used.ts';

/** How old what is kept of a run's last sign of life may be, in milliseconds. */
export const ACTIVITY_STEP_MS = 60_000;
/** Runs whose last sign of life is known without looking it up. */
const KNOWN_RUNS_MAX = 10_000;
const ROOM = 'run-telemetry';

/**
 * When runs were heard of last. It is no fact: a process that trains gives a sign of life every
 * thirty seconds, and only that it fell silent is news.
 */
export class RunActivity {
  readonly #hub: Hub;
  readonly #known = new RecentlyUsed<number>(KNOWN_RUNS_MAX);

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async note(run: string): Promise<void> {
    const now = this.#hub.clock.nowMs();
    if (now - (this.#known.get(run) ?? 0) < ACTIVITY_STEP_MS) return;
    await this.#hub.operational.put(ROOM, [{ key: keyOf(run), value: instantFromMs(now) }]);
    this.#known.set(run, now);
  }

  async last(run: string): Promise<Instant | null> {
    return (await this.#hub.operational.get(ROOM, keyOf(run))) as Instant | null;
  }
}

function keyOf(run: string): string {
  return `seen/${run}`;
}
