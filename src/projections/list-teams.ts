import { compareText, type NodeRow } from '../domain/lineage/graph-rows.ts';
import { GET_IDS_MAX } from '../ports/lineage-store.ts';
import type { ListPage } from './list-actors.ts';
import type { Reader } from './readable-by.ts';

/** The teams that a reader may know of, latest made first, at most `limit` of them. */
export async function listTeams(
  { scope, teams }: Pick<Reader, 'scope' | 'teams'>,
  { after, limit, store }: ListPage,
): Promise<readonly NodeRow[]> {
  if (scope.all) {
    return store.list({ scope, kinds: ['TEAM'], order: 'recent', after, limit });
  }
  // They are named by the reader's own grants, so there are few of them.
  const rows = await store.get([...teams].slice(0, GET_IDS_MAX));
  return rows
    .filter((row) => row !== null)
    .sort(latestFirst)
    .filter((row) => after === undefined || latestFirst(after, row) < 0)
    .slice(0, limit);
}

type Placed = Pick<NodeRow, 'id' | 'since'>;

function latestFirst(a: Placed, b: Placed): number {
  return b.since - a.since || compareText(a.id, b.id);
}
