import type { RoleTable } from '../domain/governance/permissions.ts';
import type { LogIndex } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type Instant, instantFromMs, laterOf } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commit, FactRow, Head, HeadTransaction } from '../ports/lineage-store.ts';
import {
  type DecisionPlace,
  decideEntry,
  type Entry,
  type KnownKeys,
  loadForBatch,
  NeedsStore,
} from './decide-entry.ts';
import { Overlay } from './overlay.ts';
import type { RefusalTally } from './refusal-tally.ts';

/** Batches that may be decided one on top of the other before one starts from the store anew. */
export const BATCHES_AHEAD_MAX = 8;

export interface BatchDependencies {
  readonly clock: Clock;
  readonly tally: RefusalTally;
  readonly roles: RoleTable;
}

/** Where a batch begins: the head that it was, or will be, decided on. */
interface Start {
  readonly size: LogIndex;
  readonly recordedAt: Instant;
  readonly overlay: Overlay;
  readonly known: KnownKeys;
  /** Batches below this one whose rows its overlay leans on. */
  readonly depth: number;
}

/**
 * Commands that share a transaction, decided in order over one overlay. A batch may be decided
 * ahead, while the one before it commits; it then holds only if the head turns out to be where
 * that one ends, which the transaction finds out under the lock.
 */
export class Batch {
  readonly entries: readonly Entry[];
  readonly #deps: BatchDependencies;
  readonly #start: Start;
  readonly #facts: FactRow[] = [];
  readonly #about: [NodeId, LogIndex][] = [];
  readonly #bodies: Buffer[] = [];
  #decided = 0;
  #abandoned = false;
  #deciding: Promise<void> | null = null;

  private constructor(entries: readonly Entry[], deps: BatchDependencies, start: Start) {
    this.entries = entries;
    this.#deps = deps;
    this.#start = start;
  }

  /** A batch that begins at the head of this transaction. */
  static async atHead(
    tx: HeadTransaction,
    entries: readonly Entry[],
    deps: BatchDependencies,
  ): Promise<Batch> {
    const overlay = new Overlay();
    const known = await loadForBatch(tx, entries, { ...deps, overlay });
    const { size } = tx.head;
    const recordedAt = timeAfter(tx.head.recordedAt, deps.clock);
    return new Batch(entries, deps, { size, recordedAt, overlay, known, depth: 0 });
  }

  /**
   * The batch behind this one, with what it needs loaded through this one's transaction, or null
   * when enough batches lean on each other. Asked for before this one is appended: what the
   * store then holds and what this batch changed are together what the next will find.
   */
  async next(tx: HeadTransaction, entries: readonly Entry[]): Promise<Batch | null> {
    const { depth, recordedAt: before } = this.#start;
    if (depth + 1 >= BATCHES_AHEAD_MAX || entries.length === 0) return null;
    const overlay = this.#start.overlay.fork();
    const known = await loadForBatch(tx, entries, { ...this.#deps, overlay });
    for (const [key, fact] of this.#start.known) if (!known.has(key)) known.set(key, fact);
    const size = this.#start.size + this.#facts.length;
    const recordedAt = timeAfter(before, this.#deps.clock);
    const start = { size, recordedAt, overlay, known, depth: depth + 1 };
    return new Batch(entries, this.#deps, start);
  }

  /** True when the batch was decided on exactly this head. */
  holdsAt({ size, recordedAt }: Head): boolean {
    const { size: expected, recordedAt: own } = this.#start;
    return size === expected && (recordedAt === null || recordedAt <= own);
  }

  /** Decides without the store as far as that goes. */
  decideAhead(): void {
    this.#deciding ??= this.#decide(null);
  }

  /** The batch will not be used; its commands are decided anew elsewhere. */
  abandon(): void {
    this.#abandoned = true;
  }

  /** Decides the rest. */
  async decide(tx: HeadTransaction): Promise<void> {
    await this.#deciding;
    await this.#decide(tx);
  }

  get bodies(): readonly Buffer[] {
    return this.#bodies;
  }

  /** Everything that the batch adds, or null when no command came to a fact. */
  commit(): Commit | null {
    if (this.#facts.length === 0) return null;
    return { facts: this.#facts, ...this.#start.overlay.changed(), about: this.#about };
  }

  async #decide(tx: HeadTransaction | null): Promise<void> {
    for (; this.#decided < this.entries.length && !this.#abandoned; this.#decided += 1) {
      const entry = this.entries[this.#decided] as Entry;
      const { overlay, known, recordedAt, size } = this.#start;
      const index = size + this.#facts.length;
      const place: DecisionPlace = { tx, overlay, known, index, recordedAt, ...this.#deps };
      try {
        entry.last = await decideEntry(entry, place);
      } catch (error) {
        if (error instanceof NeedsStore) return;
        throw error;
      }
      this.#keep(entry, index);
    }
  }

  #keep({ last }: Entry, index: LogIndex): void {
    if (!last?.written) return;
    this.#facts.push(last.written.row);
    if (last.written.body) this.#bodies.push(last.written.body);
    for (const id of last.about) this.#about.push([id, index]);
  }
}

function timeAfter(previous: Instant | null, clock: Clock): Instant {
  const now = instantFromMs(clock.nowMs());
  return previous === null ? now : laterOf(now, previous);
}
