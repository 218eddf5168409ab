import { tell } from './say.ts';

/** Items that a list shows unless --limit says otherwise. */
export const LIST_LIMIT_DEFAULT = 1_000;
/** Most items that one command lists; more is asked for in parts. */
export const LIST_LIMIT_MAX = 100_000;
/** Items that are asked for at once: as many as the hub gives for what a list asks of each. */
export const PAGE_SIZE = 250;

export interface Connection<T> {
  readonly edges: ReadonlyArray<{ readonly node: T }>;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Asks for one page. The variables are those of the list, `first` and `after` or their like. */
export type AskPage<T> = (page: Readonly<Record<string, unknown>>) => Promise<Connection<T>>;

/** Follows a list to its end, or says on stderr that it was cut at the limit. */
export async function* pagesOf<T>(askPage: AskPage<T>, limit: number): AsyncGenerator<T> {
  let left = limit;
  let after: string | null = null;
  for (;;) {
    const { edges, pageInfo }: Connection<T> = await askPage({
      first: Math.min(PAGE_SIZE, left),
      ...(after === null ? {} : { after }),
    });
    for (const { node } of edges) yield node;
    left -= edges.length;
    after = pageInfo.endCursor;
    if (!pageInfo.hasNextPage || after === null) return;
    if (left <= 0) return tell(cut(limit));
  }
}

/** The last items of a list, in its order. */
export async function lastPagesOf<T>(askPage: AskPage<T>, limit: number): Promise<T[]> {
  const pages: T[][] = [];
  let left = limit;
  let before: string | null = null;
  for (;;) {
    const { edges, pageInfo }: Connection<T> = await askPage({
      last: Math.min(PAGE_SIZE, left),
      ...(before === null ? {} : { before }),
    });
    pages.push(edges.map(({ node }) => node));
    left -= edges.length;
    before = pageInfo.startCursor;
    if (!pageInfo.hasPreviousPage || before === null) break;
    if (left <= 0) {
      tell(cut(limit));
      break;
    }
  }
  return pages.reverse().flat();
}

function cut(limit: number): string {
  const more = limit < LIST_LIMIT_MAX ? `; --limit takes up to ${LIST_LIMIT_MAX}` : '';
  return `cut at ${limit}, there may be more${more}`;
}
