import type { ReadBody } from '../domain/audit/leaf.ts';
import { DomainError } from '../domain/errors.ts';
import type { LogIndex } from '../domain/lineage/graph-rows.ts';
import type { FactRow, LineageStore } from '../ports/lineage-store.ts';
import { digestGraph, type GraphDigests } from './graph-digest.ts';
import { type LogFault, REPLAY_BATCH_FACTS, replay } from './replay.ts';

export interface CopyStores {
  readonly from: LineageStore;
  /** Empty, or what an earlier copy of the same log left. */
  readonly to: LineageStore;
  readonly readBody: ReadBody;
}

/** How far a copy is; told after each batch. */
export interface CopyProgress {
  readonly stage: 'comparing' | 'copying' | 'digests';
  readonly done: LogIndex;
  readonly of: LogIndex;
}

export interface Copied {
  /** Facts of the log. */
  readonly facts: LogIndex;
  /** Where this copy began: behind what an earlier one had brought. */
  readonly from: LogIndex;
  readonly faults: readonly LogFault[];
  /** Null when faults ended the copy before the graphs could be compared. */
  readonly digests: { readonly source: GraphDigests; readonly target: GraphDigests } | null;
}

/**
 * Brings a log into another store by replaying it, batch by batch, each in one transaction: an
 * interrupted copy has a whole beginning of the log and of nothing more, and goes on behind it.
 * Nobody may write to either store meanwhile. CONFLICT when the target holds another log.
 */
export async function copyLog(
  stores: CopyStores,
  onProgress: (progress: CopyProgress) => void,
): Promise<Copied> {
  const { from: source, to: target, readBody } = stores;
  const [{ size: facts }, { size: from }] = await Promise.all([source.head(), target.head()]);
  for (let done = 0; done < from; ) {
    done = await compareBatch(stores, done, Math.min(done + REPLAY_BATCH_FACTS, from));
    onProgress({ stage: 'comparing', done, of: from });
  }
  const faults: LogFault[] = [];
  for (let done = from; done < facts; ) {
    const to = Math.min(done + REPLAY_BATCH_FACTS, facts);
    faults.push(...(await replay({ store: source, readBody }, target, { from: done, to })));
    if (faults.some(({ stops }) => stops)) return { facts, from, faults, digests: null };
    done = to;
    onProgress({ stage: 'copying', done, of: facts });
  }
  onProgress({ stage: 'digests', done: facts, of: facts });
  const digests = { source: await digestGraph(source), target: await digestGraph(target) };
  return { facts, from, faults, digests };
}

/** Facts that both should hold, leaf by leaf. Answers where to go on. */
async function compareBatch(
  { from: source, to: target }: CopyStores,
  from: LogIndex,
  to: LogIndex,
): Promise<LogIndex> {
  const [here, there] = await Promise.all([page(source, from, to), page(target, from, to)]);
  for (let index = from; index < to; index += 1) {
    if (isSameLeaf(here[index - from], there[index - from])) continue;
    throw new DomainError(
      'CONFLICT',
      `the target holds another log: its fact ${index} is not that of the source; ` +
        'a copy goes into an empty database, or goes on with an interrupted one',
      { details: { index } },
    );
  }
  return to;
}

function isSameLeaf(a: FactRow | undefined, b: FactRow | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a.leaf, b.leaf) === 0;
}

function page(store: LineageStore, from: LogIndex, to: LogIndex): Promise<readonly FactRow[]> {
  return store.facts({ from, to, order: 'oldest', limit: to - from, scope: { all: true } });
}
