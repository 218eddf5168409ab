import { runFinishedV2, runResumedV2 } from '../domain/audit/facts/run.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type FinalStatus, mayFinish, type RunStatus } from '../domain/lineage/run-status.ts';
import type { Instant } from '../domain/time.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { JsonObject } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { existing } from './placing.ts';

/** A stream of telemetry that the finish seals. */
export interface SealedTelemetry {
  readonly stream: string;
  readonly bytes: number;
  readonly lines: number;
  /** Null where the stream's log is damaged. */
  readonly digest: string | null;
}

export interface FinishRunInput extends CommandInput {
  readonly run: NodeId;
  readonly status: FinalStatus;
  readonly exitCode: number | null;
  /** The summary from now on, as the client states it. */
  readonly summary: JsonObject | null;
  /** The summary that its telemetry shows; null keeps what the run has. */
  readonly liveSummary?: JsonObject | null;
  readonly sealed: readonly SealedTelemetry[];
  /** The status instead, where a stop was asked for: the client tells of its exit code alone. */
  readonly ifStopped?: FinalStatus | undefined;
}

export const finishRun: Command<FinishRunInput> = {
  operation: 'finishRun',
  derived: ['liveSummary', 'sealed'],
  wants: ({ run }) => ({ nodes: [run] }),
  requires: ({ run }) => [{ permission: 'record.write', of: run }],
  decide: (input, { view }) => {
    const { run, exitCode, summary, liveSummary, sealed, occurredAt } = input;
    const row = existing(view, run, 'RUN');
    const from = row.props.status as RunStatus;
    const { status, stopRequestedAt } = endOf(input, row);
    if (from === status && saysTheSame(row, { exitCode, summary })) return unchanged(row);
    if (!mayFinish(from, status)) {
      throw new DomainError(
        'CONFLICT',
        from === status
          ? `the run is ${from} already, with another summary or exit code`
          : `the run is ${from} and cannot become ${status}`,
      );
    }
    const project = row.project as NodeId;
    return fact(runFinishedV2, {
      data: {
        run: { id: run, name: row.name, project },
        status,
        exitCode,
        summary: summary ?? liveSummary ?? (row.props.summary as JsonObject | undefined) ?? {},
        sealed: [...sealed],
        stopRequestedAt,
      },
      projects: [project],
      subject: subjectOf(row),
      occurredAt,
    });
  },
};

/** How the run ends, and the stop for the sake of which it is not what the client would call it. */
function endOf({ status, ifStopped }: FinishRunInput, { props }: NodeRow) {
  const asked = (props.stopRequestedAt ?? null) as Instant | null;
  if (ifStopped === undefined || asked === null) return { status, stopRequestedAt: null };
  return { status: ifStopped, stopRequestedAt: asked };
}

/** A finish that is told again, with nothing that differs from what is on record. */
function saysTheSame(
  { props }: NodeRow,
  { exitCode, summary }: Pick<FinishRunInput, 'exitCode' | 'summary'>,
): boolean {
  const sameCode = exitCode === null || exitCode === props.exitCode;
  return (
    sameCode && (summary === null || canonicalJson(summary) === canonicalJson(props.summary ?? {}))
  );
}

export interface ResumeRunInput extends CommandInput {
  readonly run: NodeId;
  /**
   * What becomes of a stop that was asked for: kept where the process that was to stop is heard
   * of again, cleared where another takes the run up.
   */
  readonly stopRequest: 'keep' | 'clear';
}

export const resumeRun: Command<ResumeRunInput> = {
  operation: 'resumeRun',
  wants: ({ run }) => ({ nodes: [run] }),
  requires: ({ run }) => [{ permission: 'record.write', of: run }],
  decide: ({ run, stopRequest, occurredAt }, { view }) => {
    const row = existing(view, run, 'RUN');
    const previousStatus = row.props.status as RunStatus;
    const stopCleared = stopRequest === 'clear' && row.props.stopRequestedAt !== undefined;
    // Nobody may have noticed yet that the process that was to stop is gone.
    if (previousStatus === 'RUNNING' && !stopCleared) return unchanged(row);
    const project = row.project as NodeId;
    return fact(runResumedV2, {
      data: { run: { id: run, name: row.name, project }, previousStatus, stopCleared },
      projects: [project],
      subject: subjectOf(row),
      occurredAt,
    });
  },
};
