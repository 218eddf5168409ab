import { expect, test } from 'vitest';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { Instant } from '../domain/time.ts';
import type { LineageStore, NodeQuery } from '../ports/lineage-store.ts';
import { ACTORS_SCANNED_MAX, listActors } from './list-actors.ts';

/** A store of actors, of whom every hundredth is a person; latest made first. */
function storeOf(count: number) {
  const rows: NodeRow[] = Array.from({ length: count }, (_, at) => ({
    id: `act:${at}`,
    kind: 'AGENT',
    project: null,
    name: `a${at}`,
    props: { actorKind: at % 100 === 0 ? 'PERSON' : 'SERVICE', team: at % 2 ? 'odd' : 'even' },
    identifiers: [],
    since: count - at,
    last: count - at,
    recordedAt: '2026-01-01T00:00:00.000000Z' as Instant,
  }));
  let asked = 0;
  const list = async ({ after, limit }: NodeQuery) => {
    asked += 1;
    const start = after === undefined ? 0 : count - after.since + 1;
    return rows.slice(start, start + limit);
  };
  return { store: { list } as unknown as LineageStore, asked: () => asked };
}

test('pages through a kind without a gap and without a repetition', async () => {
  const { store } = storeOf(1_000);
  const found: string[] = [];
  let after: Pick<NodeRow, 'id' | 'since'> | undefined;
  for (let page = 0; page < 10; page += 1) {
    const filter = { kind: 'PERSON', team: 'even' } as const;
    const { rows, lookedTo } = await listActors(filter, { after, limit: 4, store });
    expect(rows.length).toBeLessThanOrEqual(3);
    found.push(...rows.map(({ name }) => name));
    if (lookedTo === null) break;
    after = lookedTo;
  }
  expect(found).toEqual(Array.from({ length: 10 }, (_, at) => `a${at * 100}`));
});

test('looks through a bounded number for one page, and says how far it came', async () => {
  const { store, asked } = storeOf(ACTORS_SCANNED_MAX + 5_000);
  const filter = { kind: null, team: 'neither' };
  const { rows, lookedTo } = await listActors(filter, { after: undefined, limit: 51, store });
  expect(rows).toEqual([]);
  expect(lookedTo).not.toBeNull();
  expect(asked()).toBeLessThanOrEqual(12);
});
