import { DomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { isFinalStatus } from '../../domain/lineage/run-status.ts';
import { currentRunId } from '../../projections/find-by-path.ts';
import { findProject, type ProjectArguments } from './project-lookup.ts';
import { refuseDeleted, visibleNode, type WandbContext } from './wandb-context.ts';
import { textOfWireId } from './wire-ids.ts';

/** The run of this name in a project, or null; what the reader may not see does not exist. */
export async function findRun(
  context: WandbContext,
  project: NodeRow,
  name: string,
): Promise<NodeRow | null> {
  return visibleNode(context, await currentRunId(context.hub, { project: project.id, name }));
}

/** The run with this storage id; NOT_FOUND when there is none to see. */
export async function runOfWireId(context: WandbContext, id: string): Promise<NodeRow> {
  const node = textOfWireId('Run', id);
  const row = node === undefined ? null : await visibleNode(context, node);
  if (row?.kind === 'RUN') return row;
  await refuseDeleted(context, node ?? '');
  throw noRun(id);
}

export interface RunNames extends ProjectArguments {
  readonly run: string;
}

export interface RunInProject {
  readonly project: NodeRow;
  readonly run: NodeRow;
}

/** The run at team, project and name; NOT_FOUND when there is none to see. */
export async function runOfNames(context: WandbContext, names: RunNames): Promise<RunInProject> {
  const project = await findProject(context, names);
  const run = project ? await findRun(context, project, names.run) : null;
  if (project && run) return { project, run };
  throw noRun(`${names.entityName ?? ''}/${names.name ?? ''}/${names.run}`);
}

/** Whether a client has ended the run; CRASHED is the hub's guess, which a late finish corrects. */
export function isOver({ props }: Pick<NodeRow, 'props'>): boolean {
  return isFinalStatus(props.status) && props.status !== 'CRASHED';
}

/** Whether somebody asked the run to stop and its processes go on so far. */
export function isToStop({ props }: Pick<NodeRow, 'props'>): boolean {
  return props.status === 'RUNNING' && props.stopRequestedAt !== undefined;
}

function noRun(what: string): DomainError {
  return new DomainError('NOT_FOUND', `there is no run ${what.slice(0, 200)}`);
}
