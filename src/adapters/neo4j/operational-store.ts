import { DomainError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  checkKey,
  checkPage,
  checkSwap,
  checkValue,
  expiryOf,
  listedEntry,
} from '../../ports/operational-rules.ts';
import type {
  ListedEntry,
  OperationalEntry,
  OperationalPage,
  OperationalRoom,
  OperationalStore,
  OperationalSwap,
} from '../../ports/operational-store.ts';
import { Bolt, type BoltOptions } from './bolt.ts';
import {
  deleteExpired,
  findExpired,
  getEntries,
  idOf,
  listEntries,
} from './operational-entries.ts';
import { OperationalTransactions } from './operational-transactions.ts';
import { type OperationalWrite, weightOf } from './operational-writes.ts';

/** Most expired entries that are removed at once. */
const SWEEP_ENTRIES_MAX = 1_000;
/** How often expired entries are looked for while there are writes, in milliseconds. */
const SWEEP_EVERY_MS = 30_000;
/** Most writes of one transaction, and about how many bytes; further ones wait for the next. */
const GROUP_WRITES_MAX = 250;
const GROUP_BYTES_MAX = 16 * 1024 * 1024;
/** Most keys that are looked up together. */
const GETS_MAX = 1_000;

export interface Neo4jOperationalStoreOptions extends BoltOptions {
  readonly clock: Clock;
}

/** Operational entries as nodes beside the graph, for several processes. Its schema is there. */
export function openNeo4jOperationalStore(options: Neo4jOperationalStoreOptions): OperationalStore {
  return new Neo4jOperationalStore(new Bolt(options), options.clock);
}

interface Waiting {
  readonly write: OperationalWrite;
  readonly resolve: (done: boolean) => void;
  readonly reject: (error: unknown) => void;
}

interface Asked {
  readonly id: string;
  readonly resolve: (value: string | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that come while a transaction is under way share the next one, and so do lookups of one
 * turn of the event loop: the way to the server costs more than what is done there.
 */
class Neo4jOperationalStore implements OperationalStore {
  readonly #bolt: Bolt;
  readonly #transactions: OperationalTransactions;
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #asked: Asked[] = [];
  #sweptAtMs: number | null = null;
  #closing: Promise<void> | null = null;

  constructor(bolt: Bolt, clock: Clock) {
    this.#bolt = bolt;
    this.#transactions = new OperationalTransactions(bolt);
    this.#clock = clock;
  }

  async get(room: OperationalRoom, key: string): Promise<string | null> {
    this.#refuseClosed();
    const id = idOf({ room, key: checkKey(key) });
    return new Promise((resolve, reject) => {
      this.#asked.push({ id, resolve, reject });
      if (this.#asked.length === 1) setImmediate(() => this.#answer());
    });
  }

  async list(room: OperationalRoom, page: OperationalPage): Promise<readonly ListedEntry[]> {
    this.#refuseClosed();
    checkPage(page);
    const rows = await this.#bolt.read(listEntries(room, page, this.#nowMs()));
    return rows.map(listedEntry);
  }

  async put(
    room: OperationalRoom,
    entries: readonly OperationalEntry[],
    lifeMs?: number,
  ): Promise<void> {
    for (const { key, value } of entries) {
      checkKey(key);
      checkValue(value);
    }
    const expiresMs = expiryOf(this.#nowMs(), lifeMs);
    if (entries.length > 0) await this.#write({ kind: 'put', room, entries, expiresMs });
  }

  async delete(room: OperationalRoom, keys: readonly string[]): Promise<void> {
    for (const key of keys) checkKey(key);
    if (keys.length > 0) await this.#write({ kind: 'delete', room, keys });
  }

  async swap(room: OperationalRoom, swap: OperationalSwap, lifeMs?: number): Promise<boolean> {
    checkSwap(swap);
    const { key, was, value } = swap;
    const expiresMs = expiryOf(this.#nowMs(), lifeMs);
    return this.#write({ kind: 'swap', room, key, was, value, expiresMs });
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await this.#writing;
    await this.#bolt.close();
  }

  async #write(write: OperationalWrite): Promise<boolean> {
    this.#refuseClosed();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    // Those that come in this turn of the event loop go along.
    await new Promise((wake) => setImmediate(wake));
    while (this.#waiting.length > 0) await this.#writeGroup(this.#nextGroup());
    await this.#sweep();
    this.#writing = null;
    if (this.#waiting.length > 0) this.#writing = this.#writeAll();
  }

  #nextGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { write } of this.#waiting.slice(0, GROUP_WRITES_MAX)) {
      bytes += weightOf(write);
      if (count > 0 && bytes > GROUP_BYTES_MAX) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const writes = group.map(({ write }) => write);
      const done = await this.#transactions.write(writes, this.#nowMs());
      for (const [at, { resolve }] of group.entries()) resolve(done[at] === true);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  async #answer(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    for (let at = 0; at < asked.length; at += GETS_MAX) {
      await this.#answerSome(asked.slice(at, at + GETS_MAX));
    }
  }

  async #answerSome(asked: readonly Asked[]): Promise<void> {
    try {
      const ids = [...new Set(asked.map(({ id }) => id))];
      const rows = await this.#bolt.read(getEntries(ids, this.#nowMs()));
      const values = new Map(rows.map(([id, value]) => [String(id), String(value)]));
      for (const { id, resolve } of asked) resolve(values.get(id) ?? null);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  /** What is left of a sweep waits for the next; one that fails costs nothing but room. */
  async #sweep(): Promise<void> {
    const nowMs = this.#nowMs();
    if (this.#sweptAtMs !== null && nowMs - this.#sweptAtMs < SWEEP_EVERY_MS) return;
    this.#sweptAtMs = nowMs;
    try {
      const rows = await this.#bolt.read(findExpired(nowMs, SWEEP_ENTRIES_MAX));
      const ids = rows.map(([id]) => String(id));
      if (ids.length > 0) await this.#transactions.run(deleteExpired(ids, nowMs));
    } catch {
      this.#sweptAtMs = nowMs;
    }
  }

  #nowMs(): number {
    return Math.floor(this.#clock.nowMs());
  }

  #refuseClosed(): void {
    if (this.#closing === null) return;
    throw new DomainError('UNAVAILABLE', 'the operational store is closed');
  }
}
