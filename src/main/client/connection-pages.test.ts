import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AskPage,
  LIST_LIMIT_MAX,
  lastPagesOf,
  PAGE_SIZE,
  pagesOf,
} from './connection-pages.ts';

const TOTAL = PAGE_SIZE * 2 + 7;
const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
let pages = 0;

/** The numbers from 0, as a list that gives as many as it is asked for; cursors are places. */
const numbers: AskPage<number> = async ({ first, after, last, before }) => {
  pages += 1;
  const forwards = last === undefined;
  const end = forwards
    ? Math.min(TOTAL, Number(after ?? -1) + 1 + Number(first))
    : Number(before ?? TOTAL);
  const start = forwards ? Number(after ?? -1) + 1 : Math.max(0, end - Number(last));
  const places = Array.from({ length: end - start }, (_, at) => start + at);
  return {
    edges: places.map((node) => ({ node })),
    pageInfo: {
      hasNextPage: forwards && end < TOTAL,
      hasPreviousPage: !forwards && start > 0,
      startCursor: places.length === 0 ? null : String(start),
      endCursor: places.length === 0 ? null : String(end - 1),
    },
  };
};

async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

beforeEach(() => {
  pages = 0;
});
afterEach(() => told.mockClear());

describe('a list', () => {
  it('is followed to its end', async () => {
    expect(await gathered(pagesOf(numbers, LIST_LIMIT_MAX))).toEqual(upTo(0, TOTAL));
    expect(pages).toBe(3);
    expect(told).not.toHaveBeenCalled();
  });

  it('ends without a word where its length is the limit', async () => {
    expect(await gathered(pagesOf(numbers, TOTAL))).toEqual(upTo(0, TOTAL));
    expect(told).not.toHaveBeenCalled();
  });

  it('is cut at the limit, and that is said', async () => {
    expect(await gathered(pagesOf(numbers, PAGE_SIZE + 1))).toEqual(upTo(0, PAGE_SIZE + 1));
    expect(pages).toBe(2);
    expect(told).toHaveBeenCalledWith(
      `cut at ${PAGE_SIZE + 1}, there may be more; --limit takes up to ${LIST_LIMIT_MAX}`,
    );
  });

  it('goes on behind a page on which there was nothing to see', async () => {
    const pageInfo = { hasPreviousPage: false, startCursor: null };
    const askPage: AskPage<string> = async ({ after }) =>
      after === undefined
        ? { edges: [], pageInfo: { ...pageInfo, hasNextPage: true, endCursor: 'c' } }
        : { edges: [{ node: 'x' }], pageInfo: { ...pageInfo, hasNextPage: false, endCursor: 'd' } };
    expect(await gathered(pagesOf(askPage, 10))).toEqual(['x']);
  });
});

describe('the end of a list', () => {
  it('comes in the order of the list', async () => {
    const count = PAGE_SIZE + 3;
    expect(await lastPagesOf(numbers, count)).toEqual(upTo(TOTAL - count, TOTAL));
    expect(told).toHaveBeenCalledOnce();
  });

  it('may be all of it', async () => {
    expect(await lastPagesOf(numbers, LIST_LIMIT_MAX)).toEqual(upTo(0, TOTAL));
    expect(told).not.toHaveBeenCalled();
  });
});
