import { rawJob, refOfRawJob } from '../ledger/raw-job.ts';
import type { DeadJob, JobQueue } from '../ports/job-queue.ts';
import type { OperationalStore } from '../ports/operational-store.ts';
import type { KeptRawEvent, RawEvents } from '../ports/raw-events.ts';
import { RAW_RETENTION_MS } from './raw-reconciler.ts';

/** Most dead events of one page. */
export const DEAD_EVENTS_PAGE_MAX = 500;

export interface DeadEventsParts {
  readonly rawEvents: RawEvents;
  readonly queue: Pick<JobQueue, 'add' | 'dead'>;
  readonly operational: OperationalStore;
}

/** One page of events that could not be recorded, by the keys of their jobs, behind `after`. */
export async function deadEvents(
  { operational }: Pick<DeadEventsParts, 'operational'>,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly DeadJob[]> {
  const entries = await operational.list('raw-dead', { prefix: '', after, limit });
  return entries.map(({ value }) => JSON.parse(value) as DeadJob);
}

/**
 * Lets dead events be tried anew; answers how many of them are. They count as unsettled from then
 * on, before the queue has them: what becomes of them is looked after as with a new event.
 */
export async function retryDeadEvents(
  jobs: readonly DeadJob[],
  { rawEvents, queue, operational }: DeadEventsParts,
): Promise<number> {
  const kept: KeptRawEvent[] = [];
  for (const { payload } of jobs) {
    const event = await rawEvents.read(refOfRawJob(payload));
    if (event === null) continue;
    const { bytes: _, ...origin } = event;
    kept.push(origin);
  }
  const notes = kept.map((event) => ({ key: event.ref, value: JSON.stringify(event) }));
  if (notes.length > 0) await operational.put('raw-unsettled', notes, RAW_RETENTION_MS);
  await operational.delete(
    'raw-dead',
    jobs.map(({ key }) => key),
  );
  if (kept.length > 0) await queue.add('openlineage', kept.map(rawJob));
  return kept.length;
}
