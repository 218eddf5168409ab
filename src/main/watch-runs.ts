import { DomainError } from '../domain/errors.ts';
import { LEASE_RENEW_MS, type Lease } from '../ledger/lease.ts';
import type { Hub } from '../transport/hub.ts';
import { sealedRunFiles } from '../transport/kept-run-files.ts';
import { ACTIVITY_STEP_MS, type RunActivity } from '../transport/wandb/run-activity.ts';
import { type Repeated, repeat } from '../workers/repeat.ts';
import { RunWatcher } from '../workers/run-watcher.ts';
import type { Config } from './config.ts';

/** How often runs are looked after, in milliseconds. */
export const RUN_WATCH_INTERVAL_MS = 15_000;
/** Where runs may be silent for a short time only, they are looked after so often within it. */
const LOOKS_PER_SILENCE = 4;

export interface RunWatch extends Pick<Config, 'runSilentMs'> {
  /** Says which of several hubs looks after runs; null where there is one hub only. */
  readonly lease: Pick<Lease, 'hold' | 'release'> | null;
}

/** Looks after the runs that the wandb door hears of, from now on. */
export function watchRuns(hub: Hub, activity: RunActivity, watch: RunWatch): Repeated {
  const { store, telemetry, clock, log } = hub;
  const { lease, runSilentMs } = watch;
  const sealedFiles = (run: string) => sealedRunFiles(hub, run);
  // What another hub heard is known a step late.
  const silentMs = runSilentMs + (lease === null ? 0 : ACTIVITY_STEP_MS);
  const ledger = lease === null ? hub.ledger : ledgerOfHolder(hub, lease);
  const parts = { store, ledger, telemetry, clock, log, sealedFiles, silentMs };
  const watcher = new RunWatcher({ ...parts, signs: activity });
  const everyMs = Math.min(RUN_WATCH_INTERVAL_MS, runSilentMs / LOOKS_PER_SILENCE);
  const turn = async () => {
    if (lease !== null && !(await lease.hold())) return;
    const done = await watcher.turn();
    if (Object.values(done).some((count) => count > 0)) hub.log.info({ ...done }, 'watched runs');
  };
  const onFailure = (error: unknown) => {
    log.error({ error: String(error) }, 'runs could not be looked after; the next turn comes');
  };
  const turns = repeat(turn, { everyMs, onFailure });
  return lease === null ? turns : keeping(lease, turns);
}

/** A hub that stood still during a turn has lost the lease, and what it saw then is of no worth. */
function ledgerOfHolder(
  { ledger }: Hub,
  lease: Pick<Lease, 'hold'>,
): Pick<Hub['ledger'], 'submit'> {
  return {
    submit: async (submission) => {
      if (await lease.hold()) return ledger.submit(submission);
      throw new DomainError('CONFLICT', 'another hub looks after the runs by now');
    },
  };
}

/** Keeps the lease between the turns, so that hubs do not take turns at them. */
function keeping(lease: Pick<Lease, 'hold' | 'release'>, turns: Repeated): Repeated {
  // A store that is away is told of by the turns.
  const onFailure = () => undefined;
  const kept = repeat(() => lease.hold(), { everyMs: LEASE_RENEW_MS, onFailure });
  return {
    stop: async () => {
      await turns.stop();
      await kept.stop();
      await lease.release().catch(onFailure);
    },
  };
}
