import { DomainError, isDomainError } from '../domain/errors.ts';
import type { LogIndex } from '../domain/lineage/graph-rows.ts';
import { type Instant, instantFromMs, laterOf } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { FactRow, HeadTransaction, LineageStore } from '../ports/lineage-store.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Receipt } from './command.ts';
import { type Decided, decideEntry, type Entry, loadForBatch } from './decide-entry.ts';
import { Overlay } from './overlay.ts';
import type { RefusalTally } from './refusal-tally.ts';

/** Most commands in one transaction; larger ones hold the writer for too long. */
export const BATCH_COMMANDS_MAX = 256;
/** Most commands that wait; past it intake answers BACKPRESSURE. */
export const WAITING_COMMANDS_MAX = 10_000;
/** How often a batch whose outcome is not known is looked up before its callers are told so. */
export const UNKNOWN_OUTCOME_ATTEMPTS_MAX = 5;
/** Pause between two of those attempts, in milliseconds. */
export const UNKNOWN_OUTCOME_PAUSE_MS = 200;

export interface CommitterDependencies {
  readonly store: LineageStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly tally: RefusalTally;
}

interface Waiting {
  readonly entry: Entry;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The one way into the log. Commands gather while a batch commits, and the next batch takes
 * what has gathered: no timer, and a lone command goes at once. Each caller is answered after
 * the transaction that holds its fact is durable.
 */
export class Committer {
  readonly #deps: CommitterDependencies;
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;

  constructor(deps: CommitterDependencies) {
    this.#deps = deps;
  }

  commit(entry: Entry): Promise<Receipt> {
    if (this.#waiting.length >= WAITING_COMMANDS_MAX) {
      return Promise.reject(
        new DomainError('BACKPRESSURE', 'too many changes wait to be recorded; try again soon'),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when everything that was submitted so far is answered. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    // The first command of a burst waits one turn, so that its companions of the same turn join.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_COMMANDS_MAX);
      await this.#run(batch);
    }
    this.#running = null;
  }

  /** Runs a batch; a store that refuses it is asked again with each half. */
  async #run(batch: readonly Waiting[]): Promise<void> {
    let settle: (() => void)[];
    try {
      settle = await this.#deps.store.transact((tx) => this.#attempt(tx, batch));
    } catch (error) {
      await this.#recover(batch, error);
      return;
    }
    for (const answer of settle) answer();
  }

  async #recover(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (isUnknownOutcome(error)) {
      await this.#askAgain(batch, error);
    } else if (batch.length === 1 || isUnavailable(error)) {
      for (const { reject } of batch) reject(error);
    } else {
      const middle = batch.length >> 1;
      await this.#run(batch.slice(0, middle));
      await this.#run(batch.slice(middle));
    }
  }

  /**
   * The transaction may or may not have committed. An empty transaction waits until the old one
   * has let go of the head; after it the facts are there, or they never will be.
   */
  async #askAgain(batch: readonly Waiting[], cause: unknown): Promise<void> {
    for (let attempt = 1; attempt <= UNKNOWN_OUTCOME_ATTEMPTS_MAX; attempt += 1) {
      try {
        await this.#deps.store.transact(async () => undefined);
        const ids = batch.map(({ entry }) => entry.request.factId);
        const facts = await this.#deps.store.facts({
          ids,
          order: 'oldest',
          limit: ids.length,
          scope: { all: true },
        });
        await this.#settleFound(batch, facts);
        return;
      } catch (error) {
        this.#deps.log.warn({ attempt, error: String(error) }, 'outcome of a commit is not known');
        await new Promise((wake) => setTimeout(wake, UNKNOWN_OUTCOME_PAUSE_MS * attempt));
      }
    }
    for (const { reject } of batch) reject(cause);
  }

  async #settleFound(batch: readonly Waiting[], facts: readonly FactRow[]): Promise<void> {
    if (facts.length === 0) {
      await this.#run(batch);
      return;
    }
    // The batch was committed: its decided answers stand, and only those without a fact remain.
    const found = new Map(facts.map((row) => [row.id, row.index]));
    for (const { entry, resolve, reject } of batch) {
      const last = entry.last;
      const index = found.get(entry.request.factId);
      if (last?.error) reject(last.error);
      else if (last?.receipt && (index === undefined || index === last.receipt.index)) {
        resolve(last.receipt);
      } else reject(new DomainError('INTERNAL', 'the log does not hold the fact it should'));
    }
  }

  async #attempt(tx: HeadTransaction, batch: readonly Waiting[]): Promise<(() => void)[]> {
    const recordedAt = this.#timeAfter(tx.head.recordedAt);
    const overlay = new Overlay();
    const entries = batch.map(({ entry }) => entry);
    const known = await loadForBatch(tx, overlay, entries);
    const facts: FactRow[] = [];
    const about: [string, LogIndex][] = [];
    const bodies: Buffer[] = [];
    for (const entry of entries) {
      const index = tx.head.size + facts.length;
      const at = { tx, overlay, known, index, recordedAt, tally: this.#deps.tally };
      const decided = await decideEntry(entry, at);
      entry.last = decided;
      if (!decided.written) continue;
      facts.push(decided.written.row);
      if (decided.written.body) bodies.push(decided.written.body);
      for (const id of decided.about) about.push([id, index]);
    }
    if (facts.length > 0) {
      // What a fact names is durable before the fact is.
      await Promise.all(bodies.map((body) => this.#deps.objects.put(body)));
      await tx.append({ facts, ...overlay.changed(), about });
    }
    return batch.map((waiting) => answerOf(waiting));
  }

  #timeAfter(previous: Instant | null): Instant {
    const now = instantFromMs(this.#deps.clock.nowMs());
    return previous === null ? now : laterOf(now, previous);
  }
}

function answerOf({ entry, resolve, reject }: Waiting): () => void {
  const decided = entry.last as Decided;
  return () => {
    if (decided.receipt) resolve(decided.receipt);
    else reject(decided.error);
  };
}

function isUnavailable(error: unknown): error is DomainError {
  return isDomainError(error) && error.code === 'UNAVAILABLE';
}

function isUnknownOutcome(error: unknown): boolean {
  return isUnavailable(error) && error.details.outcome === 'unknown';
}
