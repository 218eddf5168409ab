import type { InstalledPackage } from '../../domain/lineage/package-list.ts';
import { packagesOfRun } from '../../projections/run-packages.ts';
import type { GraphContext } from './graph-context.ts';
import { requireServed } from './require-served.ts';
import { rowOf, type ShownNode } from './shown-node.ts';

/** The packages of a run, read once for a request; null when no list is on record. */
export function runPackages(
  run: ShownNode,
  context: GraphContext,
): Promise<readonly InstalledPackage[] | null> {
  return context.loaders.answers.share(['packages', run.id], async () => {
    await requireServed(run, 'packages', context);
    return packagesOfRun(await rowOf(run, context), context.hub.objects);
  });
}
