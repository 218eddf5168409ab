import { invalidInput } from '../../domain/errors.ts';
import type { Json } from '../../domain/values/value.ts';
import {
  type PlaceOf,
  type PlaceShape,
  type Question,
  readCursor,
  writeCursor,
} from './cursors.ts';

/** Edges of a page when nothing is said. */
export const PAGE_DEFAULT = 50;
/** Most edges of a page. */
export const PAGE_MAX = 500;

export interface PageRequest {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** A checked request for a page: so many, from this place on, forwards or backwards. */
export interface Page<P> {
  readonly question: Question;
  readonly size: number;
  readonly direction: 'forwards' | 'backwards';
  readonly after: P | undefined;
  readonly before: P | undefined;
}

/** The page that is asked for. A place within the list has the shape that is given. */
export function pageOf<const S extends PlaceShape>(
  request: PageRequest,
  question: Question,
  shape: S,
): Page<PlaceOf<S>> {
  const { first, after, last, before } = request;
  if (first != null && last != null) {
    throw invalidInput('a page has first or last, not both');
  }
  const place = (cursor: string | null | undefined) =>
    cursor == null ? undefined : readCursor(cursor, question, shape);
  return {
    question,
    size: sizeOf(last == null ? 'first' : 'last', last ?? first ?? PAGE_DEFAULT),
    direction: last == null ? 'forwards' : 'backwards',
    after: place(after),
    before: place(before),
  };
}

function sizeOf(name: string, size: number): number {
  if (size >= 1 && size <= PAGE_MAX) return size;
  throw invalidInput(`${name} is a whole number from 1 to ${PAGE_MAX}, not ${size}`);
}

export interface Connection<T> {
  readonly edges: ReadonlyArray<{ readonly cursor: string; readonly node: T }>;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** What was found for a page, in the order of the list. */
export interface Found<T, P extends Json> {
  readonly items: ReadonlyArray<{ readonly place: P; readonly node: T }>;
  /** More lies behind the page (or, backwards, before it). */
  readonly more: boolean;
  /** Place of the last row looked at, where rows that may not be shown lie behind the items. */
  readonly lookedTo?: P | undefined;
}

/** The page as a Relay connection. */
export function connection<T, P extends Json>(
  page: Page<P>,
  { items, more, lookedTo }: Found<T, P>,
): Connection<T> {
  const edges = items.map(({ place, node }) => ({
    cursor: writeCursor(page.question, place),
    node,
  }));
  const forwards = page.direction === 'forwards';
  const looked = more && lookedTo !== undefined ? writeCursor(page.question, lookedTo) : null;
  const [start, end] = [edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  return {
    edges,
    pageInfo: {
      hasNextPage: forwards ? more : page.before !== undefined,
      hasPreviousPage: forwards ? page.after !== undefined : more,
      startCursor: forwards ? start : (looked ?? start),
      endCursor: forwards ? (looked ?? end) : end,
    },
  };
}

/** A page of `size + 1` rows or fewer: the one too many tells that more lies behind. */
export function foundRows<R, T, P extends Json>(
  rows: readonly R[],
  { size }: Page<P>,
  show: (row: R) => { readonly place: P; readonly node: T },
): Found<T, P> {
  return { items: rows.slice(0, size).map(show), more: rows.length > size };
}
