import type { Digest } from '../digest.ts';
import type { Json, JsonObject } from '../values/value.ts';
import type { EventTime } from './event-time.ts';
import { compareText } from './graph-rows.ts';
import type { EventType } from './told-event.ts';

/**
 * What decides between two events that say something of one thing: the later one, whichever came
 * first. At the same time what was said with more knowledge counts, then the digest, so that the
 * same events come to the same end in every order.
 */
export interface Said {
  readonly at: EventTime;
  readonly rank: number;
  readonly by: Digest;
}

const RANKS: Readonly<Record<EventType, number>> = {
  START: 0,
  RUNNING: 2,
  OTHER: 2,
  COMPLETE: 4,
  ABORT: 4,
  FAIL: 4,
};

/** What is said of an output is said with more knowledge than of an input in the same event. */
export function rankOf(eventType: EventType | null, role: 'INPUT' | 'OUTPUT' | 'DATASET'): number {
  return (eventType === null ? RANKS.RUNNING : RANKS[eventType]) + (role === 'OUTPUT' ? 1 : 0);
}

export function compareSaid(a: Said, b: Said): number {
  return compareText(a.at, b.at) || a.rank - b.rank || compareText(a.by, b.by);
}

/** Whether something counts, beside what stands there so far. */
export function winsOver(said: Said, before: Json | Said | undefined): boolean {
  return before == null || compareSaid(said, before as Said) > 0;
}

export function saidOf({ at, rank, by }: Said): Said & JsonObject {
  return { at, rank, by };
}
