import type {
  EdgeKey,
  EdgeRow,
  LogIndex,
  NodeRow,
} from '../../../src/domain/lineage/graph-rows.ts';
import { type Instant, instantFromMs } from '../../../src/domain/time.ts';
import type {
  Commit,
  FactRow,
  LineageStore,
  OpenLineageStore,
  ProjectScope,
} from '../../../src/ports/lineage-store.ts';

/** Data that is empty at first. Every store that is opened on it sees the same. */
export interface StoreData {
  /** The store is closed when the test is finished, if it was not closed before. */
  open(): Promise<OpenLineageStore>;
}

/** New data for one test. */
export type Fresh = () => Promise<StoreData>;

export const ALL: ProjectScope = { all: true };
export const ACTOR = 'act:00000000-0000-4000-8000-000000000001';

const START_MS = Date.parse('2026-11-24T07:00:00Z');

/** The time `seconds` after the tests' beginning of time. */
export function at(seconds: number): Instant {
  return instantFromMs(START_MS + seconds * 1000);
}

export function nodeRow(id: string, more: Partial<NodeRow> = {}): NodeRow {
  return {
    id,
    kind: 'RUN',
    project: 'proj_a',
    name: id,
    props: {},
    identifiers: [],
    since: 0,
    last: 0,
    recordedAt: at(0),
    ...more,
  };
}

/** An open edge, written `kind from to`, for example `edgeRow('USED run_a dsv_b')`. */
export function edgeRow(ends: string, more: Partial<EdgeRow> = {}): EdgeRow {
  const [kind, from, to] = ends.split(' ') as [EdgeKey['kind'], string, string];
  const since = more.since ?? 0;
  return {
    kind,
    from,
    to,
    since,
    until: null,
    recordedAt: at(since),
    validFrom: at(since),
    validTo: null,
    ...more,
  };
}

export function factRow(index: LogIndex, more: Partial<FactRow> = {}): FactRow {
  return {
    index,
    id: `fct_${index}`,
    type: 'test.recorded',
    outcome: 'allow',
    actor: ACTOR,
    subject: null,
    projects: ['proj_a'],
    recordedAt: at(index),
    leaf: new TextEncoder().encode(`{"id":"fct_${index}"}`),
    sidecar: [],
    idempotency: null,
    ...more,
  };
}

type Rows = Partial<Omit<Commit, 'facts'>> & { readonly fact?: Partial<FactRow> };

/** Commits one fact with these rows and tells its index. */
export function record(
  store: LineageStore,
  rows: Rows | ((index: LogIndex) => Rows),
): Promise<LogIndex> {
  return store.transact(async (tx) => {
    const index = tx.head.size;
    const {
      fact,
      nodes = [],
      edges = [],
      about = [],
    } = typeof rows === 'function' ? rows(index) : rows;
    await tx.append({ facts: [factRow(index, fact)], nodes, edges, about });
    return index;
  });
}

export const NO_WANTS = { nodes: [], edges: [], out: [], into: [], idempotency: [] } as const;

/** The error that a promise is rejected with; a promise that resolves is a failure. */
export async function refusal(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not refused');
}
