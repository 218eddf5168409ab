import type { NodeRow, ThinNode } from '../../domain/lineage/graph-rows.ts';
import type { NodeKind } from '../../domain/lineage/kinds.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { Json } from '../../domain/values/value.ts';
import type { AsKnown } from '../../ports/lineage-store.ts';
import type { GraphContext } from './graph-context.ts';
import { whenThere } from './when-there.ts';

/** The GraphQL type that shows each kind of node; null for kinds that are part of others. */
const TYPE_OF_KIND = {
  TEAM: 'Team',
  PROJECT: 'Project',
  AGENT: 'Actor',
  JOB: 'Job',
  RUN: 'Run',
  DATASET: 'Dataset',
  DATASET_VERSION: 'DatasetVersion',
  MODEL: 'Model',
  MODEL_VERSION: 'ModelVersion',
  ARTIFACT: 'Artifact',
  ARTIFACT_VERSION: 'OtherArtifactVersion',
  ALIAS: null,
  REGISTERED_MODEL: 'RegisteredModel',
  REGISTRATION: null,
} as const satisfies Record<NodeKind, string | null>;

/** Types of the kinds that belong to no project's lineage. */
const OTHER_TYPES: readonly string[] = ['Team', 'Project', 'Actor'];

/**
 * A node as resolvers pass it on: what a walk knows of it, the type it shows as, and the times
 * that its nested fields inherit. Everything else comes by the loader when it is asked for.
 */
export interface ShownNode extends ThinNode {
  readonly __typename: string;
  readonly times: AsKnown;
}

/** The one place where a row becomes a GraphQL value; null where its kind has no type. */
export function showNode(row: ThinNode, times: AsKnown = {}): ShownNode | null {
  const __typename = TYPE_OF_KIND[row.kind];
  if (__typename === null) return null;
  const { id, kind, project, name, since, recordedAt } = row;
  return { __typename, id, kind, project, name, since, recordedAt, times };
}

export function isLineageNode(node: ShownNode | null): node is ShownNode {
  return node !== null && !OTHER_TYPES.includes(node.__typename);
}

/** The node with this id, when the reader may see it. Whoever asks for it by its id opens it. */
export function showId(
  id: NodeId,
  context: GraphContext,
  times: AsKnown = {},
): ShownNode | null | Promise<ShownNode | null> {
  return whenThere(showThin(id, context, times), (node) => {
    if (node) context.notes.opened(node);
    return node;
  });
}

/** The same for lists, which tell no more than a walk does and open nothing by that. */
export function showThin(
  id: NodeId,
  { loaders }: GraphContext,
  times: AsKnown = {},
): ShownNode | null | Promise<ShownNode | null> {
  return whenThere(
    loaders.known.get(id) ?? loaders.node.load(id),
    (row) => row && showNode(row, times),
  );
}

/** Rows that are at hand already need no second look at the store. */
export function showRows(rows: readonly NodeRow[], { loaders }: GraphContext): ShownNode[] {
  for (const row of rows) {
    loaders.node.prime(row.id, row);
    loaders.known.set(row.id, row);
  }
  return rows.flatMap((row) => showNode(row) ?? []);
}

/** All that is kept of a shown node, which is opened by that. */
export function rowOf(node: ShownNode, context: GraphContext): NodeRow | Promise<NodeRow> {
  const { loaders, notes } = context;
  return whenThere(loaders.known.get(node.id) ?? loaders.node.load(node.id), (row) => {
    if (!row) throw new Error(`the node ${node.id} was shown and is not there`);
    notes.opened(row);
    return row;
  });
}

/** A property of a shown node; null when it has none of this name. */
export function propOf(node: ShownNode, name: string, context: GraphContext): Json | Promise<Json> {
  return whenThere(rowOf(node, context), ({ props }) => props[name] ?? null);
}
