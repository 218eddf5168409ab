import { isPermitted } from '../../domain/governance/permissions.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { GraphContext } from './graph-context.ts';

/** Whether everything is there and may be written to, as far as was known when the request came. */
export async function mayWriteTo(
  ids: readonly NodeId[],
  { hub, reader }: GraphContext,
): Promise<boolean> {
  // Asked of the store itself: a key may write where it may not read.
  const rows = await hub.store.get(ids);
  const projects = await hub.store.get(
    rows.map((row) => (row?.kind === 'PROJECT' ? row.id : (row?.project ?? ''))),
  );
  const now = instantFromMs(hub.clock.nowMs());
  return projects.every((row) => {
    const place = row && { team: String(row.props.teamName), project: row.name };
    return place !== null && isPermitted(reader.access, 'record.write', { place, now });
  });
}
