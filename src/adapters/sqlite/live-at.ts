import type { AsKnown } from '../../ports/lineage-store.ts';
import type { SqlValues } from './sql-values.ts';

/**
 * Condition for an edge `e` that holds at a point in the two times. A closing that the hub did
 * not know of yet at `knownAt` does not count, so that the edge then held without an end.
 */
export function liveAt({ knownAt, asOf }: AsKnown, values: SqlValues): string {
  if (knownAt === undefined && asOf === undefined) return 'e.until is null';
  const conditions: string[] = [];
  const notYetClosed: string[] = ['e.until is null'];
  if (knownAt !== undefined) {
    const index = values.number(knownAt);
    conditions.push(`e.since <= ${index}`);
    notYetClosed.push(`e.until > ${index}`);
  }
  if (asOf === undefined) {
    conditions.push(`(${notYetClosed.join(' or ')})`);
    return conditions.join(' and ');
  }
  const instant = values.text(asOf);
  const holds = [`e.valid_to is null`, `e.valid_to > ${instant}`];
  if (knownAt !== undefined) holds.push(notYetClosed[1] as string);
  conditions.push(`e.valid_from <= ${instant}`, `(${holds.join(' or ')})`);
  return conditions.join(' and ');
}
