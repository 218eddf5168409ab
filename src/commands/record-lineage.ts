import { lineageRecorded } from '../domain/audit/facts/version.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import type { EdgeRow, LogIndex } from '../domain/lineage/graph-rows.ts';
import { isVersionKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { GraphView } from '../ledger/command.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { existing } from './placing.ts';

/** Most inputs and outputs that one request may name. */
export const LINEAGE_ENDS_MAX = 1_000;

export interface RecordLineageInput extends CommandInput {
  readonly run: NodeId;
  /** Versions that the run read. */
  readonly inputs: readonly NodeId[];
  /** Versions that the run made. */
  readonly outputs: readonly NodeId[];
}

export const recordLineage: Command<RecordLineageInput> = {
  operation: 'recordLineage',
  wants: ({ run, inputs, outputs }) => ({
    nodes: [run, ...inputs, ...outputs],
    edges: [
      ...inputs.map((to) => ({ kind: 'USED' as const, from: run, to })),
      ...outputs.map((from) => ({ kind: 'WAS_GENERATED_BY' as const, from, to: run })),
    ],
  }),
  // What a run made is said of the version as much as of the run.
  requires: ({ run, inputs, outputs }) => [
    ...[run, ...outputs].map((of) => ({ permission: 'record.write' as const, of })),
    ...inputs.map((of) => ({ permission: 'record.read' as const, of })),
  ],
  decide: ({ run, inputs, outputs, occurredAt }, { view }) => {
    if (inputs.length + outputs.length > LINEAGE_ENDS_MAX) {
      throw new DomainError(
        'LIMIT_EXCEEDED',
        `one request names at most ${LINEAGE_ENDS_MAX} inputs and outputs`,
      );
    }
    const row = existing(view, run, 'RUN');
    const ends = [...inputs, ...outputs].map((id) => version(view, id));
    const both = inputs.find((id) => outputs.includes(id));
    if (both) throw invalidInput(`${both} is named as an input and as an output of the run`);
    const fresh = {
      inputs: unique(inputs).filter((to) => !view.openEdge({ kind: 'USED', from: run, to })),
      outputs: unique(outputs).filter(
        (from) => !view.openEdge({ kind: 'WAS_GENERATED_BY', from, to: run }),
      ),
    };
    if (fresh.inputs.length + fresh.outputs.length === 0) {
      const edges = [
        ...inputs.map((to) => view.openEdge({ kind: 'USED', from: run, to })),
        ...outputs.map((from) => view.openEdge({ kind: 'WAS_GENERATED_BY', from, to: run })),
      ];
      return unchanged(row, latest(edges) ?? row.last);
    }
    return fact(lineageRecorded, {
      data: { run, ...fresh },
      projects: [row, ...ends].flatMap(({ project }) => project ?? []),
      subject: subjectOf(row),
      occurredAt,
    });
  },
};

/** The last of the facts that opened these edges. */
function latest(edges: readonly (EdgeRow | undefined)[]): LogIndex | undefined {
  const opened = edges.flatMap((edge) => edge?.since ?? []);
  return opened.length === 0 ? undefined : Math.max(...opened);
}

function version(view: GraphView, id: NodeId) {
  const row = view.node(id);
  if (!row) throw new DomainError('NOT_FOUND', `there is no version with the id ${id}`);
  if (!isVersionKind(row.kind)) throw invalidInput(`${id} is a ${row.kind}, not a version`);
  return row;
}

function unique(ids: readonly NodeId[]): NodeId[] {
  return [...new Set(ids)];
}
