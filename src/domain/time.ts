import { invalidInput } from './errors.ts';

/**
 * A point in time as RFC 3339 text in UTC with exactly six digits of fraction, for example
 * `2026-11-24T07:15:29.123456Z`. Texts of this form sort as the times they stand for, in every
 * store. Finer fractions are cut, not rounded, so that a time never moves into the future.
 */
export type Instant = string & { readonly __instant: unique symbol };

/** Hours end at 23: Date.parse would take 24:00 for the next day's start. */
const RFC3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt ]((?!24)\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T(?!24)\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const FRACTION_DIGITS = 6;
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z');

/** Reads an RFC 3339 time with any offset. A leap second counts as the next second's start. */
export function parseInstant(text: string): Instant {
  if (INSTANT.test(text) && !Number.isNaN(Date.parse(text)) && isCalendarDay(text.slice(0, 10))) {
    return text as Instant;
  }
  const parts = RFC3339.exec(text);
  if (!parts) throw invalidInput(`not an RFC 3339 time: ${JSON.stringify(text.slice(0, 64))}`);
  const [, day = '', hour, minute, second = '', fraction = '', offset = 'Z'] = parts;
  const leap = second === '60';
  const whole = `${day}T${hour}:${minute}:${leap ? '59' : second}${offset.toUpperCase()}`;
  const ms = Date.parse(whole) + (leap ? 1000 : 0);
  if (Number.isNaN(ms) || !isCalendarDay(day)) {
    throw invalidInput(`no such time: ${JSON.stringify(text.slice(0, 64))}`);
  }
  return withFraction(ms, leap ? '' : fraction);
}

/** The instant `ms` milliseconds after 1970-01-01T00:00:00Z. */
export function instantFromMs(ms: number): Instant {
  const whole = Math.floor(ms);
  if (!Number.isFinite(ms) || whole < FIRST_MS || whole > LAST_MS) {
    throw invalidInput('a time outside the years 0000 to 9999');
  }
  return `${new Date(whole).toISOString().slice(0, 23)}000Z` as Instant;
}

export function msOfInstant(instant: Instant): number {
  return Date.parse(instant);
}

export function laterOf(a: Instant, b: Instant): Instant {
  return a >= b ? a : b;
}

function withFraction(wholeMs: number, fraction: string): Instant {
  const seconds = instantFromMs(wholeMs).slice(0, 19);
  const digits = fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0');
  return `${seconds}.${digits}Z` as Instant;
}

/** Date.parse takes the 31st of February for the 3rd of March; a record must not. */
function isCalendarDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00.000Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === day;
}
