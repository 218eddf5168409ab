import { expect, test } from 'vitest';
import { Turnstile } from './turnstile.ts';

test('at most so many at once, all in the end, failures free their place', async () => {
  const turnstile = new Turnstile(3);
  let inside = 0;
  let most = 0;
  const works = Array.from({ length: 20 }, (_, n) =>
    turnstile.run(async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      if (n % 4 === 0) throw new Error('fails');
      return n;
    }),
  );
  const results = await Promise.allSettled(works);
  expect(most).toBe(3);
  expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(15);
  expect(await turnstile.run(async () => 'still open')).toBe('still open');
});
