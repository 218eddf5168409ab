import { openLineageKey } from '../commands/openlineage-submissions.ts';
import { projectId } from '../domain/lineage/names.ts';
import { type Instant, instantFromMs, msOfInstant } from '../domain/time.ts';
import { rawJob, rawJobKey } from '../ledger/raw-job.ts';
import type { Clock } from '../ports/clock.ts';
import { type DeadJob, JOB_PAGE_MAX, type JobQueue } from '../ports/job-queue.ts';
import type { IdempotencyKey } from '../ports/lineage-store.ts';
import type { Log } from '../ports/log.ts';
import type { OperationalStore } from '../ports/operational-store.ts';
import type { KeptRawEvent, RawEvents } from '../ports/raw-events.ts';

/** How long an event may be on its way before it is asked where it is, in milliseconds. */
export const RAW_SETTLE_MS = 60_000;
/** How long raw events are kept, in milliseconds: 30 days. */
export const RAW_RETENTION_MS = 30 * 24 * 60 * 60_000;
/** Events that are looked at together. */
export const RECONCILE_PAGE_EVENTS = 500;
/** Most pages of one turn: a hub that was away for long makes it good in several. */
export const RECONCILE_PAGES_PER_TURN_MAX = 40;
/** How often segments are removed that are older than they need be, in milliseconds. */
export const RAW_REMOVAL_INTERVAL_MS = 10 * 60_000;
/** Dead jobs that are remembered as noted; past it all are noted anew. */
const DEAD_KNOWN_MAX = 100_000;

const CURSOR_KEY = 'openlineage';

export interface ReconcilerParts {
  readonly org: string;
  readonly rawEvents: RawEvents;
  readonly queue: Pick<JobQueue, 'add' | 'dead'>;
  readonly operational: OperationalStore;
  /** For each key, whether a fact with it is on record. */
  readonly areRecorded: (keys: readonly IdempotencyKey[]) => Promise<readonly boolean[]>;
  /** Under which name the worker puts events on record. */
  readonly operation: string;
  /** Whether this process is the one that reconciles; asked before each page. */
  readonly holds: () => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
  readonly settleMs?: number;
}

/** What one turn did. */
export interface ReconciledTurn {
  looked: number;
  requeued: number;
  dead: number;
  removed: number;
}

/**
 * Finds raw events that never became facts and queues them again, so that what was acknowledged
 * is recorded whatever became of the queue. A cursor moves over the times at which events were
 * received; an event behind it that is neither recorded nor dead is noted, and looked at in each
 * turn until it is.
 */
export class RawReconciler {
  readonly #parts: ReconcilerParts;
  readonly #deadKnown = new Set<string>();
  #window: { readonly since: Instant | null; readonly until: Instant; after?: string } | null =
    null;
  #unsettledAfter: string | undefined;
  /** Received first of all that is noted, by the last look at all of it; null before one. */
  #earliestUnsettled: Instant | 'none' | null = null;
  #earliestSoFar: Instant | 'none' = 'none';
  #removedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  async turn(): Promise<ReconciledTurn> {
    const done: ReconciledTurn = { looked: 0, requeued: 0, dead: 0, removed: 0 };
    if (!(await this.#parts.holds())) return this.#forget(done);
    await this.#noteDead(done);
    await this.#lookAgain(done);
    await this.#lookAtNew(done);
    await this.#remove(done);
    return done;
  }

  /** Another process works on it now, and may do so for long. */
  #forget(done: ReconciledTurn): ReconciledTurn {
    this.#window = null;
    this.#earliestUnsettled = null;
    this.#deadKnown.clear();
    return done;
  }

  /** A queue may lose what it holds; that an event is dead is kept as long as the event. */
  async #noteDead(done: ReconciledTurn): Promise<void> {
    const { queue, operational } = this.#parts;
    let after: string | undefined;
    for (let page = 0; page < RECONCILE_PAGES_PER_TURN_MAX; page += 1) {
      const jobs = await queue.dead('openlineage', { after, limit: JOB_PAGE_MAX });
      const fresh = jobs.filter((job) => !this.#deadKnown.has(deathOf(job)));
      if (fresh.length > 0) {
        const entries = fresh.map((job) => ({ key: job.key, value: JSON.stringify(job) }));
        await operational.put('raw-dead', entries, RAW_RETENTION_MS);
        if (this.#deadKnown.size > DEAD_KNOWN_MAX) this.#deadKnown.clear();
        for (const job of fresh) this.#deadKnown.add(deathOf(job));
        done.dead += fresh.length;
      }
      if (jobs.length < JOB_PAGE_MAX) return;
      after = jobs.at(-1)?.key;
    }
  }

  async #lookAgain(done: ReconciledTurn): Promise<void> {
    const { operational, holds } = this.#parts;
    for (let page = 0; page < RECONCILE_PAGES_PER_TURN_MAX; page += 1) {
      if (!(await holds())) return;
      const entries = await operational.list('raw-unsettled', {
        prefix: '',
        after: this.#unsettledAfter,
        limit: RECONCILE_PAGE_EVENTS,
      });
      const events = entries.map(({ value }) => JSON.parse(value) as KeptRawEvent);
      const unsettled = await this.#unsettled(events);
      await this.#requeue(unsettled, done);
      const open = new Set(unsettled.map(({ ref }) => ref));
      const settled = events.filter(({ ref }) => !open.has(ref)).map(({ ref }) => ref);
      if (settled.length > 0) await operational.delete('raw-unsettled', settled);
      done.looked += events.length;
      for (const { receivedAt } of unsettled) this.#noteEarliest(receivedAt);
      this.#unsettledAfter = entries.at(-1)?.key;
      if (entries.length < RECONCILE_PAGE_EVENTS) return this.#allLookedAt();
    }
  }

  #noteEarliest(at: Instant): void {
    if (this.#earliestSoFar === 'none' || at < this.#earliestSoFar) this.#earliestSoFar = at;
  }

  #allLookedAt(): void {
    this.#unsettledAfter = undefined;
    this.#earliestUnsettled = this.#earliestSoFar;
    this.#earliestSoFar = 'none';
  }

  async #lookAtNew(done: ReconciledTurn): Promise<void> {
    const { rawEvents, operational, holds } = this.#parts;
    for (let page = 0; page < RECONCILE_PAGES_PER_TURN_MAX; page += 1) {
      if (!(await holds())) return;
      this.#window ??= await this.#nextWindow();
      const { since, until, after } = this.#window;
      const events = await rawEvents.list({
        ...{ since: since ?? undefined, before: until, after },
        limit: RECONCILE_PAGE_EVENTS,
      });
      const unsettled = await this.#unsettled(events);
      if (unsettled.length > 0) {
        const entries = unsettled.map((event) => ({
          key: event.ref,
          value: JSON.stringify(event),
        }));
        await operational.put('raw-unsettled', entries);
        for (const { receivedAt } of unsettled) this.#noteEarliest(receivedAt);
        await this.#requeue(unsettled, done);
      }
      done.looked += events.length;
      if (events.length === RECONCILE_PAGE_EVENTS) {
        this.#window = { since, until, after: events.at(-1)?.ref as string };
        continue;
      }
      await operational.put('raw-cursor', [{ key: CURSOR_KEY, value: until }]);
      this.#window = null;
      return;
    }
  }

  async #nextWindow() {
    const { operational, clock, settleMs = RAW_SETTLE_MS } = this.#parts;
    const since = (await operational.get('raw-cursor', CURSOR_KEY)) as Instant | null;
    const until = instantFromMs(clock.nowMs() - settleMs);
    return { since, until: since !== null && since > until ? since : until };
  }

  /** Those of which neither a fact nor a dead job tells. */
  async #unsettled(events: readonly KeptRawEvent[]): Promise<KeptRawEvent[]> {
    if (events.length === 0) return [];
    const { org, operation, areRecorded, operational } = this.#parts;
    const keys = events.map((event) => ({
      actor: event.sender.ref,
      operation,
      key: openLineageKey(event.digest, projectId(org, event.project)),
    }));
    const recorded = await areRecorded(keys);
    const open = events.filter((_, at) => !recorded[at]);
    const dead = await Promise.all(
      open.map((event) => operational.get('raw-dead', rawJobKey(event))),
    );
    return open.filter((_, at) => dead[at] === null);
  }

  async #requeue(events: readonly KeptRawEvent[], done: ReconciledTurn): Promise<void> {
    if (events.length === 0) return;
    const jobs = new Map(events.map((event) => [rawJobKey(event), rawJob(event)]));
    await this.#parts.queue.add('openlineage', [...jobs.values()]);
    done.requeued += jobs.size;
  }

  /** Only what is settled goes, whatever its age. */
  async #remove(done: ReconciledTurn): Promise<void> {
    const { rawEvents, operational, clock } = this.#parts;
    const nowMs = clock.nowMs();
    if (this.#earliestUnsettled === null) return;
    if (Math.abs(nowMs - this.#removedAtMs) < RAW_REMOVAL_INTERVAL_MS) return;
    const cursor = (await operational.get('raw-cursor', CURSOR_KEY)) as Instant | null;
    if (cursor === null) return;
    this.#removedAtMs = nowMs;
    const bounds = [cursor, instantFromMs(nowMs - RAW_RETENTION_MS)];
    if (this.#earliestUnsettled !== 'none') bounds.push(this.#earliestUnsettled);
    if (this.#earliestSoFar !== 'none') bounds.push(this.#earliestSoFar);
    const [earliest] = bounds.sort((a, b) => msOfInstant(a) - msOfInstant(b));
    done.removed += await rawEvents.removeBefore(earliest as Instant);
  }
}

/** A job that was tried again may die again. */
function deathOf({ key, diedAtMs }: DeadJob): string {
  return `${key} ${diedAtMs}`;
}
