import {
  EDGE_KINDS,
  type EdgeKind,
  NODE_KINDS,
  type NodeKind,
} from '../../domain/lineage/kinds.ts';

/** Labels that nodes of the lineage graph share, made or only named. */
export const BASE_LABEL = 'Node';

/** The kind as Neo4j writes labels: DATASET_VERSION is DatasetVersion. */
export function labelOf(kind: NodeKind): string {
  return kind
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

export const LABELS: ReadonlyMap<string, string> = new Map(
  (Object.keys(NODE_KINDS) as NodeKind[]).map((kind) => [kind, labelOf(kind)]),
);

/** Relationship types for a pattern, in one order, so that equal questions are equal texts. */
export function typesOf(kinds: readonly EdgeKind[] = EDGE_KINDS): string {
  return [...new Set(kinds)].sort().join('|');
}
