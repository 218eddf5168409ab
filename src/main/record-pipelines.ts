import { recordOpenLineage } from '../commands/record-openlineage.ts';
import { Lease } from '../ledger/lease.ts';
import type { Hub } from '../transport/hub.ts';
import { OpenLineageWorker } from '../workers/openlineage-worker.ts';
import { RawReconciler } from '../workers/raw-reconciler.ts';
import { areRecorded } from '../workers/recorded-keys.ts';
import { repeat } from '../workers/repeat.ts';

/** How often raw events that never became facts are looked for, in milliseconds. */
export const RECONCILE_INTERVAL_MS = 5_000;

export interface RecordingPipelines {
  /** Takes no more events, and waits for those in hand. */
  stop(): Promise<void>;
}

export interface RecordingOptions {
  readonly everyMs?: number;
  readonly settleMs?: number;
}

/** Puts on record what pipelines sent, from now on, and looks after what was left behind. */
export function recordPipelines(
  hub: Hub,
  { everyMs = RECONCILE_INTERVAL_MS, settleMs }: RecordingOptions = {},
): RecordingPipelines {
  const { store, operational, clock, ids, log } = hub;
  const worker = new OpenLineageWorker(hub);
  const lease = new Lease({ job: 'reconcile', operational, clock, ids });
  const reconciler = new RawReconciler({
    ...hub,
    ...(settleMs !== undefined && { settleMs }),
    operation: recordOpenLineage.operation,
    holds: () => lease.hold(),
    areRecorded: (keys) => areRecorded(keys, store),
  });
  const turn = async () => {
    const { looked: _, ...done } = await reconciler.turn();
    if (Object.values(done).some((count) => count > 0)) {
      log.info({ ...done }, 'looked for raw events that never became facts');
    }
  };
  const onFailure = (error: unknown) => {
    log.error({ error: String(error) }, 'raw events could not be looked after; it is tried again');
  };
  const reconciling = repeat(turn, { everyMs, onFailure });
  return {
    stop: async () => {
      await reconciling.stop();
      await lease.release().catch(() => undefined);
      await worker.drain();
    },
  };
}
