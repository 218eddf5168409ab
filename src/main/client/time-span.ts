import { InvalidArgumentError } from 'commander';
import { type Instant, instantFromMs, parseInstant } from '../../domain/time.ts';

const HOUR_MS = 3_600_000;
const UNIT_MS = { m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS } as const;
/** Nine digits of weeks would leave the calendar; five of days are 273 years. */
const SPAN = /^(\d{1,5})([mhdw])$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const FORMS = 'a span such as 12h or 90d, a day such as 2027-01-31, or an RFC 3339 time';

/** How long a text such as "90d", "12h" or "30m" says, in milliseconds; null for other texts. */
export function spanMs(text: string): number | null {
  const [, count, unit] = SPAN.exec(text) ?? [];
  return unit === undefined ? null : Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** The time that a span from now, or a day or time as such, stands for. */
export function timeAhead(text: string, nowMs: number = Date.now()): Instant {
  const span = spanMs(text);
  return span === null ? calendarTime(text) : instantFromMs(nowMs + span);
}

/** The same looking back: "7d" is seven days ago. */
export function timeBack(text: string, nowMs: number = Date.now()): Instant {
  const span = spanMs(text);
  return span === null ? calendarTime(text) : instantFromMs(nowMs - span);
}

/** Whole hours of a span. */
export function spanHours(text: string): number {
  const span = spanMs(text);
  if (span !== null && span % HOUR_MS === 0) return span / HOUR_MS;
  throw new InvalidArgumentError('It takes whole hours, such as 24h or 7d.');
}

/** A day stands for its start in UTC, as all times of the hub are told. */
function calendarTime(text: string): Instant {
  try {
    return parseInstant(DAY.test(text) ? `${text}T00:00:00Z` : text);
  } catch {
    throw new InvalidArgumentError(`It takes ${FORMS}.`);
  }
}
