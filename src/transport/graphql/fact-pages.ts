import type { LogIndex } from '../../domain/lineage/graph-rows.ts';
import { type FactFilter, readFacts } from '../../projections/audit-facts.ts';
import type { GraphContext } from './graph-context.ts';
import { type Connection, connection, type Page } from './paging.ts';
import { type ShownFact, showFact } from './shown-fact.ts';

/** A page of facts, oldest first or newest first, forwards or backwards. */
export async function factPage(
  filter: FactFilter,
  { page, order }: { readonly page: Page<LogIndex>; readonly order: 'oldest' | 'newest' },
  { hub, reader }: GraphContext,
): Promise<Connection<ShownFact>> {
  const forwards = page.direction === 'forwards';
  const ascending = (order === 'oldest') === forwards;
  const { facts, lookedTo } = await readFacts(
    { ...filter, ...rangeOf(filter, page, order) },
    { order: ascending ? 'oldest' : 'newest', limit: page.size, store: hub.store, reader },
  );
  const items = facts.map((row) => ({ place: row.index, node: showFact(row) }));
  return connection(page, {
    items: forwards ? items : items.reverse(),
    more: lookedTo !== null,
    lookedTo: lookedTo ?? undefined,
  });
}

/** Indexes between the cursors: `after` is the lower end where the oldest comes first. */
function rangeOf(
  { from, to }: FactFilter,
  { after, before }: Page<LogIndex>,
  order: 'oldest' | 'newest',
): Pick<FactFilter, 'from' | 'to'> {
  const [lower, upper] = order === 'oldest' ? [after, before] : [before, after];
  const starts = [from, lower === undefined ? undefined : lower + 1].filter((i) => i !== undefined);
  const ends = [to, upper].filter((i) => i !== undefined);
  return {
    from: starts.length === 0 ? undefined : Math.max(...starts),
    to: ends.length === 0 ? undefined : Math.min(...ends),
  };
}
