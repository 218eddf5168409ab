import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { LULL_MS, LULL_WAIT_MS_MAX, TelemetryLull } from './telemetry-lull.ts';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

/** Whether the wait that begins now is over, asked at any later moment. */
function waiting(lull: TelemetryLull): () => boolean {
  let over = false;
  void lull.waitFor(performance.now()).then(() => {
    over = true;
  });
  return () => over;
}

test('a wait ends in a pause, which every write puts off', async () => {
  const lull = new TelemetryLull();
  lull.noteWrite();
  const isOver = waiting(lull);
  await vi.advanceTimersByTimeAsync(LULL_MS - 1);
  lull.noteWrite();
  await vi.advanceTimersByTimeAsync(LULL_MS - 1);
  expect(isOver()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(isOver()).toBe(true);
});

test('a wait is over at once where nothing was written lately', async () => {
  const lull = new TelemetryLull();
  await lull.waitFor(performance.now());
  lull.noteWrite();
  await vi.advanceTimersByTimeAsync(LULL_MS);
  await lull.waitFor(performance.now());
  expect(vi.getTimerCount()).toBe(0);
});

test('a wait ends although writing never does', async () => {
  const lull = new TelemetryLull();
  lull.noteWrite();
  const isOver = waiting(lull);
  for (let ms = 1_000; ms < LULL_WAIT_MS_MAX; ms += 1_000) {
    await vi.advanceTimersByTimeAsync(1_000);
    lull.noteWrite();
  }
  expect(isOver()).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(isOver()).toBe(true);
});

test('nobody waits once it has ended', async () => {
  const lull = new TelemetryLull();
  lull.noteWrite();
  const isOver = waiting(lull);
  lull.end();
  await vi.advanceTimersByTimeAsync(0);
  expect(isOver()).toBe(true);
  await lull.waitFor(performance.now());
});
