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
    const known = (row.props.sealed ?? []) as unknown as readonly SealedTelemetry[];
    const isKnown = canonicalJson(known as unknown as Json) === canonicalJson(sealed as never);
    if (row.props.status !== 'RUNNING' || isKnown || goesBack(known, sealed)) return unchanged(row);
    const project = row.project as NodeId;
    return fact(runTelemetrySealed, {
      data: { run: { id: run, name: row.name, project }, sealed: [...sealed] },
      projects: [project],
      subject: subjectOf(row),
    });
  },
};

/** Streams only grow: what covers less was read before what is on record, or of a damaged log. */
function goesBack(known: readonly SealedTelemetry[], now: readonly SealedTelemetry[]): boolean {
  const sizes = new Map(now.map((each) => [each.stream, sizeOf(each)]));
  return known.some((each) => (sizes.get(each.stream) ?? 0) < sizeOf(each));
}

/** Of the list of files, how many it names: a file that is replaced may make it shorter. */
function sizeOf({ stream, bytes, lines }: SealedTelemetry): number {
  return stream === 'files' ? lines : bytes;
}
