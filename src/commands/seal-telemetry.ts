import { runTelemetrySealed } from '../domain/audit/facts/run-life.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { Json } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import type { SealedTelemetry } from './finish-run.ts';
import { existing } from './placing.ts';

export interface SealTelemetryInput extends CommandInput {
  readonly run: NodeId;
  readonly sealed: readonly SealedTelemetry[];
}

/** Seals what a run has sent so far while it goes on; its end seals the rest. */
export const sealTelemetry: Command<SealTelemetryInput> = {
  operation: 'sealTelemetry',
  derived: ['sealed'],
  wants: ({ run }) => ({ nodes: [run] }),
  requires: ({ run }) => [{ permission: 'record.write', of: run }],
  decide: ({ run, sealed }, { view }) => {
    const row = existing(view, run, 'RUN');
    const known = canonicalJson(row.props.sealed ?? []);
    const isKnown = known === canonicalJson(sealed as unknown as Json);
    if (row.props.status !== 'RUNNING' || isKnown) return unchanged(row);
    const project = row.project as NodeId;
    return fact(runTelemetrySealed, {
      data: { run: { id: run, name: row.name, project }, sealed: [...sealed] },
      projects: [project],
      subject: subjectOf(row),
    });
  },
};
