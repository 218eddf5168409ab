import { recordLineage } from '../../commands/record-lineage.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { hasWireName } from './collection-lookup.ts';
import { connection, type PageArguments, pageOf } from './connections.ts';
import { edgesAt } from './edge-lists.ts';
import { runOfNames } from './run-lookup.ts';
import { existingVersion } from './version-lookup.ts';
import { submit, visibleNodes, type WandbContext } from './wandb-context.ts';

interface UseArtifactArguments {
  readonly entityName: string;
  readonly projectName: string;
  readonly runName: string;
  readonly artifactID: string;
}

export const useArtifactFields = {
  useArtifact: async (
    { input }: { readonly input: UseArtifactArguments },
    context: WandbContext,
  ) => {
    const { entityName, projectName: name, runName, artifactID } = input;
    const version = await existingVersion(context, artifactID);
    const { run } = await runOfNames(context, { entityName, name, run: runName });
    await submit(context, recordLineage, { run: run.id, inputs: [version.id], outputs: [] });
    return { artifact: context.shapes.version(version, context) };
  },
};

/** The versions that a run read, in the order in which it did. */
export async function inputsOf(run: NodeRow, args: PageArguments, context: WandbContext) {
  const at = { node: run.id, kind: 'USED', direction: 'OUT' } as const;
  const edges = await edgesAt(context.hub, at);
  return versionConnection(
    edges.map(({ to }) => to),
    args,
    context,
  );
}

/** The versions that a run made, in the order in which it did. */
export async function outputsOf(run: NodeRow, args: PageArguments, context: WandbContext) {
  const at = { node: run.id, kind: 'WAS_GENERATED_BY', direction: 'IN' } as const;
  const edges = await edgesAt(context.hub, at);
  return versionConnection(
    edges.map(({ from }) => from),
    args,
    context,
  );
}

async function versionConnection(
  ids: readonly string[],
  args: PageArguments,
  context: WandbContext,
) {
  const rows = (await visibleNodes(context, ids)).filter(hasWireName);
  const page = pageOf(rows, args, ({ id }) => id);
  return {
    ...connection(page, (row) => context.shapes.version(row, context)),
    totalCount: rows.length,
  };
}
