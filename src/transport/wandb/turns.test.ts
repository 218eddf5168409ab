import { describe, expect, it } from 'vitest';
import { RecentlyUsed } from './recently-used.ts';
import { Turns } from './turns.ts';

describe('turns', () => {
  it('of one key do not overlap and keep their order, of others they do not wait', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((open) => (release = open));
    const work = (name: string, wait: Promise<void>) => async () => {
      seen.push(`${name} begins`);
      await wait;
      seen.push(`${name} ends`);
    };
    const first = turns.take('a', work('first', gate));
    const second = turns.take('a', work('second', Promise.resolve()));
    await turns.take('b', work('other', Promise.resolve()));
    expect(seen).toEqual(['first begins', 'other begins', 'other ends']);
    release();
    await Promise.all([first, second]);
    expect(seen.slice(3)).toEqual(['first ends', 'second begins', 'second ends']);
  });

  it('go on after one that failed', async () => {
    const turns = new Turns();
    const failed = turns.take('a', async () => {
      throw new Error('boom');
    });
    const next = turns.take('a', async () => 'next');
    await expect(failed).rejects.toThrow('boom');
    expect(await next).toBe('next');
  });
});

describe('what was used recently', () => {
  it('stays, and what was used longest ago goes', () => {
    const kept = new RecentlyUsed<number>(2);
    kept.set('a', 1);
    kept.set('b', 2);
    expect(kept.get('a')).toBe(1);
    kept.set('c', 3);
    expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual([1, undefined, 3]);
    kept.delete('a');
    expect(kept.get('a')).toBeUndefined();
  });
});
