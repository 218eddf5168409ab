import { DomainError } from '../../domain/errors.ts';
import type { TelemetryColumns } from '../../ports/telemetry-columns.ts';
import type { Consumer } from './consumer.ts';

/**
 * The process that sealed a run makes its files itself in its next pause, within five minutes; one
 * that died before is made good by then, in milliseconds.
 */
const AFTER_MS = 6 * 60_000;

/** Makes the files of a run's rows after its telemetry was sealed. */
export function runColumns(columns: Pick<TelemetryColumns, 'bringUpToDate'>): Consumer {
  return {
    name: 'run-columns',
    types: ['run.finished', 'run.crashed', 'runTelemetry.sealed'],
    delayMs: AFTER_MS,
    handle: async ({ index, subject }) => {
      if (subject === null) throw new DomainError('INTERNAL', `fact ${index} names no run`);
      await columns.bringUpToDate(subject);
    },
  };
}
