import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { repeat } from './repeat.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const everyMs = 100;
const onFailure = () => undefined;

it('takes turns one after the other, however long one takes', async () => {
  let ended = () => {};
  const turn = vi.fn(() => new Promise<void>((resolve) => (ended = resolve)));
  const repeated = repeat(turn, { everyMs, onFailure });
  expect(turn).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10 * everyMs);
  expect(turn).toHaveBeenCalledTimes(1);
  ended();
  await vi.advanceTimersByTimeAsync(everyMs);
  expect(turn).toHaveBeenCalledTimes(2);
  ended();
  await repeated.stop();
});

it('waits for the turn under way when it stops, and takes no more', async () => {
  const order: string[] = [];
  const turn = async () => {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    order.push('turn');
  };
  const repeated = repeat(turn, { everyMs, onFailure });
  await vi.advanceTimersByTimeAsync(everyMs + 1);
  const stopped = repeated.stop().then(() => order.push('stopped'));
  await vi.advanceTimersByTimeAsync(10 * everyMs);
  await stopped;
  expect(order).toEqual(['turn', 'stopped']);
  expect(vi.getTimerCount()).toBe(0);
});

it('tells of a turn that fails and takes the next', async () => {
  const failures: unknown[] = [];
  const turn = vi.fn(async () => {
    if (failures.length === 0) throw new Error('once');
  });
  const repeated = repeat(turn, { everyMs, onFailure: (error) => failures.push(error) });
  await vi.advanceTimersByTimeAsync(3 * everyMs);
  await repeated.stop();
  expect(failures).toEqual([new Error('once')]);
  expect(turn.mock.calls.length).toBeGreaterThan(1);
});
