import type { Question } from './cursors.ts';
import { type Connection, connection, foundRows, type PageRequest, pageOf } from './paging.ts';

/** A page of a list that is at hand. A place within it is the number of the item before. */
export function listPage<T, N>(
  items: readonly T[],
  { request, question }: { readonly request: PageRequest; readonly question: Question },
  show: (item: T) => N,
): Connection<N> {
  const page = pageOf(request, question, 'index');
  const start = page.after === undefined ? 0 : page.after + 1;
  const rows = items.slice(start, start + page.size + 1).map((item, at) => [item, at] as const);
  return connection(
    page,
    foundRows(rows, page, ([item, at]) => ({ place: start + at, node: show(item) })),
  );
}
