import type { NodeId } from '../domain/lineage/node-id.ts';
import { rankOf, winsOver } from '../domain/lineage/registers.ts';
import type { ToldEvent } from '../domain/lineage/told-event.ts';
import type { GraphView } from '../ledger/command.ts';
import type { NamedToldEnd, ToldDataset, ToldNames } from './told-names.ts';

/** Whether the sender may say something of what a project owns. */
export type MayWrite = (owner: NodeId) => boolean;

/**
 * What counts of other names of datasets from now on, where the event changes that. What one
 * dataset is called decides what readers of the other read, so it takes rights at both.
 */
export function alternatesTold(
  event: ToldEvent,
  { ends }: ToldNames,
  { view, mayWrite }: { readonly view: GraphView; readonly mayWrite: MayWrite },
): Map<NodeId, readonly NodeId[]> {
  const told = new Map<NodeId, readonly NodeId[]>();
  for (const { of, role, symlinks } of ends) {
    if (symlinks === null || !mayWrite(of.owner)) continue;
    const said = { at: event.eventTime, rank: rankOf(event.eventType, role), by: event.digest };
    if (!winsOver(said, view.node(of.id)?.props.facet_symlinks)) continue;
    told.set(
      of.id,
      namedWithRights({ symlinks }, mayWrite).map(({ id }) => id),
    );
  }
  return told;
}

/** The other names that the sender may give. */
export function namedWithRights(
  { symlinks }: Pick<NamedToldEnd, 'symlinks'>,
  mayWrite: MayWrite,
): readonly ToldDataset[] {
  const named = (symlinks ?? []).filter(({ owner }) => mayWrite(owner));
  return [...new Map(named.map((dataset) => [dataset.id, dataset])).values()];
}
