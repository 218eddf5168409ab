import { type CrashRunInput, crashRun } from '../commands/crash-run.ts';
import type { SealedTelemetry } from '../commands/finish-run.ts';
import { sealTelemetry } from '../commands/seal-telemetry.ts';
import { SYSTEM_ACTOR } from '../domain/actor.ts';
import { isDomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { type Instant, msOfInstant } from '../domain/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../ports/clock.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import type { Log } from '../ports/log.ts';
import type { StreamState, TelemetryStore } from '../ports/telemetry-store.ts';
import { endSummaryOfRun } from '../projections/run-summary.ts';

/** Runs that are looked at together. */
export const WATCH_PAGE_RUNS = 200;
/** Most pages of one turn; the next turn goes on behind them. */
export const WATCH_PAGES_PER_TURN_MAX = 50;
/** Most facts that one turn makes; the rest of that page is due when its turn comes again. */
export const WATCH_FACTS_PER_TURN_MAX = 500;
/** How often the telemetry of a run that goes on is sealed at most, in milliseconds. */
export const TELEMETRY_SEAL_INTERVAL_MS = 15 * 60_000;
/** A hub whose last look at a run is older stood still and heard nobody, in milliseconds. */
export const STANDSTILL_MS = 60_000;

/** A run that was heard of, and a time at which it was, not always the last. */
interface Heard {
  readonly run: string;
  readonly at: Instant;
}

/** Who was heard of, and when. */
export interface RunSigns {
  page(after: string | undefined, limit: number): Promise<readonly Heard[]>;
  /** When the run was heard of last, as exactly as this process knows. */
  last(run: string): Promise<Instant | null>;
  note(run: string): Promise<void>;
  forget(runs: readonly string[]): Promise<void>;
}

export interface RunWatcherParts {
  readonly signs: RunSigns;
  readonly store: LineageStore;
  readonly ledger: Pick<Ledger, 'submit'>;
  readonly telemetry: TelemetryStore;
  readonly clock: Clock;
  readonly log: Log;
  /** What a run has kept beside its streams, sealed as its end seals it. */
  readonly sealedFiles: (run: string) => Promise<readonly SealedTelemetry[]>;
  /** How long a run may be silent, in milliseconds. */
  readonly silentMs: number;
}

/** What a turn did, by how many runs. */
export interface WatchedTurn {
  readonly crashed: number;
  readonly sealed: number;
  readonly forgotten: number;
  readonly failed: number;
}

type Done = { -readonly [K in keyof WatchedTurn]: number };

/**
 * Looks after the runs that a door heard of: one that is silent for too long has crashed, the
 * telemetry of one that goes on is sealed from time to time, one that is over is forgotten.
 */
export class RunWatcher {
  readonly #parts: RunWatcherParts;
  /** Silence counts from here at the earliest: before it the hub could hear nobody. */
  #hearsSinceMs: number;
  #lastLookMs: number;
  #after: string | undefined;

  constructor(parts: RunWatcherParts) {
    this.#parts = parts;
    this.#hearsSinceMs = parts.clock.nowMs();
    this.#lastLookMs = this.#hearsSinceMs;
  }

  /** One bounded look, from where the last one ended. Turns must not overlap. */
  async turn(): Promise<WatchedTurn> {
    const { signs } = this.#parts;
    this.#noteTime();
    const done: Done = { crashed: 0, sealed: 0, forgotten: 0, failed: 0 };
    for (let page = 0; page < WATCH_PAGES_PER_TURN_MAX; page += 1) {
      const heard = await signs.page(this.#after, WATCH_PAGE_RUNS);
      await this.#look(heard, done);
      this.#after = heard.length < WATCH_PAGE_RUNS ? undefined : heard.at(-1)?.run;
      if (this.#after === undefined || isFull(done)) break;
    }
    this.#noteTime();
    return done;
  }

  /**
   * A clock that jumped and a machine that slept are no silence of others. Noted before each run
   * and at the end of a turn: a turn with much to do is no standstill.
   */
  #noteTime(): void {
    const now = this.#parts.clock.nowMs();
    const standstill = now < this.#lastLookMs || now - this.#lastLookMs > STANDSTILL_MS;
    if (standstill) this.#hearsSinceMs = now;
    this.#lastLookMs = now;
  }

  async #look(heard: readonly Heard[], done: Done): Promise<void> {
    const runs = heard.map(({ run }) => run);
    const rows = await this.#parts.store.get(runs);
    const ended = runs.filter((_, place) => rows[place]?.props.status !== 'RUNNING');
    await this.#forget(ended, done);
    for (const [place, { at }] of heard.entries()) {
      const row = rows[place];
      if (row?.props.status !== 'RUNNING' || isFull(done)) continue;
      this.#noteTime();
      await this.#tend(row, at, done);
    }
  }

  /** One that fails must not keep the others from being looked after. */
  async #tend(row: NodeRow, heardAt: Instant, done: Done): Promise<void> {
    try {
      const lastSeenAt = await this.#silentSince(row.id, heardAt);
      if (lastSeenAt !== null) {
        if (await this.#crash(row, lastSeenAt)) done.crashed += 1;
      } else if (await this.#isToSeal(row)) {
        await this.#seal(row.id);
        done.sealed += 1;
      }
    } catch (error) {
      done.failed += 1;
      this.#parts.log.error({ run: row.id, error: String(error) }, 'a run was not looked after');
    }
  }

  /** When the run was heard of last, if that is too long ago; null otherwise. */
  async #silentSince(run: string, heardAt: Instant): Promise<Instant | null> {
    if (!this.#isTooLong(heardAt)) return null;
    const last = await this.#parts.signs.last(run);
    return last !== null && this.#isTooLong(last) ? last : null;
  }

  #isTooLong(since: Instant): boolean {
    const { clock, silentMs } = this.#parts;
    return clock.nowMs() - Math.max(msOfInstant(since), this.#hearsSinceMs) >= silentMs;
  }

  /** Whether it did: sealing takes its time, and the run may be heard of meanwhile. */
  async #crash(row: NodeRow, lastSeenAt: Instant): Promise<boolean> {
    const { ledger, telemetry, signs, silentMs, log } = this.#parts;
    const input: CrashRunInput = {
      run: row.id,
      lastSeenAt,
      silentSeconds: Math.ceil(silentMs / 1000),
      summary: await endSummaryOfRun(row, telemetry),
      sealed: await this.#sealedNow(row.id),
    };
    if ((await signs.last(row.id)) !== lastSeenAt) return false;
    await ledger.submit({ command: crashRun, input, actor: SYSTEM_ACTOR });
    log.info({ run: row.id, lastSeenAt }, 'a run fell silent and is taken to have crashed');
    await signs.forget([row.id]);
    await this.#keepIfBack([row.id]);
    return true;
  }

  async #isToSeal({ id, props }: NodeRow): Promise<boolean> {
    const { telemetry, clock } = this.#parts;
    const since = (props.sealedAt ?? props.startedAt) as Instant;
    if (clock.nowMs() - msOfInstant(since) < TELEMETRY_SEAL_INTERVAL_MS) return false;
    const sealed = new Map(
      ((props.sealed ?? []) as unknown as readonly StreamState[]).map((each) => [
        each.stream as string,
        each.bytes,
      ]),
    );
    const states = await telemetry.states(id).catch(noneOfDamaged);
    return states.some(({ stream, bytes }) => sealed.get(stream) !== bytes);
  }

  async #seal(run: string): Promise<void> {
    const input = { run, sealed: await this.#sealedNow(run) };
    await this.#parts.ledger.submit({ command: sealTelemetry, input, actor: SYSTEM_ACTOR });
  }

  async #sealedNow(run: string): Promise<SealedTelemetry[]> {
    const { telemetry, sealedFiles } = this.#parts;
    return [...(await telemetry.seal(run)), ...(await sealedFiles(run))];
  }

  async #forget(runs: readonly string[], done: Done): Promise<void> {
    if (runs.length === 0) return;
    await this.#parts.signs.forget(runs);
    done.forgotten += runs.length;
    await this.#keepIfBack(runs);
  }

  /** A run may be taken up again while it is being forgotten. */
  async #keepIfBack(runs: readonly string[]): Promise<void> {
    const { store, signs } = this.#parts;
    for (const row of await store.get(runs)) {
      if (row?.props.status === 'RUNNING') await signs.note(row.id);
    }
  }
}

function isFull({ crashed, sealed, failed }: WatchedTurn): boolean {
  return crashed + sealed + failed >= WATCH_FACTS_PER_TURN_MAX;
}

/** What is damaged is not sealed while the run goes on; its end names it. */
function noneOfDamaged(error: unknown): readonly StreamState[] {
  if (isDomainError(error) && error.code === 'INTERNAL') return [];
  throw error;
}
