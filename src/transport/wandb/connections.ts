import { invalidInput } from '../../domain/errors.ts';

/** Most entries of one page. The SDK asks for files in pages of 5,000. */
export const PAGE_ENTRIES_MAX = 5_000;
/** Entries of a page when the request does not say. */
export const PAGE_ENTRIES_DEFAULT = 50;

export interface PageArguments {
  readonly after?: string | null | undefined;
  readonly first?: number | null | undefined;
}

/** One page of a list: the entries with the cursor behind each, and what comes after. */
export interface Page<T> {
  readonly entries: ReadonlyArray<{ readonly item: T; readonly cursor: string }>;
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

/**
 * Cuts a page out of a list in memory. A cursor is the number of entries up to and with its own,
 * and the key of that entry: when the list has changed since, the key says where to go on.
 */
export function pageOf<T>(
  items: readonly T[],
  { after, first }: PageArguments,
  keyOf: (item: T) => string,
): Page<T> {
  const start = after ? positionBehind(items, after, keyOf) : 0;
  const count = Math.min(sizeOf(first), PAGE_ENTRIES_MAX);
  const entries = items.slice(start, start + count).map((item, at) => ({
    item,
    cursor: `${start + at + 1}:${keyOf(item)}`,
  }));
  return {
    entries,
    endCursor: entries.at(-1)?.cursor ?? null,
    hasNextPage: start + entries.length < items.length,
  };
}

export function connection<T>(
  page: Page<T>,
  nodeOf: (item: T) => unknown,
): { readonly edges: readonly unknown[]; readonly pageInfo: unknown } {
  const edges = page.entries.map(({ item, cursor }) => ({ node: nodeOf(item), cursor }));
  return { edges, pageInfo: pageInfo(page) };
}

export function pageInfo({ endCursor, hasNextPage }: Omit<Page<unknown>, 'entries'>) {
  return { __typename: 'PageInfo', endCursor, hasNextPage };
}

function sizeOf(first: number | null | undefined): number {
  if (first === null || first === undefined) return PAGE_ENTRIES_DEFAULT;
  if (first < 1) throw invalidInput(`a page has at least one entry, not ${first}`);
  return first;
}

function positionBehind<T>(
  items: readonly T[],
  cursor: string,
  keyOf: (item: T) => string,
): number {
  const parts = /^(\d{1,15}):(.*)$/s.exec(cursor);
  if (!parts) throw invalidInput('the cursor is none of this list');
  const [position, key] = [Number(parts[1]), parts[2] as string];
  const before = items[position - 1];
  if (before !== undefined && keyOf(before) === key) return position;
  const moved = items.findIndex((item) => keyOf(item) === key);
  return moved < 0 ? position : moved + 1;
}
