import { FactConsumers } from '../ledger/consumers/fact-consumers.ts';
import { runColumns } from '../ledger/consumers/run-columns.ts';
import { Lease } from '../ledger/lease.ts';
import type { Hub } from '../transport/hub.ts';
import type { RunActivity } from '../transport/wandb/run-activity.ts';
import { startConsumers } from '../workers/consumer-loop.ts';
import { Closers } from './closers.ts';
import { type Config, isShared } from './config.ts';
import { recordPipelines } from './record-pipelines.ts';
import { watchRuns } from './watch-runs.ts';

export interface Work {
  /** Takes up nothing more, and waits for what is in hand. */
  stop(): Promise<void>;
}

/** Starts what is done behind the doors, in a process whose role it is. */
export function startWork(hub: Hub, activity: RunActivity, config: Config): Work {
  const { operational, clock, ids } = hub;
  const closers = new Closers();
  const lease = isShared(config) ? new Lease({ job: 'watch-runs', operational, clock, ids }) : null;
  const watching = watchRuns(hub, activity, { ...config, lease });
  closers.add(() => watching.stop());
  const recording = recordPipelines(hub);
  closers.add(() => recording.stop());
  const consumers = new FactConsumers({ ...hub, consumers: [runColumns(hub.telemetry.columns)] });
  const consuming = startConsumers({ consumers, queue: hub.queue, log: hub.log });
  closers.add(() => consuming.stop());
  return { stop: () => closers.close() };
}
