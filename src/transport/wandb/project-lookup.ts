import { createProject } from '../../commands/create-project.ts';
import { DomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { projectId } from '../../domain/lineage/names.ts';
import { requireWrite, type WriteRequest } from './require-write.ts';
import { readAnew, submit, visibleNode, type WandbContext } from './wandb-context.ts';

/** The project of clients that name none. */
export const DEFAULT_PROJECT = 'uncategorized';

/** A project as requests name it; what is null means the hub's default. */
export interface ProjectArguments {
  readonly name?: string | null | undefined;
  readonly entityName?: string | null | undefined;
}

/** The project, when it exists and the reader may see it. */
export function findProject(
  context: WandbContext,
  asked: ProjectArguments,
): Promise<NodeRow | null> {
  return visibleNode(context, projectId(context.hub.org, namesOf(context, asked)));
}

/** A project to write to, and the context with the rights that hold since it is there. */
export interface WritableProject {
  readonly project: NodeRow;
  readonly context: WandbContext;
}

/**
 * The project, made on first use by those who may write to it. One that the reader may not see
 * is asked to be made as well, so that the refusal looks the same whether it exists or not.
 */
export async function ensureProject(
  context: WandbContext,
  asked: ProjectArguments,
  write: Pick<WriteRequest, 'operation' | 'what'>,
): Promise<WritableProject> {
  const found = await findProject(context, asked);
  const names = namesOf(context, asked);
  const id = projectId(context.hub.org, names);
  const place = { id, name: names.project, props: { teamName: names.team } };
  await requireWrite(context, { ...write, project: found ?? place });
  if (found) return { project: found, context };
  await submit(context, createProject, { ...names, ifExists: 'return' });
  const [made] = await context.hub.store.get([id]);
  if (!made) throw new DomainError('INTERNAL', 'the project that was made cannot be found');
  return { project: made, context: await readAnew(context) };
}

export function namesOf({ hub }: WandbContext, { name, entityName }: ProjectArguments) {
  return { team: entityName || hub.defaultTeam, project: name || DEFAULT_PROJECT };
}
