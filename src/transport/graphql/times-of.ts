import type { Instant } from '../../domain/time.ts';
import type { AsKnown } from '../../ports/lineage-store.ts';
import { asKnown } from '../../projections/known-at.ts';
import type { GraphContext } from './graph-context.ts';

/** The times that a field asks for; what it leaves out it inherits. */
export async function timesOf(
  asked: { readonly asOf?: Instant | null; readonly knownAt?: Instant | null },
  inherited: AsKnown,
  { hub }: GraphContext,
): Promise<AsKnown> {
  return { ...inherited, ...(await asKnown(asked, hub.store)) };
}
