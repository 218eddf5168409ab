import type { ActorRef } from '../../../src/domain/actor.ts';
import { instantFromMs } from '../../../src/domain/time.ts';
import type {
  AccessEntry,
  AccessLog,
  AccessNote,
  AccessQuery,
} from '../../../src/ports/access-log.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';
import { SettableClock } from '../../support/settable-clock.ts';

export interface AccessLogOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly keptDays?: number;
}

/** An empty log, and the way to open the same one again as a process does after a restart. */
export interface OpenedAccessLog {
  readonly accessLog: AccessLog;
  reopen(): Promise<AccessLog>;
}

export type OpenAccessLog = (options: AccessLogOptions) => Promise<OpenedAccessLog>;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The start of an hour. */
export const START_MS = 497_000 * HOUR_MS;

/** What a test works with: a log, the time, and what operators were told. */
export async function openNoted(open: OpenAccessLog, keptDays?: number) {
  const clock = new SettableClock(START_MS);
  const told: Array<readonly [message: string, fields: object]> = [];
  const tell = (fields: object, message: string) => void told.push([message, fields]);
  const log: Log = { info: tell, warn: tell, error: tell };
  const options = keptDays === undefined ? { clock, log } : { clock, log, keptDays };
  return { clock, told, ...(await open(options)) };
}

export const actorOf = (number: number): ActorRef =>
  `act:00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const ANNA = actorOf(1);
export const BEN = actorOf(2);
export const FRAUD = 'proj_fraud';
export const CHURN = 'proj_churn';

export function noteOf(more: Partial<AccessNote> = {}): AccessNote {
  return {
    actor: ANNA,
    via: 'key-1',
    subject: 'mdv_a',
    project: FRAUD,
    how: 'RECORD',
    door: 'GRAPHQL',
    ...more,
  };
}

export const ALL = { scope: { all: true }, limit: 1_000 } as const;

/** All that a query finds, page by page. */
export async function everyPage(
  accessLog: AccessLog,
  query: AccessQuery,
): Promise<readonly AccessEntry[]> {
  const found: AccessEntry[] = [];
  for (;;) {
    const page = await accessLog.list({ ...query, after: found.at(-1) });
    found.push(...page);
    if (page.length < query.limit) return found;
  }
}

export const timeOf = (ms: number) => instantFromMs(START_MS + ms);
