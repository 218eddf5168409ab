import { expect, test } from 'vitest';
import { systemClock } from './system-clock.ts';
import { systemIds } from './system-ids.ts';

test('the clock lies between two looks at the machine clock', () => {
  const before = Date.now();
  const now = systemClock.nowMs();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test('ids are random UUIDs in lower case, bytes as many as asked', () => {
  const ids = new Set(Array.from({ length: 100 }, () => systemIds.uuid()));
  expect(ids.size).toBe(100);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  expect(systemIds.bytes(32).byteLength).toBe(32);
  expect(systemIds.bytes(32)).not.toEqual(systemIds.bytes(32));
});
