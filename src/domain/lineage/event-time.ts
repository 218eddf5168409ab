import { type Instant, parseInstant } from '../time.ts';

/**
 * A time of an event with all nine digits that producers send, as RFC 3339 text in UTC. Texts of
 * this form sort as the times they stand for; finer digits are cut.
 */
export type EventTime = string & { readonly __eventTime: unique symbol };

const FRACTION = /\.(\d+)/;
const INSTANT_DIGITS = 6;
const DIGITS = 9;

/** Reads an RFC 3339 time with any offset. */
export function parseEventTime(text: string): EventTime {
  const instant = parseInstant(text);
  const isLeap = /:60/.test(text);
  const fraction = isLeap ? '' : (FRACTION.exec(text)?.[1] ?? '');
  const rest = fraction.slice(INSTANT_DIGITS, DIGITS).padEnd(DIGITS - INSTANT_DIGITS, '0');
  return `${instant.slice(0, -1)}${rest}Z` as EventTime;
}

/** The same time as the hub keeps times: three digits less, cut. */
export function instantOf(time: EventTime): Instant {
  return `${time.slice(0, -1 - (DIGITS - INSTANT_DIGITS))}Z` as Instant;
}
