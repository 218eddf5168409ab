import { changesOf } from '../domain/audit/fact-types.ts';
import { bodyOf, type Leaf, parseLeaf, type ReadBody } from '../domain/audit/leaf.ts';
import { isDomainError } from '../domain/errors.ts';
import { applyChanges } from '../domain/lineage/apply-changes.ts';
import type { Change } from '../domain/lineage/change.ts';
import type { LogIndex } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { laterOf } from '../domain/time.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { JsonObject } from '../domain/values/value.ts';
import type { FactRow, IdempotencyKey, LineageStore } from '../ports/lineage-store.ts';
import type { CommandWants } from './command.ts';
import { Overlay } from './overlay.ts';

/** Facts that are replayed in one transaction. */
export const REPLAY_BATCH_FACTS = 500;

/** Something that a log says of itself and that is not so. */
export interface LogFault {
  readonly index: LogIndex;
  readonly fault: string;
  /** Replay cannot go on behind a fact that is missing or that the store refuses. */
  readonly stops?: true;
}

export interface ReplaySource {
  readonly store: LineageStore;
  readonly readBody: ReadBody;
}

export interface ReplayRange {
  readonly from: LogIndex;
  /** The first index that is not replayed. */
  readonly to: LogIndex;
}

/**
 * Replays facts of a log into a store that holds the log up to `range.from`, and reports what
 * in the log contradicts itself. The graph that results is what the log says the graph is.
 */
export async function replay(
  source: ReplaySource,
  target: LineageStore,
  range: ReplayRange,
): Promise<LogFault[]> {
  const faults: LogFault[] = [];
  for (let from = range.from; from < range.to; ) {
    const to = Math.min(from + REPLAY_BATCH_FACTS, range.to);
    const page = await source.store.facts({
      from,
      to,
      order: 'oldest',
      limit: to - from,
      scope: { all: true },
    });
    faults.push(...gaps(page, from, to));
    if (faults.some(({ stops }) => stops)) return faults;
    faults.push(...(await replayPage(source, target, page)));
    if (faults.some(({ stops }) => stops)) return faults;
    from = to;
  }
  return faults;
}

/** A fact that was read: what it says of itself, what it does, and what is wrong with it. */
interface ReadFact {
  readonly row: FactRow;
  readonly leaf: Leaf | null;
  readonly changes: readonly Change[];
  readonly faults: readonly string[];
}

async function replayPage(
  { readBody }: ReplaySource,
  target: LineageStore,
  page: readonly FactRow[],
): Promise<LogFault[]> {
  const faults: LogFault[] = [];
  const facts: ReadFact[] = [];
  for (const row of page) facts.push(await readFact(row, readBody));
  try {
    await target.transact(async (tx) => {
      const overlay = new Overlay();
      const wants = { ...overlay.missing(wantsOf(facts)), idempotency: [] };
      overlay.learn(wants, await tx.load(wants));
      const rows: FactRow[] = [];
      const about: [NodeId, LogIndex][] = [];
      let last = tx.head.recordedAt;
      for (const fact of facts) {
        const { row } = fact;
        const own = [...fact.faults, ...applied(fact, overlay, about)];
        if (last !== null && row.recordedAt < last) own.push('recordedAt goes back');
        last = last === null ? row.recordedAt : laterOf(last, row.recordedAt);
        rows.push({ ...row, recordedAt: last, idempotency: keyOf(fact) });
        faults.push(...own.map((fault) => ({ index: row.index, fault })));
      }
      await tx.append({ facts: rows, ...overlay.changed(), about });
    });
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const index = page[0]?.index ?? 0;
    const fault = `facts from here on cannot be replayed: ${error.message}`;
    return [...faults, { index, fault, stops: true }];
  }
  return faults;
}

/** Reads a fact as an outsider would; whatever is wrong with it is named, not thrown. */
async function readFact(row: FactRow, readBody: ReadBody): Promise<ReadFact> {
  let leaf: Leaf | null = null;
  try {
    leaf = parseLeaf(row.leaf);
    const faults = [...formFaults(row, leaf), ...columnFaults(row, leaf)];
    const data = await bodyOf(leaf, readBody);
    return { row, leaf, changes: changesOf(leaf, { index: row.index, data }), faults };
  } catch (error) {
    const fault = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { row, leaf, changes: [], faults: [fault] };
  }
}

/** Applies a fact's changes whole or not at all; says what was in the way. */
function applied(
  { row, leaf, changes }: ReadFact,
  overlay: Overlay,
  about: [NodeId, LogIndex][],
): string[] {
  if (leaf === null) return [];
  const { recordedAt, occurredAt } = leaf;
  const fork = overlay.fork();
  try {
    const ids = applyChanges(fork, changes, { index: row.index, recordedAt, occurredAt });
    for (const id of ids) about.push([id, row.index]);
    overlay.absorb(fork);
    return [];
  } catch (error) {
    return [`does not fit the log before it: ${error instanceof Error ? error.message : error}`];
  }
}

/** The idempotency key as the leaf states it: a replay rebuilds what the column repeats. */
function keyOf({ leaf }: ReadFact): IdempotencyKey | null {
  const key = leaf?.request.idempotencyKey ?? null;
  if (leaf === null || key === null || leaf.outcome !== 'allow') return null;
  return { actor: leaf.actor.ref, operation: leaf.request.operation, key };
}

/** What the changes of a page touch and so must be loaded before they can be applied. */
function wantsOf(facts: readonly ReadFact[]): Required<CommandWants> {
  const changes = facts.flatMap((fact) => fact.changes);
  return {
    nodes: changes.flatMap((change) => (change.op === 'put' ? change.id : [])),
    edges: changes.flatMap((change) => (change.op === 'close' ? change : [])),
    out: [],
    into: [],
  };
}

function gaps(page: readonly FactRow[], from: LogIndex, to: LogIndex): LogFault[] {
  const present = new Set(page.map(({ index }) => index));
  const faults: LogFault[] = [];
  for (let index = from; index < to; index += 1) {
    if (!present.has(index)) faults.push({ index, fault: 'the fact is missing', stops: true });
  }
  return faults;
}

/** A leaf is canonical, or its hash is that of another text with the same meaning. */
function formFaults(row: FactRow, leaf: Leaf): string[] {
  const canonical = canonicalJson(leaf as unknown as JsonObject);
  return canonical === Buffer.from(row.leaf).toString('utf8') ? [] : ['the leaf is not canonical'];
}

/** The columns beside a leaf only repeat it; where they differ somebody wrote by hand. */
function columnFaults(row: FactRow, leaf: Leaf): string[] {
  const key = row.idempotency;
  const said = keyOf({ row, leaf, changes: [], faults: [] });
  const people = leaf.personal.map(({ person }) => person);
  const strangers = row.sidecar.filter(({ person }) => !people.includes(person));
  const columns: ReadonlyArray<readonly [string, unknown, unknown]> = [
    ['id', row.id, leaf.id],
    ['type', row.type, leaf.type],
    ['outcome', row.outcome, leaf.outcome],
    ['actor', row.actor, leaf.actor.ref],
    ['subject', row.subject, leaf.subject?.id ?? null],
    ['recordedAt', row.recordedAt, leaf.recordedAt],
    ['projects', [...row.projects].sort().join(' '), leaf.projects.join(' ')],
    ['idempotency key', JSON.stringify(key), JSON.stringify(said)],
    ['sidecar', strangers.length, 0],
  ];
  return columns
    .filter(([, column, of]) => column !== of)
    .map(([name]) => `the column ${name} differs from the leaf`);
}
