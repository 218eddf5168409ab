import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type LineageStore, PAGE_ROWS_MAX } from '../ports/lineage-store.ts';

/** Rows asked for at first: mostly no project was made since the last time. */
const FIRST_PAGE_ROWS = 16;

interface Known {
  /** Id of the latest project that is in the lists. */
  readonly latest: NodeId | null;
  readonly byTeam: ReadonlyMap<string, readonly NodeId[]>;
}

const KNOWN = new WeakMap<LineageStore, Known>();
const NOTHING: Known = { latest: null, byTeam: new Map() };

/**
 * The projects of a team. A project stays in its team and is never taken from the graph, so
 * that only those made since the last time are read; a reader is made for each request.
 */
export async function projectsOfTeam(
  team: string,
  store: LineageStore,
): Promise<readonly NodeId[]> {
  const before = KNOWN.get(store) ?? NOTHING;
  const made = await madeSince(before.latest, store);
  const known = made.length === 0 ? before : withMore(before, made);
  KNOWN.set(store, known);
  return known.byTeam.get(team) ?? [];
}

async function madeSince(latest: NodeId | null, store: LineageStore): Promise<NodeRow[]> {
  const made: NodeRow[] = [];
  let limit = FIRST_PAGE_ROWS;
  for (;;) {
    const page = await store.list({
      scope: { all: true },
      kinds: ['PROJECT'],
      order: 'recent',
      after: made.at(-1),
      limit,
    });
    const end = page.findIndex(({ id }) => id === latest);
    made.push(...(end < 0 ? page : page.slice(0, end)));
    if (end >= 0 || page.length < limit) return made;
    limit = PAGE_ROWS_MAX;
  }
}

function withMore({ byTeam: before }: Known, made: readonly NodeRow[]): Known {
  const byTeam = new Map(before);
  for (const { id, props } of made) {
    const team = String(props.teamName);
    byTeam.set(team, [...(byTeam.get(team) ?? []), id]);
  }
  return { latest: made[0]?.id ?? null, byTeam };
}
