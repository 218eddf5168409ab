import { type Leaf, parseLeaf } from '../domain/audit/leaf.ts';
import type { LogIndex } from '../domain/lineage/graph-rows.ts';
import type { Instant } from '../domain/time.ts';
import {
  type FactQuery,
  type FactRow,
  type LineageStore,
  PAGE_ROWS_MAX,
} from '../ports/lineage-store.ts';
import { mayReadFact, type Reader } from './readable-by.ts';

/** Most rows that are looked through for one page of facts. */
export const FACTS_SCANNED_MAX = 20_000;

/** Which facts a reader asks for. `from` and `to` are indexes: the first, and the first not. */
export interface FactFilter
  extends Omit<FactQuery, 'scope' | 'order' | 'limit' | 'indexes' | 'ids'> {
  /** Only facts that state a world time up to this one, or none and were recorded by then. */
  readonly occurredBy?: Instant | undefined;
}

export interface FactPage {
  readonly facts: readonly FactRow[];
  /** Index of the last fact that was looked at; more may lie behind it. Null: nothing more. */
  readonly lookedTo: LogIndex | null;
}

export interface FactReading {
  readonly order: FactQuery['order'];
  readonly limit: number;
  readonly store: LineageStore;
  readonly reader: Reader;
}

/** One page of the facts that a reader may see whole. What they may not see is left out. */
export async function readFacts(filter: FactFilter, reading: FactReading): Promise<FactPage> {
  const { order, limit, store, reader } = reading;
  const { occurredBy, ...query } = filter;
  const facts: FactRow[] = [];
  let rowsAtOnce = Math.min(PAGE_ROWS_MAX, limit + 1);
  let range = { from: filter.from, to: filter.to };
  for (let scanned = 0; scanned < FACTS_SCANNED_MAX; scanned += rowsAtOnce) {
    if (scanned > 0) rowsAtOnce = PAGE_ROWS_MAX;
    const page = { ...query, ...range, order, limit: rowsAtOnce, scope: reader.scope };
    const rows = await store.facts(page);
    for (const row of rows) {
      if (!mayReadFact(reader, row.projects) || !happenedBy(row, occurredBy)) continue;
      if (facts.length === limit) return { facts, lookedTo: facts.at(-1)?.index ?? null };
      facts.push(row);
    }
    const last = rows.at(-1);
    if (!last || rows.length < rowsAtOnce) return { facts, lookedTo: null };
    range = order === 'oldest' ? { ...range, from: last.index + 1 } : { ...range, to: last.index };
  }
  return { facts, lookedTo: order === 'oldest' ? (range.from ?? 1) - 1 : (range.to ?? null) };
}

function happenedBy(row: FactRow, instant: Instant | undefined): boolean {
  if (instant === undefined) return true;
  const leaf: Leaf = parseLeaf(row.leaf);
  return (leaf.occurredAt ?? leaf.recordedAt) <= instant;
}
