import { DomainError, isDomainError } from '../domain/errors.ts';
import type { RoleTable } from '../domain/governance/permissions.ts';
import type { Clock } from '../ports/clock.ts';
import type { FactRow, HeadTransaction, LineageStore } from '../ports/lineage-store.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { Batch } from './batch.ts';
import type { Receipt } from './command.ts';
import type { Decided, Entry } from './decide-entry.ts';
import { type Lane, Lanes } from './lanes.ts';
import type { RefusalTally } from './refusal-tally.ts';

/** Most commands in one transaction; larger ones hold the writer for too long. */
export const BATCH_COMMANDS_MAX = 256;
/** Places of a batch that commands nobody waits for have, if there are any. */
export const BULK_COMMANDS_MIN = 32;
/** Most commands that wait in a lane; past it intake answers BACKPRESSURE. */
export const WAITING_COMMANDS_MAX = 10_000;
/** How often a batch whose outcome is not known is looked up before its callers are told so. */
export const UNKNOWN_OUTCOME_ATTEMPTS_MAX = 5;
/** How often a batch is run again when each time its outcome is not known. */
export const UNKNOWN_OUTCOME_RUNS_MAX = 3;
/** Pause between two of those attempts, in milliseconds. */
export const UNKNOWN_OUTCOME_PAUSE_MS = 200;

export interface CommitterDependencies {
  readonly store: LineageStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly tally: RefusalTally;
  readonly roles: RoleTable;
}

interface Waiting {
  readonly entry: Entry;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
  /** Runs that ended without anybody knowing how. */
  unknownRuns: number;
}

/** A group that was decided while the one before it was committing. */
interface Ahead {
  readonly group: readonly Waiting[];
  readonly batch: Batch;
}

/**
 * The one way into the log. Commands gather while a batch commits, and the next batch takes
 * what has gathered: no timer, and a lone command goes at once. Each caller is answered after
 * the transaction that holds its fact is durable.
 */
export class Committer {
  readonly #deps: CommitterDependencies;
  readonly #lanes = new Lanes<Waiting>({
    groupMax: BATCH_COMMANDS_MAX,
    bulkMin: BULK_COMMANDS_MIN,
  });
  #running: Promise<void> | null = null;

  constructor(deps: CommitterDependencies) {
    this.#deps = deps;
  }

  commit(entry: Entry, lane: Lane = 'interactive'): Promise<Receipt> {
    if (this.#lanes.waitingIn(lane) >= WAITING_COMMANDS_MAX) {
      return Promise.reject(
        new DomainError('BACKPRESSURE', 'too many changes wait to be recorded; try again soon'),
      );
    }
    return new Promise((resolve, reject) => {
      this.#lanes.add(lane, { entry, resolve, reject, unknownRuns: 0 });
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
    let ahead: Ahead | null = null;
    for (;;) {
      const group: readonly Waiting[] = ahead?.group ?? this.#take();
      if (group.length === 0) break;
      ahead = await this.#run(group, ahead?.batch ?? null);
    }
    this.#running = null;
  }

  #take(): Waiting[] {
    return this.#lanes.take();
  }

  /**
   * Runs a group of commands in one transaction. While that commits, the commands that have come
   * meanwhile are decided on top of it; they are what is returned, and run next.
   */
  async #run(group: readonly Waiting[], prepared: Batch | null): Promise<Ahead | null> {
    const next: { ahead: Ahead | null } = { ahead: null };
    try {
      await this.#deps.store.transact(async (tx) => {
        const batch = await this.#decided(tx, group, prepared);
        next.ahead = await this.#prepareNext(tx, batch);
        await this.#append(tx, batch);
      });
    } catch (error) {
      // What was decided on top of a batch that failed is decided anew.
      next.ahead?.batch.abandon();
      if (next.ahead) this.#lanes.giveBack(next.ahead.group);
      await this.#recover(group, error);
      return null;
    }
    const answerAll = () => {
      for (const waiting of group) answer(waiting);
    };
    // The next transaction begins before the callers of this one go on and keep the thread busy.
    if (next.ahead) setImmediate(answerAll);
    else answerAll();
    return next.ahead;
  }

  /** The same without looking ahead, for halves of a group that the store refused whole. */
  async #runAlone(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#deps.store.transact(async (tx) => {
        await this.#append(tx, await this.#decided(tx, group, null));
      });
    } catch (error) {
      await this.#recover(group, error);
      return;
    }
    for (const waiting of group) answer(waiting);
  }

  async #recover(group: readonly Waiting[], error: unknown): Promise<void> {
    if (isUnknownOutcome(error) && mayRunAgain(group)) {
      await this.#askAgain(group, error);
    } else if (group.length === 1 || isUnavailable(error)) {
      const shown = error instanceof BodyFailure ? error.cause : error;
      for (const { reject } of group) reject(shown);
    } else {
      const middle = group.length >> 1;
      await this.#runAlone(group.slice(0, middle));
      await this.#runAlone(group.slice(middle));
    }
  }

  async #decided(
    tx: HeadTransaction,
    group: readonly Waiting[],
    prepared: Batch | null,
  ): Promise<Batch> {
    if (prepared?.holdsAt(tx.head)) {
      await prepared.decide(tx);
      return prepared;
    }
    prepared?.abandon();
    const entries = group.map(({ entry }) => entry);
    const batch = await Batch.atHead(tx, entries, this.#deps);
    await batch.decide(tx);
    return batch;
  }

  async #prepareNext(tx: HeadTransaction, batch: Batch): Promise<Ahead | null> {
    const group = this.#take();
    let next: Batch | null = null;
    try {
      next = await batch.next(
        tx,
        group.map(({ entry }) => entry),
      );
    } finally {
      if (next === null) this.#lanes.giveBack(group);
    }
    if (next === null) return null;
    const ahead = next;
    // Behind the messages that commit the batch, so that both happen at the same time.
    setImmediate(() => ahead.decideAhead());
    return { group, batch: ahead };
  }

  async #append(tx: HeadTransaction, batch: Batch): Promise<void> {
    const commit = batch.commit();
    if (commit === null) return;
    // What a fact names is durable before the fact is.
    try {
      await Promise.all(batch.bodies.map((body) => this.#deps.objects.put(body)));
    } catch (error) {
      throw new BodyFailure(error);
    }
    await tx.append(commit);
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
      for (const waiting of batch) waiting.unknownRuns += 1;
      await this.#runAlone(batch);
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
}

/** A body could not be kept; commands without one need not suffer for it. */
class BodyFailure extends Error {
  override readonly name = 'BodyFailure';

  constructor(cause: unknown) {
    super('the body of a fact could not be kept', { cause });
  }
}

function answer({ entry, resolve, reject }: Waiting): void {
  const decided = entry.last as Decided;
  if (decided.receipt) resolve(decided.receipt);
  else reject(decided.error);
}

function mayRunAgain(group: readonly Waiting[]): boolean {
  return group.every(({ unknownRuns }) => unknownRuns < UNKNOWN_OUTCOME_RUNS_MAX);
}

function isUnavailable(error: unknown): error is DomainError {
  return isDomainError(error) && error.code === 'UNAVAILABLE';
}

function isUnknownOutcome(error: unknown): boolean {
  return isUnavailable(error) && error.details.outcome === 'unknown';
}
