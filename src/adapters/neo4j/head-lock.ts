import { DomainError } from '../../domain/errors.ts';
import { headAfter } from '../../ports/check-rows.ts';
import type { Commit, Found, Head, HeadTransaction, Wants } from '../../ports/lineage-store.ts';
import { type Bolt, type BoltTransaction, inTime } from './bolt.ts';
import { type EncodedCommit, encodeCommit } from './encode-commit.ts';
import { isCommitRefused, isPassing, isTimeout, outcomeUnknown, translated } from './failures.ts';
import { loadWants, plannedLoads } from './load-wants.ts';
import { decodeHead, LOCK_HEAD } from './read-facts.ts';
import { type KnownLists, plannedWrites, writeRows } from './write-rows.ts';

/** How long a transaction waits, in all, for another to let go of the head, in milliseconds. */
export const LOCK_WAIT_MS_MAX = 20_000;
/** Having waited so much of its time, a transaction begins anew, with all of it for its work. */
const WAITED_PART_MAX = 0.4;
const LOCK_AGAIN_MS = 50;
/** How long an answer is waited for beyond the time of the transaction, in milliseconds. */
const ANSWER_GRACE_MS = 5_000;
/** How long a server may take to plan every statement, in milliseconds. */
const PLAN_MS_MAX = 120_000;
const ROLLBACK_MS_MAX = 2_000;

export interface HeadLockOptions {
  readonly bolt: Bolt;
  /** After so many milliseconds the server ends the transaction, whatever became of us. */
  readonly timeoutMs: number;
  readonly known: KnownLists;
}

/** Has the server plan all that transactions say, so that the first one is as quick as others. */
export async function planTransactions(bolt: Bolt): Promise<void> {
  const transaction = bolt.begin(PLAN_MS_MAX);
  try {
    await transaction.run([...plannedLoads(), ...plannedWrites()]);
  } catch (error) {
    throw translated(error, bolt.address);
  } finally {
    await transaction.rollback(ROLLBACK_MS_MAX);
  }
}

/** A transaction that holds the head: its write lock was taken before anything was read. */
export class HeadLock implements HeadTransaction {
  readonly head: Head;
  readonly #options: HeadLockOptions;
  readonly #transaction: BoltTransaction;
  /** Appended and not yet sent: rows travel with the next load or with the commit. */
  #appended: EncodedCommit[] = [];
  /** Lists of projects that this transaction wrote: known to all once it is committed. */
  readonly #lists: string[] = [];
  #end: Head;
  #over = false;
  /** A refused append spoils the transaction even when the work goes on. */
  #refusal: unknown;

  private constructor(options: HeadLockOptions, transaction: BoltTransaction, head: Head) {
    this.#options = options;
    this.#transaction = transaction;
    this.head = head;
    this.#end = head;
  }

  /** Nothing is committed before the lock is held, so that passing faults are tried again. */
  static async take(options: HeadLockOptions): Promise<HeadLock> {
    const { bolt, timeoutMs } = options;
    const until = performance.now() + LOCK_WAIT_MS_MAX;
    for (;;) {
      const transaction = bolt.begin(timeoutMs);
      const begun = performance.now();
      try {
        const head = await lockHead(transaction, timeoutMs);
        const late = performance.now() - begun > timeoutMs * WAITED_PART_MAX;
        if (!late || performance.now() > until) return new HeadLock(options, transaction, head);
        await transaction.rollback(ROLLBACK_MS_MAX);
      } catch (error) {
        await transaction.rollback(ROLLBACK_MS_MAX);
        const again = isTimeout(error) || (isPassing(error) && isServerFault(error));
        if (!again || performance.now() > until) throw translated(error, bolt.address);
        await new Promise((wake) => setTimeout(wake, LOCK_AGAIN_MS));
      }
    }
  }

  async load(wants: Wants): Promise<Found> {
    this.#refuseWhenOver();
    try {
      await this.#send();
      return await loadWants(this.#transaction, wants);
    } catch (error) {
      this.#refusal ??= translated(error, this.#options.bolt.address);
      throw this.#refusal;
    }
  }

  async append(commit: Commit): Promise<void> {
    this.#refuseWhenOver();
    try {
      const encoded = encodeCommit(commit);
      this.#end = headAfter(this.#end, commit);
      this.#appended.push(encoded);
    } catch (error) {
      this.#refusal ??= error;
      throw error;
    }
  }

  async commit(): Promise<void> {
    this.#over = true;
    try {
      if (this.#refusal !== undefined) throw this.#refusal;
      await inTime(this.#send(), this.#options.timeoutMs + ANSWER_GRACE_MS);
    } catch (error) {
      await this.rollback();
      throw translated(error, this.#options.bolt.address);
    }
    try {
      await this.#transaction.commit(this.#options.timeoutMs + ANSWER_GRACE_MS);
    } catch (error) {
      const refused = isCommitRefused(error);
      throw refused ? translated(error, this.#options.bolt.address) : outcomeUnknown(error);
    }
    for (const list of this.#lists) this.#options.known.add(list);
  }

  /** Leaves nothing behind, or leaves it to the server to end what it cannot be told to end. */
  async rollback(): Promise<void> {
    this.#over = true;
    await this.#transaction.rollback(ROLLBACK_MS_MAX);
  }

  async #send(): Promise<void> {
    if (this.#appended.length === 0) return;
    const commits = this.#appended;
    this.#appended = [];
    const rows = { commits, end: this.#end, known: this.#options.known };
    this.#lists.push(...(await writeRows(this.#transaction, rows)));
  }

  #refuseWhenOver(): void {
    if (this.#over) throw new DomainError('INTERNAL', 'this transaction is over');
    if (this.#refusal !== undefined) throw this.#refusal;
  }
}

async function lockHead(transaction: BoltTransaction, timeoutMs: number): Promise<Head> {
  const [rows = []] = await inTime(transaction.run([LOCK_HEAD]), timeoutMs + ANSWER_GRACE_MS);
  return decodeHead(rows);
}

/** Deadlocks and the like, which the server tells; a server that is away is not waited for. */
function isServerFault(error: unknown): boolean {
  return String((error as { code?: string }).code).startsWith('Neo.');
}
