import { runStopRequested } from '../domain/audit/facts/run-life.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { existing } from './placing.ts';

export interface StopRunInput extends CommandInput {
  readonly run: NodeId;
}

/** Asks the processes of a run to stop. Its client is told with the next answer that it gets. */
export const stopRun: Command<StopRunInput> = {
  operation: 'stopRun',
  wants: ({ run }) => ({ nodes: [run] }),
  requires: ({ run }) => [{ permission: 'record.write', of: run }],
  decide: ({ run, occurredAt }, { view }) => {
    const row = existing(view, run, 'RUN');
    const { status, stopRequestedAt } = row.props;
    if (status !== 'RUNNING') {
      throw new DomainError('CONFLICT', `the run is ${status} and has nothing to stop`);
    }
    if (stopRequestedAt !== undefined) return unchanged(row);
    const project = row.project as NodeId;
    return fact(runStopRequested, {
      data: { run: { id: run, name: row.name, project } },
      projects: [project],
      subject: subjectOf(row),
      occurredAt,
    });
  },
};
