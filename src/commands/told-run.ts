import type { OpenLineageSet, ToldRun } from '../domain/audit/facts/openlineage.ts';
import { type EventTime, instantOf } from '../domain/lineage/event-time.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { rankOf, saidOf, winsOver } from '../domain/lineage/registers.ts';
import type { RunStatus } from '../domain/lineage/run-status.ts';
import type { EventType, ToldEvent } from '../domain/lineage/told-event.ts';
import type { Instant } from '../domain/time.ts';
import type { ToldNames } from './told-names.ts';

const ENDS: Readonly<Partial<Record<EventType, RunStatus>>> = {
  COMPLETE: 'FINISHED',
  FAIL: 'FAILED',
  ABORT: 'KILLED',
};

export function toldRunOf(row: Pick<NodeRow, 'props'> | undefined): ToldRun | null {
  return (row?.props.openlineage ?? null) as unknown as ToldRun | null;
}

/** The run with one more event. */
export function withEvent(
  before: ToldRun | null,
  event: ToldEvent,
  { job }: Pick<ToldNames, 'job'>,
): ToldRun {
  const { eventTime: at, eventType, digest: by } = event;
  const said = { at, rank: rankOf(eventType, 'INPUT'), by };
  const type = eventType as EventType;
  const ends = ENDS[type] !== undefined && winsOver(said, before?.end ?? undefined);
  const named = { ...saidOf(said), id: job?.id ?? '', name: event.job?.name ?? '' };
  return {
    runId: event.run?.runId ?? '',
    first: earlier(before?.first ?? null, at),
    start: type === 'START' ? earlier(before?.start ?? null, at) : (before?.start ?? null),
    end: ends ? { ...saidOf(said), type } : (before?.end ?? null),
    job: before === null || winsOver(said, before.job) ? named : before.job,
  };
}

function earlier(a: EventTime | null, b: EventTime): EventTime {
  return a !== null && a < b ? a : b;
}

export function statusOf({ end }: ToldRun): RunStatus {
  return (end && ENDS[end.type]) ?? 'RUNNING';
}

/** When the run wrote what it named first then; null where it ended without having written. */
export function writtenAt(run: ToldRun, first: EventTime): Instant | null {
  const status = statusOf(run);
  if (status === 'RUNNING') return instantOf(first);
  return status === 'FINISHED' && run.end ? instantOf(run.end.at) : null;
}

/** The properties that a run has by its events. */
export function runProps(run: ToldRun): OpenLineageSet {
  return {
    openlineage: run,
    displayName: run.job.name,
    job: run.job.id,
    status: statusOf(run),
    startedAt: instantOf(run.start ?? run.first),
    endedAt: run.end ? instantOf(run.end.at) : null,
  };
}
