import { changesOf } from '../domain/audit/fact-types.ts';
import { bodyOf, type Leaf, parseLeaf, type ReadBody } from '../domain/audit/leaf.ts';
import { applyChanges } from '../domain/lineage/apply-changes.ts';
import type { Change } from '../domain/lineage/change.ts';
import type { LogIndex } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { FactRow, LineageStore } from '../ports/lineage-store.ts';
import type { CommandWants } from './command.ts';
import { Overlay } from './overlay.ts';

/** Facts that are replayed in one transaction. */
export const REPLAY_BATCH_FACTS = 500;

/** Something that a log says of itself and that is not so. */
export interface LogFault {
  readonly index: LogIndex;
  readonly fault: string;
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
    if (page.length !== to - from) return faults;
    faults.push(...(await replayPage(source, target, page)));
    from = to;
  }
  return faults;
}

interface Readable {
  readonly row: FactRow;
  readonly leaf: Leaf;
  readonly changes: readonly Change[];
}

async function replayPage(
  { readBody }: ReplaySource,
  target: LineageStore,
  page: readonly FactRow[],
): Promise<LogFault[]> {
  const faults: LogFault[] = [];
  const facts: Readable[] = [];
  for (const row of page) {
    const leaf = parseLeaf(row.leaf);
    faults.push(...columnFaults(row, leaf));
    const data = await bodyOf(leaf, readBody);
    facts.push({ row, leaf, changes: changesOf(leaf, { index: row.index, data }) });
  }
  await target.transact(async (tx) => {
    const overlay = new Overlay();
    const wants = { ...overlay.missing(wantsOf(facts)), idempotency: [] };
    overlay.learn(wants, await tx.load(wants));
    const about: [NodeId, LogIndex][] = [];
    for (const { row, leaf, changes } of facts) {
      const { recordedAt, occurredAt } = leaf;
      const ids = applyChanges(overlay, changes, { index: row.index, recordedAt, occurredAt });
      for (const id of ids) about.push([id, row.index]);
    }
    await tx.append({ facts: page, ...overlay.changed(), about });
  });
  return faults;
}

/** What the changes of a page touch and so must be loaded before they can be applied. */
function wantsOf(facts: readonly Readable[]): Required<CommandWants> {
  const changes = facts.flatMap((fact) => fact.changes);
  return {
    nodes: changes.flatMap((change) => (change.op === 'put' ? change.id : [])),
    edges: changes.flatMap((change) => (change.op === 'close' ? change : [])),
    out: [],
  };
}

function gaps(page: readonly FactRow[], from: LogIndex, to: LogIndex): LogFault[] {
  const present = new Set(page.map(({ index }) => index));
  const faults: LogFault[] = [];
  for (let index = from; index < to; index += 1) {
    if (!present.has(index)) faults.push({ index, fault: 'the fact is missing' });
  }
  return faults;
}

/** The columns beside a leaf only repeat it; where they differ somebody wrote by hand. */
function columnFaults(row: FactRow, leaf: Leaf): LogFault[] {
  const columns: ReadonlyArray<readonly [string, unknown, unknown]> = [
    ['id', row.id, leaf.id],
    ['type', row.type, leaf.type],
    ['outcome', row.outcome, leaf.outcome],
    ['actor', row.actor, leaf.actor.ref],
    ['subject', row.subject, leaf.subject?.id ?? null],
    ['recordedAt', row.recordedAt, leaf.recordedAt],
    ['projects', [...row.projects].sort().join(' '), leaf.projects.join(' ')],
  ];
  return columns
    .filter(([, column, said]) => column !== said)
    .map(([name]) => ({ index: row.index, fault: `the column ${name} differs from the leaf` }));
}
