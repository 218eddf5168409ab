import { runDeleted } from '../domain/audit/facts/deletion.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { runId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { deletedAtOf, incarnationOf } from '../domain/lineage/tombstone.ts';
import type { DecisionContext, GraphView } from '../ledger/command.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { OPEN_EDGES_MAX } from '../ports/lineage-store.ts';
import { decideGoing, edgesForEach, wantsOfGoing } from './going-versions.ts';
import { type Keeper, keepersOf, refuseIfKept, tooMany } from './what-keeps.ts';

/** Most versions that are deleted together with the run that made them. */
export const VERSIONS_WITH_RUN_MAX = 100;

export interface DeleteRunInput extends CommandInput {
  readonly run: NodeId;
  /** Whether versions that it made keep it, or go with it where nothing else keeps them. */
  readonly versions: 'keep' | 'delete';
}

/** Leaves a tombstone of a run that has ended. All or nothing goes. Personal field: `reason`. */
export const deleteRun: Command<DeleteRunInput> = {
  operation: 'deleteRun',
  wants: ({ run, versions }, view, { org, may }) => {
    if (!may('record.delete', run)) return { nodes: [run] };
    const row = view.knows(run) ? view.node(run) : undefined;
    const made = madeBy(run, view);
    const rows = made.flatMap((id) => (view.knows(id) ? (view.node(id) ?? []) : []));
    const projects = rows.flatMap(({ project }) => project ?? []);
    const there = versions === 'delete' ? rows.filter(isThere) : [];
    // Too many are refused without a look at what keeps them.
    const alive = there.length > VERSIONS_WITH_RUN_MAX ? [] : there;
    const most = edgesForEach(alive.length);
    const going = wantsOfGoing(
      alive.map(({ id }) => id),
      view,
      org,
    );
    const makers = alive.flatMap((version) => makersOf(version, most, view));
    const first = row?.kind === 'RUN' ? [runId(org, row.project as NodeId, row.name)] : [];
    return {
      nodes: [
        run,
        ...first,
        ...made,
        ...projects,
        ...going.nodes,
        ...makers,
        ...placesOf(makers, view),
      ],
      out: [
        ...going.out,
        ...alive.map(({ id: from }) => ({ kind: 'WAS_GENERATED_BY' as const, from, most })),
      ],
      into: [{ kind: 'WAS_GENERATED_BY', to: run }, ...going.into],
    };
  },
  requires: ({ run }) => [{ permission: 'record.delete', of: run }],
  decide: (input, context) => {
    const { view, org } = context;
    const row = view.node(input.run);
    if (row?.kind !== 'RUN') {
      throw new DomainError('NOT_FOUND', `there is no run with the id ${input.run}`);
    }
    if (!isThere(row)) return unchanged(row);
    if (row.props.status === 'RUNNING') {
      throw new DomainError('CONFLICT', `the run ${row.name} is RUNNING; end it before it goes`);
    }
    const made = versionsThere(row, view);
    if (input.versions === 'delete') refuseUnlessAllMayGo(row, made, context);
    else refuseIfKept(`the run ${row.name}`, made.map(asKeeper), context);
    const project = row.project as NodeId;
    const first = view.node(runId(org, project, row.name)) as NodeRow;
    return fact(runDeleted, {
      data: {
        run: { id: row.id, name: row.name, project },
        anew: { id: first.id, incarnation: incarnationOf(first) + 1 },
        ...decideGoing(made, context),
      },
      projects: [project, ...made.flatMap((version) => version.project ?? [])],
      subject: subjectOf(row),
    });
  },
};

/** The versions that a run made which were not deleted. */
function versionsThere(run: NodeRow, view: GraphView): NodeRow[] {
  const made = madeBy(run.id, view);
  const there = made.flatMap((id) => view.node(id) ?? []).filter(isThere);
  if (made.length < OPEN_EDGES_MAX || there.length > 0) return there;
  const text = `the run ${run.name} made ${OPEN_EDGES_MAX} versions or more, too many to look at`;
  throw new DomainError('LIMIT_EXCEEDED', text);
}

/** The same rules hold for each version as if it were deleted by itself, and one more. */
function refuseUnlessAllMayGo(
  run: NodeRow,
  made: readonly NodeRow[],
  context: DecisionContext,
): void {
  if (made.length > VERSIONS_WITH_RUN_MAX) {
    const text = `a run is deleted with at most ${VERSIONS_WITH_RUN_MAX} versions`;
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `${text}; delete versions of ${run.name} by themselves`,
    );
  }
  const { view, may } = context;
  const going = new Set([run.id, ...made.map(({ id }) => id)]);
  const most = edgesForEach(made.length);
  const keepers = made.flatMap((version) => {
    if (!may('record.read', version.id)) return [asKeeper(version)];
    if (!may('record.delete', version.id)) {
      return [{ node: version.id, text: `you may not delete ${version.name}, which it made` }];
    }
    const others = makersOf(version, most, view).flatMap((id) => view.node(id) ?? []);
    const makers = others.filter((other) => isThere(other) && !going.has(other.id));
    return [
      ...keepersOf(version, { going, aliases: 'keep', most }, context),
      ...makers.map(({ id, name }) => ({ node: id, text: `${name} made ${version.name} too` })),
      ...(makers.length === 0 && others.length >= most ? [tooMany(version, most)] : []),
    ];
  });
  refuseIfKept(`the run ${run.name}`, keepers, context);
}

function asKeeper({ id, name }: NodeRow): Keeper {
  return { node: id, text: `it made ${name}` };
}

function madeBy(run: NodeId, view: GraphView): NodeId[] {
  if (!view.knowsInto('WAS_GENERATED_BY', run)) return [];
  return view.openInto('WAS_GENERATED_BY', run).map(({ from }) => from);
}

/** The runs that made a version, as far as that was looked for. */
function makersOf({ id }: NodeRow, most: number, view: GraphView): NodeId[] {
  if (!view.knowsOut('WAS_GENERATED_BY', id)) return [];
  const edges = view.openOut('WAS_GENERATED_BY', id).slice(0, most);
  return edges.map(({ to }) => to);
}

function placesOf(ids: readonly NodeId[], view: GraphView): NodeId[] {
  return ids.flatMap((id) => (view.knows(id) ? (view.node(id)?.project ?? []) : []));
}

function isThere(row: NodeRow): boolean {
  return deletedAtOf(row) === undefined;
}
