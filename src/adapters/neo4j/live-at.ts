import type { AsKnown } from '../../ports/lineage-store.ts';
import { int, type Parameters } from './bolt.ts';

/**
 * Condition for an edge `e` that holds at a point in the two times. A closing that the hub did
 * not know of yet at `knownAt` does not count, so that the edge then held without an end.
 */
export function liveAt({ knownAt, asOf }: AsKnown): string {
  if (asOf === undefined) {
    if (knownAt === undefined) return 'e.until IS NULL';
    return 'e.since <= $knownAt AND (e.until IS NULL OR e.until > $knownAt)';
  }
  const valid = 'e.validTo IS NULL OR e.validTo > $asOf';
  if (knownAt === undefined) return `e.validFrom <= $asOf AND (${valid})`;
  return `e.since <= $knownAt AND e.validFrom <= $asOf AND (${valid} OR e.until > $knownAt)`;
}

export function timesOf({ knownAt, asOf }: AsKnown): Parameters {
  return {
    ...(knownAt === undefined ? {} : { knownAt: int(knownAt) }),
    ...(asOf === undefined ? {} : { asOf }),
  };
}
