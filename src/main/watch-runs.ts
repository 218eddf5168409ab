import type { Hub } from '../transport/hub.ts';
import { sealedRunFiles } from '../transport/kept-run-files.ts';
import type { RunActivity } from '../transport/wandb/run-activity.ts';
import { type Repeated, repeat } from '../workers/repeat.ts';
import { RunWatcher } from '../workers/run-watcher.ts';
import type { Config } from './config.ts';

/** How often runs are looked after, in milliseconds. */
export const RUN_WATCH_INTERVAL_MS = 15_000;
/** Where runs may be silent for a short time only, they are looked after so often within it. */
const LOOKS_PER_SILENCE = 4;

/** Looks after the runs that the wandb door hears of, from now on. */
export function watchRuns(
  hub: Hub,
  activity: RunActivity,
  { runSilentMs: silentMs }: Pick<Config, 'runSilentMs'>,
): Repeated {
  const { store, ledger, telemetry, clock, log } = hub;
  const sealedFiles = (run: string) => sealedRunFiles(hub, run);
  const parts = { store, ledger, telemetry, clock, log, sealedFiles, silentMs };
  const watcher = new RunWatcher({ ...parts, signs: activity });
  const everyMs = Math.min(RUN_WATCH_INTERVAL_MS, silentMs / LOOKS_PER_SILENCE);
  const turn = async () => {
    const done = await watcher.turn();
    if (Object.values(done).some((count) => count > 0)) hub.log.info({ ...done }, 'watched runs');
  };
  const onFailure = (error: unknown) => {
    log.error({ error: String(error) }, 'runs could not be looked after; the next turn comes');
  };
  return repeat(turn, { everyMs, onFailure });
}
