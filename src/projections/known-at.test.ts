import { expect, test } from 'vitest';
import { type Instant, parseInstant } from '../domain/time.ts';
import { justAfter } from './known-at.ts';

test.each([
  ['2026-11-24T07:15:29.123456Z', '2026-11-24T07:15:29.123457Z'],
  ['2026-11-24T07:15:29.123009Z', '2026-11-24T07:15:29.123010Z'],
  ['2026-11-24T07:15:29.123999Z', '2026-11-24T07:15:29.124000Z'],
  ['2026-12-31T23:59:59.999999Z', '2027-01-01T00:00:00.000000Z'],
])('just after %s comes %s', (instant, next) => {
  expect(justAfter(instant as Instant)).toBe(next);
  expect(parseInstant(next)).toBe(next);
});
