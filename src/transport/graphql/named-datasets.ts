import { checkDatasetName, type NamedVersion } from '../../domain/lineage/named-dataset.ts';
import { projectId } from '../../domain/lineage/names.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { Hub } from '../hub.ts';
import type { NamedDatasetInput } from './inputs/named-dataset-input.ts';

type Owners = Pick<Hub, 'org' | 'namespaces'>;

/** The project that owns a namespace; undefined where each project has its own. */
export function ownerOf(namespace: string, { org, namespaces }: Owners): NodeId | undefined {
  const project = namespaces.ownerOf(namespace);
  return project === null ? undefined : projectId(org, project);
}

/** Versions by the names that stores give, as they go on record. */
export function namedVersions(
  given: readonly NamedDatasetInput[] | null | undefined,
): NamedVersion[] {
  return (given ?? []).map(({ digest, ...dataset }) => ({ ...checkDatasetName(dataset), digest }));
}

/** The owners of those namespaces that somebody owns. */
export function ownersOf(
  datasets: readonly NamedVersion[],
  hub: Owners,
): ReadonlyMap<string, NodeId> {
  const names = [...new Set(datasets.map(({ namespace }) => namespace))];
  return new Map(
    names.flatMap((namespace) => {
      const owner = ownerOf(namespace, hub);
      return owner === undefined ? [] : [[namespace, owner] as const];
    }),
  );
}
