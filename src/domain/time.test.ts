import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Instant, instantFromMs, laterOf, msOfInstant, parseInstant } from './time.ts';

const FIRST_MS = -62_167_219_200_000;
const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

describe('parseInstant', () => {
  it.each([
    ['2026-11-24T07:15:29Z', '2026-11-24T07:15:29.000000Z'],
    ['2026-11-24T07:15:29.123456Z', '2026-11-24T07:15:29.123456Z'],
    ['2026-11-24t07:15:29z', '2026-11-24T07:15:29.000000Z'],
    ['2026-11-24 07:15:29Z', '2026-11-24T07:15:29.000000Z'],
    ['2026-11-24T07:15:29+00:00', '2026-11-24T07:15:29.000000Z'],
    ['2026-11-24T07:15:29-00:00', '2026-11-24T07:15:29.000000Z'],
    ['2026-11-24T07:15:29+05:45', '2026-11-24T01:30:29.000000Z'],
    ['2026-11-24T23:30:00-01:30', '2026-11-25T01:00:00.000000Z'],
    ['2026-01-01T00:00:00+23:59', '2025-12-31T00:01:00.000000Z'],
    ['2026-01-01T00:00:00.9-23:59', '2026-01-01T23:59:00.900000Z'],
    ['2026-11-24T07:15:29.1Z', '2026-11-24T07:15:29.100000Z'],
    ['2026-11-24T07:15:29.12Z', '2026-11-24T07:15:29.120000Z'],
    ['2026-11-24T07:15:29.123Z', '2026-11-24T07:15:29.123000Z'],
    ['2026-11-24T07:15:29.1234567Z', '2026-11-24T07:15:29.123456Z'],
    ['2026-11-24T07:15:29.999999999Z', '2026-11-24T07:15:29.999999Z'],
    ['2026-11-24T07:15:29.000000999Z', '2026-11-24T07:15:29.000000Z'],
    ['2026-11-24T07:15:29.12345678901234567890+01:00', '2026-11-24T06:15:29.123456Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
    ['1960-06-01T00:00:00.5+01:00', '1960-05-31T23:00:00.500000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000Z'],
    ['2016-12-31T23:59:60.75Z', '2017-01-01T00:00:00.000000Z'],
    ['2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00.000000Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000000Z'],
    ['0001-01-01T00:00:00+01:00', '0000-12-31T23:00:00.000000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
  ])('reads %s as %s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    '',
    'now',
    '2026-11-24',
    '2026-11-24T07:15Z',
    '2026-11-24T07:15:29',
    '2026-11-24T07:15:29.Z',
    '2026-11-24T07:15:29,5Z',
    '2026-11-24T07:15:29+0100',
    '2026-11-24T07:15:29+1:00',
    '2026-11-24T07:15:29+24:00',
    '2026-11-24T07:15:29+01:60',
    '2026-11-24T07:15:29 Z',
    ' 2026-11-24T07:15:29Z',
    '2026-11-24T07:15:29Z\n',
    '2026-11-24T24:00:00Z',
    '2026-11-24T24:00:00.000000Z',
    '2026-11-24T25:00:00Z',
    '2026-11-24T07:60:00Z',
    '2026-11-24T07:15:61Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00.000000Z',
    '2026-01-00T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-02-29T00:00:00.000000Z',
    '2024-02-30T00:00:00Z',
    '2026-02-31T00:00:00.000000Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '+002026-01-01T00:00:00Z',
    '-0001-01-01T00:00:00Z',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '9999-12-31T23:59:60Z',
    '٢٠٢٦-11-24T07:15:29Z',
    '1700000000',
  ])('refuses %j', (text) => {
    expect(() => parseInstant(text)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(/^(not an RFC 3339 time|no such time|a time outside)/),
      }),
    );
  });

  it('does not repeat a long text', () => {
    expect(() => parseInstant('x'.repeat(1_000_000))).toThrow(/^.{0,100}$/);
  });
});

const days = fc.oneof(fc.constant(20_000), fc.integer({ min: -700_000, max: 2_900_000 }));
/** An RFC 3339 text and its exact time in microseconds since 1970. */
const written = fc
  .record({
    day: days,
    second: fc.integer({ min: 0, max: 86_399 }),
    fraction: fc.option(fc.integer({ min: 0, max: 999_999_999 }), { nil: undefined }),
    digits: fc.integer({ min: 1, max: 9 }),
    offset: fc.option(fc.integer({ min: -1439, max: 1439 }), { nil: undefined }),
  })
  .map(({ day, second, fraction, digits, offset }) => {
    const local = day * 86_400_000 + second * 1000;
    const shown = fraction === undefined ? '' : String(fraction).padStart(9, '0').slice(0, digits);
    const micros = BigInt(shown.padEnd(6, '0').slice(0, 6));
    const text = new Date(local).toISOString().slice(0, 19) + (shown && `.${shown}`);
    const time = BigInt(local - (offset ?? 0) * 60_000) * 1000n + micros;
    return { text: text + zone(offset), time };
  });

function zone(offset: number | undefined): string {
  if (offset === undefined) return 'Z';
  const size = Math.abs(offset);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
}

describe('instants', () => {
  it('sort as texts exactly as the times that they stand for', () => {
    fc.assert(
      fc.property(written, written, (a, b) => {
        const [x, y] = [parseInstant(a.text), parseInstant(b.text)];
        expect(x <= y).toBe(a.time <= b.time);
        expect(x === y).toBe(a.time === b.time);
      }),
      { numRuns: 1_000 },
    );
  });

  it('have one form, which reads back as itself', () => {
    fc.assert(
      fc.property(written, ({ text, time }) => {
        const instant = parseInstant(text);
        expect(instant).toMatch(FORM);
        expect(parseInstant(instant)).toBe(instant);
        expect(msOfInstant(instant)).toBe(Number(floorDiv(time, 1000n)));
      }),
    );
  });

  it('come from milliseconds and lead back to them', () => {
    const ms = fc.integer({ min: FIRST_MS, max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) });
    fc.assert(
      fc.property(ms, (time) => {
        const instant = instantFromMs(time);
        expect(instant).toMatch(FORM);
        expect(msOfInstant(instant)).toBe(time);
        expect(parseInstant(instant)).toBe(instant);
      }),
    );
  });

  it('cut a fraction of a millisecond towards the past', () => {
    expect(instantFromMs(0.9)).toBe('1970-01-01T00:00:00.000000Z');
    expect(instantFromMs(-0.1)).toBe('1969-12-31T23:59:59.999000Z');
    expect(instantFromMs(-0)).toBe('1970-01-01T00:00:00.000000Z');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 253_402_300_800_000, -62_167_219_200_001])(
    'do not exist for %s milliseconds',
    (ms) => {
      expect(() => instantFromMs(ms)).toThrow('a time outside the years 0000 to 9999');
    },
  );

  it('are compared by laterOf', () => {
    const [early, late] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000001Z'].map(
      parseInstant,
    ) as [Instant, Instant];
    expect(laterOf(early, late)).toBe(late);
    expect(laterOf(late, early)).toBe(late);
  });
});

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
