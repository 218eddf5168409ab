import type { NodeRow } from './graph-rows.ts';
import type { NodeKind } from './kinds.ts';

/** Properties that an edge by name gives to what was not there: no more than the name tells. */
const NAMED_PROPS: Readonly<Partial<Record<NodeKind, readonly string[]>>> = {
  DATASET: ['namespace', 'ownName'],
  DATASET_VERSION: ['identity', 'digest', 'bytes', 'collection', 'stated'],
};

/**
 * Whether nothing is said of a node but what the names tell by which lineage means it. Anybody
 * who records lineage can make these in a project of others, so its lists leave them out.
 */
export function isBare({ kind, props }: Pick<NodeRow, 'kind' | 'props'>): boolean {
  const named = NAMED_PROPS[kind];
  const [first] = named ?? [];
  if (!named || first === undefined || props[first] === undefined) return false;
  return Object.keys(props).every((key) => named.includes(key));
}
