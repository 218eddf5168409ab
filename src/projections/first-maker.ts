import type { NodeId } from '../domain/lineage/node-id.ts';

interface OfProject {
  readonly project: NodeId | null;
}

/**
 * Of the runs that are said to have made a version, oldest claim first, the one to name: the
 * first of the version's own project. Runs of other projects may have been named by who knows
 * no more of the version than its name, and come after. Null stands for a run that the reader
 * may not see.
 */
export function firstMaker<T extends OfProject>(
  { project }: OfProject,
  runs: ReadonlyArray<T | null>,
): T | null {
  return runs.find((run) => run?.project === project) ?? runs.find((run) => run !== null) ?? null;
}
