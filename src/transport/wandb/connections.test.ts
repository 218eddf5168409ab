import { describe, expect, it } from 'vitest';
import { connection, pageOf } from './connections.ts';

const LETTERS = ['a', 'b', 'c', 'd', 'e'];
const own = (item: string) => item;

describe('a page of a list', () => {
  it('goes on behind the cursor of the one before', () => {
    const first = pageOf(LETTERS, { first: 2 }, own);
    expect(first.entries.map(({ item }) => item)).toEqual(['a', 'b']);
    expect(first.hasNextPage).toBe(true);
    const second = pageOf(LETTERS, { first: 3, after: first.endCursor }, own);
    expect(second.entries.map(({ item }) => item)).toEqual(['c', 'd', 'e']);
    expect(second.hasNextPage).toBe(false);
  });

  it('finds its place again when entries came before', () => {
    const { endCursor } = pageOf(LETTERS, { first: 2 }, own);
    const next = pageOf(['0', ...LETTERS], { first: 1, after: endCursor }, own);
    expect(next.entries[0]?.item).toBe('c');
  });

  it('goes on by number when the entry is gone', () => {
    const { endCursor } = pageOf(LETTERS, { first: 2 }, own);
    const next = pageOf(['a', 'c', 'd'], { first: 1, after: endCursor }, own);
    expect(next.entries[0]?.item).toBe('d');
  });

  it('of an empty list has no cursor', () => {
    expect(connection(pageOf([], {}, own), own)).toEqual({
      edges: [],
      pageInfo: { __typename: 'PageInfo', endCursor: null, hasNextPage: false },
    });
  });

  it('refuses cursors of other lists and empty pages', () => {
    expect(() => pageOf(LETTERS, { after: 'x' }, own)).toThrow(/none of this list/);
    expect(() => pageOf(LETTERS, { first: 0 }, own)).toThrow(/at least one/);
  });
});
