import { expect, test } from 'vitest';
import { Closers } from './closers.ts';

function three(failing: readonly string[]) {
  const closers = new Closers();
  const closed: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    closers.add(async () => {
      closed.push(name);
      if (failing.includes(name)) throw new Error(`${name} does not close`);
    });
  }
  return { closers, closed };
}

test('the last thing opened is closed first, each once', async () => {
  const { closers, closed } = three([]);
  await closers.close();
  await closers.close();
  expect(closed).toEqual(['third', 'second', 'first']);
});

test('what does not close keeps nothing else open, and the first failure is told', async () => {
  const { closers, closed } = three(['third', 'second']);
  await expect(closers.close()).rejects.toThrow('third does not close');
  expect(closed).toEqual(['third', 'second', 'first']);
});

test('work that fails closes everything, and its own failure is told', async () => {
  const { closers, closed } = three(['second']);
  const work = closers.unlessFails(async () => {
    throw new Error('the work failed');
  });
  await expect(work).rejects.toThrow('the work failed');
  expect(closed).toEqual(['third', 'second', 'first']);
});

test('work that goes well leaves everything open', async () => {
  const { closers, closed } = three([]);
  expect(await closers.unlessFails(async () => 'done')).toBe('done');
  expect(closed).toEqual([]);
});
