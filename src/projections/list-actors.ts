import type { ActorKind } from '../domain/actor.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type LineageStore, PAGE_ROWS_MAX } from '../ports/lineage-store.ts';

/** Most actors that are looked through for one page. */
export const ACTORS_SCANNED_MAX = 10_000;

export interface ActorFilter {
  readonly kind: ActorKind | null;
  /** Id of the team that they are in. */
  readonly team: NodeId | null;
}

export interface ListPage {
  readonly after: Pick<NodeRow, 'id' | 'since'> | undefined;
  readonly limit: number;
  readonly store: LineageStore;
}

export interface ActorPage {
  readonly rows: readonly NodeRow[];
  /** The last actor that was looked at; more may lie behind it. Null: nothing more. */
  readonly lookedTo: Pick<NodeRow, 'id' | 'since'> | null;
}

/** People and service accounts, latest made first; at most `limit - 1` of them. */
export async function listActors(
  filter: ActorFilter,
  { after, limit, store }: ListPage,
): Promise<ActorPage> {
  const isWanted = ({ props }: NodeRow) =>
    (filter.kind === null || props.actorKind === filter.kind) &&
    (filter.team === null || props.team === filter.team);
  const query = { scope: { all: true }, kinds: ['AGENT'], order: 'recent' } as const;
  const rows: NodeRow[] = [];
  let last = after;
  let rowsAtOnce = Math.min(PAGE_ROWS_MAX, limit);
  for (let scanned = 0; scanned < ACTORS_SCANNED_MAX; scanned += rowsAtOnce) {
    if (scanned > 0) rowsAtOnce = PAGE_ROWS_MAX;
    const page = await store.list({ ...query, after: last, limit: rowsAtOnce });
    for (const row of page) {
      if (!isWanted(row)) continue;
      if (rows.length === limit - 1) return { rows, lookedTo: rows.at(-1) ?? null };
      rows.push(row);
    }
    if (page.length < rowsAtOnce) return { rows, lookedTo: null };
    last = page.at(-1);
  }
  return { rows, lookedTo: last ?? null };
}
