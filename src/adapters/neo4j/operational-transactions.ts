import { type Bolt, type BoltTransaction, inTime, type Statement } from './bolt.ts';
import { isCommitRefused, isPassing, outcomeUnknown, translated } from './failures.ts';
import { lockAndRead, storedValues, writeEntries } from './operational-entries.ts';
import { foldWrites, type OperationalWrite, swappedIds } from './operational-writes.ts';

/** After so long the server ends a transaction by itself: a stopped process holds nobody up. */
const TRANSACTION_MS_MAX = 4_000;
/** How long an answer is waited for: a little longer than the server may take. */
const ANSWER_MS_MAX = TRANSACTION_MS_MAX + 1_000;
/** How often a transaction is tried that failed for a passing reason, such as a tie of locks. */
const TRIES_MAX = 4;
const AGAIN_MS = 20;

/** Transactions of operational data. They are tried again only if nothing was committed. */
export class OperationalTransactions {
  readonly #bolt: Bolt;

  constructor(bolt: Bolt) {
    this.#bolt = bolt;
  }

  /** Does the writes in their order, all of them or none; tells of each whether it was done. */
  async write(writes: readonly OperationalWrite[], nowMs: number): Promise<readonly boolean[]> {
    return this.#inTransaction(async (run) => {
      const ids = swappedIds(writes);
      const [, found = []] = ids.length === 0 ? [] : await run(lockAndRead(ids));
      const { states, done } = foldWrites(writes, storedValues(found), nowMs);
      const statements = writeEntries(states);
      if (statements.length > 0) await run(statements);
      return done;
    });
  }

  async run(statements: readonly Statement[]): Promise<void> {
    await this.#inTransaction((run) => run(statements));
  }

  async #inTransaction<T>(work: (run: BoltTransaction['run']) => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (tried === TRIES_MAX || !isTie(error)) throw translated(error, this.#bolt.address);
        await new Promise((wake) => setTimeout(wake, AGAIN_MS * tried));
      }
    }
  }

  async #once<T>(work: (run: BoltTransaction['run']) => Promise<T>): Promise<T> {
    const transaction = this.#bolt.begin(TRANSACTION_MS_MAX);
    let result: T;
    try {
      result = await work((statements) => inTime(transaction.run(statements), ANSWER_MS_MAX));
    } catch (error) {
      await transaction.rollback(ANSWER_MS_MAX);
      throw error;
    }
    try {
      await transaction.commit(ANSWER_MS_MAX);
      return result;
    } catch (error) {
      throw isCommitRefused(error) ? error : outcomeUnknown(error);
    }
  }
}

/** The server rolled it back by itself and says that it may be tried again. */
function isTie(error: unknown): boolean {
  return isPassing(error) && String((error as { code?: unknown }).code).includes('TransientError');
}
