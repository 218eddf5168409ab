import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { type DatasetName, namedDatasetId } from '../../domain/lineage/named-dataset.ts';
import { projectId } from '../../domain/lineage/names.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import { canonicalJson } from '../../domain/values/canonical-json.ts';
import type { Facet } from '../../projections/facets.ts';
import { mayReadProject } from '../../projections/readable-by.ts';
import type { GraphContext } from './graph-context.ts';

/**
 * Which of the datasets that a facet names the reader may know of: those that they may read, and
 * those whose namespace belongs to a project that they may read. A namespace that is nobody's is
 * each sender's own; who sent is known of what a run or job says, and otherwise by the ids alone.
 */
export async function knownNames(
  facet: Facet,
  { row, context }: { readonly row: NodeRow; readonly context: GraphContext },
): Promise<(named: DatasetName) => boolean> {
  const { hub, reader, loaders } = context;
  if (reader.scope.all) return () => true;
  const ids = new Set(await idsNamed(facet, row, context));
  const rows = await Promise.all([...ids].map((id) => loaders.node.load(id)));
  const readable = new Set([row, ...rows].flatMap((of) => (of ? keyOfRow(of) : [])));
  const isSenders = row.kind === 'RUN' || row.kind === 'JOB';
  return (named) => {
    if (readable.has(keyOf(named))) return true;
    const owner = hub.namespaces.ownerOf(named.namespace);
    if (owner !== null) return mayReadProject(reader, projectId(hub.org, owner));
    if (isSenders || row.project === null) return isSenders;
    return ids.has(namedDatasetId(hub.org, row.project, named));
  };
}

/** Other names of a dataset are edges, where the sender had rights at both. */
async function idsNamed(facet: Facet, row: NodeRow, { loaders }: GraphContext) {
  if (facet.name !== 'symlinks') return facet.datasets;
  const id = row.kind === 'DATASET_VERSION' ? String(row.props.collection) : row.id;
  const kinds = ['ALTERNATE_OF'] as const;
  const edges = await loaders.edges.load({ id, direction: 'OUT', kinds });
  return [id, ...edges.map(({ to }): NodeId => to)];
}

function keyOfRow({ props: { namespace, ownName } }: NodeRow): string[] {
  if (typeof namespace !== 'string' || typeof ownName !== 'string') return [];
  return [keyOf({ namespace, name: ownName })];
}

function keyOf({ namespace, name }: DatasetName): string {
  return canonicalJson([namespace, name]);
}
