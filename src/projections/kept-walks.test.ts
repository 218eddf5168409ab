import { expect, test } from 'vitest';
import { KeptWalks, type KnownWalk, WALKS_KEPT_MAX } from './kept-walks.ts';

const EMPTY: KnownWalk = {
  ...{ nodes: [], edges: [], truncated: false, frontier: [] },
  ...{ hides: false, isPart: false },
};
const READER = 'act:00000000-0000-0000-0000-000000000001';

/** Asks for walks and tells the keys of those that were made. */
function made(kept: KeptWalks, keys: readonly string[]): Promise<string[]> {
  const makes: string[] = [];
  const walks = keys.map((key) =>
    kept.walk(key, async () => {
      makes.push(key);
      return EMPTY;
    }),
  );
  return Promise.all(walks).then(() => makes);
}

test('a walk is made once for all its pages', async () => {
  const kept = new KeptWalks();
  expect(await made(kept, ['a', 'a', 'b', 'a'])).toEqual(['a', 'b']);
});

test('the walks that were asked for last are kept', async () => {
  const kept = new KeptWalks();
  const others = Array.from({ length: WALKS_KEPT_MAX - 1 }, (_, at) => `other-${at}`);
  await made(kept, ['old', ...others, 'old', 'new']);
  expect(await made(kept, ['old', 'new', 'other-0'])).toEqual(['other-0']);
});

test('a walk that failed is made anew', async () => {
  const kept = new KeptWalks();
  const failing = kept.walk('a', () => Promise.reject(new Error('the store is away')));
  await expect(failing).rejects.toThrow('away');
  expect(await made(kept, ['a'])).toEqual(['a']);
});

test('that a reader goes on is told of their next large page alone', () => {
  const kept = new KeptWalks();
  expect(kept.takeGoesOn(READER)).toBe(false);
  kept.noteGoesOn(READER);
  expect(kept.takeGoesOn(READER)).toBe(true);
  expect(kept.takeGoesOn(READER)).toBe(false);
});
