import { runCrashed } from '../domain/audit/facts/run.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Instant } from '../domain/time.ts';
import type { JsonObject } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import type { SealedTelemetry } from './finish-run.ts';
import { existing } from './placing.ts';

export interface CrashRunInput extends CommandInput {
  readonly run: NodeId;
  readonly lastSeenAt: Instant;
  /** How long the silence may be, in whole seconds. */
  readonly silentSeconds: number;
  readonly summary: JsonObject;
  readonly sealed: readonly SealedTelemetry[];
}

/** The hub's own inference from silence. A run that ended in the meantime stays as it ended. */
export const crashRun: Command<CrashRunInput> = {
  operation: 'crashRun',
  derived: ['summary', 'sealed'],
  wants: ({ run }) => ({ nodes: [run] }),
  requires: ({ run }) => [{ permission: 'record.write', of: run }],
  decide: ({ run, lastSeenAt, silentSeconds, summary, sealed }, { view }) => {
    const row = existing(view, run, 'RUN');
    if (row.props.status !== 'RUNNING') return unchanged(row);
    const project = row.project as NodeId;
    return fact(runCrashed, {
      data: {
        run: { id: run, name: row.name, project },
        lastSeenAt,
        silentSeconds,
        summary,
        sealed: [...sealed],
      },
      projects: [project],
      subject: subjectOf(row),
      occurredAt: lastSeenAt,
    });
  },
};
