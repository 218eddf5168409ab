import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

test('what was not used for longest is forgotten', () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect(cache.size).toBe(2);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe(1);
  expect(cache.get('c')).toBe(3);
});

test('setting again counts as use, deleting forgets', () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.set('a', 10);
  cache.set('c', 3);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe(10);
  cache.delete('a');
  expect(cache.get('a')).toBeUndefined();
  expect(cache.size).toBe(1);
});

test('values in use stay, even above the limit, and go when they are free', () => {
  const busy = new Set(['a', 'b']);
  const cache = new BoundedCache<string, string>(1, (value) => !busy.has(value));
  cache.set('a', 'a');
  cache.set('b', 'b');
  cache.set('c', 'c');
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['a', 'b', 'c']);
  busy.clear();
  cache.set('d', 'd');
  expect(cache.size).toBe(1);
  expect(cache.get('d')).toBe('d');
});
