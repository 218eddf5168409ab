import { expect, test } from 'vitest';
import { KeyedQueue } from './keyed-queue.ts';

test('work for one key runs one at a time and in order, also after a failure', async () => {
  const queue = new KeyedQueue<string>();
  const steps: string[] = [];
  const step = (name: string, ticks: number) => async () => {
    steps.push(`${name} begins`);
    for (let n = 0; n < ticks; n += 1) await Promise.resolve();
    steps.push(`${name} ends`);
    if (name === 'second') throw new Error('second fails');
    return name;
  };
  const results = await Promise.allSettled([
    queue.run('k', step('first', 20)),
    queue.run('k', step('second', 10)),
    queue.run('k', step('third', 1)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(steps).toEqual([
    'first begins',
    'first ends',
    'second begins',
    'second ends',
    'third begins',
    'third ends',
  ]);
});

test('different keys do not wait for each other', async () => {
  const queue = new KeyedQueue<string>();
  let release = () => {};
  const held = queue.run('a', () => new Promise<void>((resolve) => (release = resolve)));
  expect(await queue.run('b', async () => 'b is done')).toBe('b is done');
  release();
  await held;
});
