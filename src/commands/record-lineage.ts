import { lineageRecordedV2 } from '../domain/audit/facts/named-dataset.ts';
import { lineageRecorded } from '../domain/audit/facts/version.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import type { EdgeRow, LogIndex, NodeRow } from '../domain/lineage/graph-rows.ts';
import { isVersionKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { GraphView } from '../ledger/command.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import type { EdgeEnds } from '../ports/lineage-store.ts';
import { missingEnds, type NamedEnds, refuseBothEnds, resolveEnds } from './named-ends.ts';
import { existing, notDeleted } from './placing.ts';

/** Most inputs and outputs that one request may name. */
export const LINEAGE_ENDS_MAX = 1_000;
/**
 * Most of them that it may name as their stores do. Each may be a node in a project of others, so
 * that filling one with invented names takes many requests. What was there before counts too:
 * else the refusal would tell that it was.
 */
export const NAMED_ENDS_MAX = 100;

export interface RecordLineageInput extends CommandInput, NamedEnds {
  readonly run: NodeId;
  /** Versions that the run read. */
  readonly inputs: readonly NodeId[];
  /** Versions that the run made. */
  readonly outputs: readonly NodeId[];
}

export const recordLineage: Command<RecordLineageInput> = {
  operation: 'recordLineage',
  derived: ['owners'],
  wants: (input, view, { org }) => {
    refuseTooMany(input);
    const { run } = input;
    const row = view.knows(run) ? view.node(run) : undefined;
    const named = resolveEnds(input, { org, view, project: row?.project ?? null });
    const nodes = [...named.inputs, ...named.outputs].flatMap(({ dataset, version, first }) => [
      dataset.id,
      first,
      version.id,
    ]);
    const ends = [...input.inputs, ...input.outputs];
    return { nodes: [run, ...ends, ...nodes], edges: edgesOf(run, together(input, named)) };
  },
  // What a run made is said of the version as much as of the run; of what is named as its store
  // does, anybody may say it: that adds an edge and never a property.
  requires: ({ run, inputs, outputs }) => [
    ...[run, ...outputs].map((of) => ({ permission: 'record.write' as const, of })),
    ...inputs.map((of) => ({ permission: 'record.read' as const, of })),
  ],
  about: ({ run, inputs, outputs }) => [run, ...inputs, ...outputs],
  decide: (input, { view, org }) => {
    const { run, occurredAt } = input;
    const row = existing(view, run, 'RUN');
    const ids = [...input.inputs, ...input.outputs];
    const rows = ids.map((id) => version(view, id));
    const named = resolveEnds(input, { org, view, project: row.project });
    refuseBothEnds(named);
    const ends = together(input, named);
    const both = ends.inputs.find((id) => ends.outputs.includes(id));
    if (both) throw invalidInput(`${both} is named as an input and as an output of the run`);
    const fresh = freshOf(run, ends, view);
    if (fresh.inputs.length + fresh.outputs.length === 0) {
      const edges = edgesOf(run, ends).map((edge) => view.openEdge(edge));
      return unchanged(row, latest(edges) ?? row.last);
    }
    const all = [...named.inputs, ...named.outputs];
    const owners = all.map(({ dataset }) => dataset.project);
    const content = {
      projects: [...[row, ...rows].flatMap(({ project }) => project ?? []), ...owners],
      subject: subjectOf(row),
      occurredAt,
    };
    if (all.length === 0) return fact(lineageRecorded, { ...content, data: { run, ...fresh } });
    const data = { run, ...fresh, ...missingEnds(all, view) };
    return fact(lineageRecordedV2, { ...content, data });
  },
};

interface Ends {
  readonly inputs: readonly NodeId[];
  readonly outputs: readonly NodeId[];
}

/** Everything that was named, by its id, each once. */
function together(asked: Ends, named: ReturnType<typeof resolveEnds>): Ends {
  const idsOf = (ends: typeof named.inputs) => ends.map((end) => end.version.id);
  return {
    inputs: [...new Set([...asked.inputs, ...idsOf(named.inputs)])],
    outputs: [...new Set([...asked.outputs, ...idsOf(named.outputs)])],
  };
}

function edgesOf(run: NodeId, { inputs, outputs }: Ends): EdgeEnds[] {
  return [
    ...inputs.map((to) => ({ kind: 'USED' as const, from: run, to })),
    ...outputs.map((from) => ({ kind: 'WAS_GENERATED_BY' as const, from, to: run })),
  ];
}

function freshOf(run: NodeId, { inputs, outputs }: Ends, view: GraphView) {
  return {
    inputs: inputs.filter((to) => !view.openEdge({ kind: 'USED', from: run, to })),
    outputs: outputs.filter((from) => !view.openEdge({ kind: 'WAS_GENERATED_BY', from, to: run })),
  };
}

function refuseTooMany(input: RecordLineageInput): void {
  const { inputs, outputs, inputDatasets = [], outputDatasets = [] } = input;
  const named = inputDatasets.length + outputDatasets.length;
  if (named > NAMED_ENDS_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `one request names at most ${NAMED_ENDS_MAX} datasets by namespace and name, not ${named}`,
    );
  }
  if (inputs.length + outputs.length + named <= LINEAGE_ENDS_MAX) return;
  throw new DomainError(
    'LIMIT_EXCEEDED',
    `one request names at most ${LINEAGE_ENDS_MAX} inputs and outputs`,
  );
}

/** The last of the facts that opened these edges. */
function latest(edges: readonly (EdgeRow | undefined)[]): LogIndex | undefined {
  const opened = edges.flatMap((edge) => edge?.since ?? []);
  return opened.length === 0 ? undefined : Math.max(...opened);
}

function version(view: GraphView, id: NodeId): NodeRow {
  const row = view.node(id);
  if (!row) throw new DomainError('NOT_FOUND', `there is no version with the id ${id}`);
  if (!isVersionKind(row.kind)) throw invalidInput(`${id} is a ${row.kind}, not a version`);
  return notDeleted(row);
}
