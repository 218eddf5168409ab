import type { Instant } from '../time.ts';
import type { NodeRow } from './graph-rows.ts';

/** When a node was deleted; what is left of it is a tombstone. Undefined for one that is there. */
export function deletedAtOf({ props }: Pick<NodeRow, 'props'>): Instant | undefined {
  return props.deletedAt as Instant | undefined;
}

/**
 * Which incarnation of a natural name is, or would be, the one that is not deleted. The node that
 * had the name first knows, so that it takes one look however often the name was used again.
 */
export function incarnationOf(first: Pick<NodeRow, 'props'> | null | undefined): number {
  return Number(first?.props.nextIncarnation ?? 0);
}
