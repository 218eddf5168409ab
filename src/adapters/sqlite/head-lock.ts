import { DomainError } from '../../domain/errors.ts';
import { headAfter } from '../../ports/check-rows.ts';
import type { Commit, Found, Head, HeadTransaction, Wants } from '../../ports/lineage-store.ts';
import { decodeFound } from './decode.ts';
import { encodeCommit } from './encode-commit.ts';
import { outcomeUnknown } from './failures.ts';
import type { EncodedCommit } from './protocol.ts';
import type { WorkerLink } from './worker-link.ts';

/** A transaction that is open on the writing thread. */
export class HeadLock implements HeadTransaction {
  readonly head: Head;
  readonly #writer: WorkerLink;
  /** Appended and not yet sent: rows travel with the next load or with the commit. */
  #appended: EncodedCommit[] = [];
  #end: Head;
  #over = false;
  /** A refused append spoils the transaction even when the work goes on. */
  #refusal: unknown;

  private constructor(writer: WorkerLink, head: Head) {
    this.#writer = writer;
    this.head = head;
    this.#end = head;
  }

  static async take(writer: WorkerLink): Promise<HeadLock> {
    return new HeadLock(writer, await writer.ask('begin', null));
  }

  async load(wants: Wants): Promise<Found> {
    this.#refuseWhenOver();
    const appended = this.#takeAppended();
    const found = await this.#writer.ask('load', { appended, wants }, buffersOf(appended));
    return decodeFound(found);
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
    if (this.#refusal !== undefined) throw this.#refusal;
    const appended = this.#takeAppended();
    try {
      await this.#writer.ask('commit', appended, buffersOf(appended));
    } catch (error) {
      throw this.#writer.alive ? error : outcomeUnknown(error);
    }
  }

  /** Leaves nothing behind. A thread that cannot even do that is ended. */
  async rollback(): Promise<void> {
    this.#over = true;
    try {
      await this.#writer.ask('rollback', null);
    } catch {
      await this.#writer.terminate();
    }
  }

  #takeAppended(): EncodedCommit[] {
    const appended = this.#appended;
    this.#appended = [];
    return appended;
  }

  #refuseWhenOver(): void {
    if (this.#over) throw new DomainError('INTERNAL', 'this transaction is over');
    if (this.#refusal !== undefined) throw this.#refusal;
  }
}

function buffersOf(appended: readonly EncodedCommit[]): ArrayBuffer[] {
  return appended.map(({ bytes }) => bytes.buffer);
}
