import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import type { EdgeRow, NodeRow } from '../../src/domain/lineage/graph-rows.ts';
import { type Instant, instantFromMs } from '../../src/domain/time.ts';
import type { LineageStore } from '../../src/ports/lineage-store.ts';

/** The time of every row that a test writes past the ledger. */
export const ROW_TIME: Instant = instantFromMs(Date.parse('2026-01-01T00:00:00Z'));

export function plainNode(
  id: string,
  project: string | null,
  more: Partial<NodeRow> = {},
): NodeRow {
  const [since, last, recordedAt] = [0, 0, ROW_TIME];
  const rest = { since, last, recordedAt, props: {}, identifiers: [], ...more };
  return { id, kind: 'RUN', project, name: `name of ${id}`, ...rest };
}

export function plainEdge(from: string, to: string, more: Partial<EdgeRow> = {}): EdgeRow {
  const times = { recordedAt: ROW_TIME, validFrom: ROW_TIME, validTo: null };
  return { kind: 'USED', from, to, since: 0, until: null, ...times, ...more };
}

export interface PlainRows {
  readonly nodes?: readonly NodeRow[];
  readonly edges?: readonly EdgeRow[];
}

/** Puts rows into a store with one fact that says nothing; returns its index. */
export function appendRows(store: LineageStore, { nodes = [], edges = [] }: PlainRows) {
  return store.transact(async (tx) => {
    const index = tx.head.size;
    const fact = {
      ...{ index, id: `plain-${index}`, type: 'test.written', outcome: 'allow' as const },
      ...{ actor: SYSTEM_ACTOR.ref, subject: null, projects: [], recordedAt: ROW_TIME },
      ...{ leaf: Buffer.from('{}'), sidecar: [], idempotency: null },
    };
    await tx.append({ facts: [fact], nodes, edges, about: [] });
    return index;
  });
}
