import { describe, expect, it } from 'vitest';
import { spanHours, spanMs, timeAhead, timeBack } from './time-span.ts';

const NOW = Date.parse('2026-11-24T12:00:00.000Z');

describe('a span', () => {
  it.each([
    ['0m', 0],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['90d', 7_776_000_000],
    ['2w', 1_209_600_000],
  ])('%s is %d ms', (text, ms) => expect(spanMs(text)).toBe(ms));

  it.each(['', '90', 'd', '-1d', '1.5h', '1 d', '1D', '1y', '999999d', '1d2h', '９0d'])(
    'is not %j',
    (text) => expect(spanMs(text)).toBeNull(),
  );
});

describe('a time', () => {
  it.each([
    ['90d', '2027-02-22T12:00:00.000000Z'],
    ['12h', '2026-11-25T00:00:00.000000Z'],
    ['2027-01-31', '2027-01-31T00:00:00.000000Z'],
    ['2027-01-31T08:00:00+01:00', '2027-01-31T07:00:00.000000Z'],
  ])('ahead: %s', (text, time) => expect(timeAhead(text, NOW)).toBe(time));

  it.each([
    ['7d', '2026-11-17T12:00:00.000000Z'],
    ['45m', '2026-11-24T11:15:00.000000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000000Z'],
  ])('back: %s', (text, time) => expect(timeBack(text, NOW)).toBe(time));

  it.each(['tomorrow', '2026-02-30', '2026-13-01', '90', '31.12.2026', ''])('is not %j', (text) => {
    expect(() => timeAhead(text, NOW)).toThrow(/It takes a span such as 12h or 90d/);
    expect(() => timeBack(text, NOW)).toThrow(/It takes a span such as 12h or 90d/);
  });
});

describe('hours', () => {
  it('are whole', () => {
    expect(spanHours('24h')).toBe(24);
    expect(spanHours('7d')).toBe(168);
    expect(spanHours('120m')).toBe(2);
    for (const text of ['90m', '24', 'day']) {
      expect(() => spanHours(text)).toThrow(/whole hours/);
    }
  });
});
