import { runFinished, runResumed } from '../domain/audit/facts/run.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type FinalStatus, mayFinish, type RunStatus } from '../domain/lineage/run-status.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { JsonObject } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { existing } from './placing.ts';

/** A stream of telemetry that the finish seals. */
export interface SealedTelemetry {
  readonly stream: string;
  readonly bytes: number;
  readonly lines: number;
  readonly digest: string;
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
}

export const finishRun: Command<FinishRunInput> = {
  operation: 'finishRun',
  derived: ['liveSummary', 'sealed'],
  wants: ({ run }) => ({ nodes: [run] }),
  requires: ({ run }) => [{ permission: 'record.write', of: run }],
  decide: ({ run, status, exitCode, summary, liveSummary, sealed, occurredAt }, { view }) => {
    const row = existing(view, run, 'RUN');
    const from = row.props.status as RunStatus;
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
    return fact(runFinished, {
      data: {
        run: { id: run, name: row.name, project },
        status,
        exitCode,
        summary: summary ?? liveSummary ?? (row.props.summary as JsonObject | undefined) ?? {},
        sealed: [...sealed],
      },
      projects: [project],
      subject: subjectOf(row),
      occurredAt,
    });
  },
};

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
}

export const resumeRun: Command<ResumeRunInput> = {
  operation: 'resumeRun',
  wants: finishRun.wants as Command<ResumeRunInput>['wants'],
  requires: finishRun.requires as Command<ResumeRunInput>['requires'],
  decide: ({ run, occurredAt }, { view }) => {
    const row = existing(view, run, 'RUN');
    const previousStatus = row.props.status as RunStatus;
    if (previousStatus === 'RUNNING') return unchanged(row);
    const project = row.project as NodeId;
    return fact(runResumed, {
      data: { run: { id: run, name: row.name, project }, previousStatus },
      projects: [project],
      subject: subjectOf(row),
      occurredAt,
    });
  },
};
