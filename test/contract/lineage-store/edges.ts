import { expect, test } from 'vitest';
import {
  compareEdges,
  type EdgeKey,
  type EdgeRow,
} from '../../../src/domain/lineage/graph-rows.ts';
import type { EdgeQuery, LineageStore } from '../../../src/ports/lineage-store.ts';
import { ALL, at, edgeRow, type Fresh, NO_WANTS, nodeRow, record } from './lineage-rows.ts';

export function describeEdges(fresh: Fresh): void {
  describeIdentity(fresh);
  describeQueries(fresh);
  describePaging(fresh);
  describeUnmadeNodes(fresh);
}

function describeIdentity(fresh: Fresh): void {
  test('the edge key holds since: reopening keeps the closed edge and the live one', async () => {
    const data = await fresh();
    const store = await data.open();
    const ends = 'ALIASES als_prod mdv_1';
    const opened = edgeRow(ends, { since: 0 });
    const closed = { ...opened, until: 1, validTo: at(1) };
    const reopened = edgeRow(ends, { since: 2 });
    const nodes = [nodeRow('als_prod', { kind: 'ALIAS' }), nodeRow('mdv_1')];
    await record(store, { nodes, edges: [opened] });
    await record(store, { edges: [closed] });
    await record(store, { edges: [reopened] });
    expect(await store.edges({ limit: 10 })).toEqual([reopened]);
    expect(await store.edges({ limit: 10, history: 'all' })).toEqual([closed, reopened]);
    await store.transact(async (tx) => {
      const { edges } = await tx.load({ ...NO_WANTS, edges: [opened] });
      expect(edges).toEqual([reopened]);
    });
    await store.close();
    const later = await data.open();
    expect(await later.edges({ at: ['mdv_1'], limit: 10 })).toEqual([reopened]);
    expect(await later.edges({ limit: 10, history: 'all' })).toEqual([closed, reopened]);
  });

  test('closing and reopening in one commit keeps both', async () => {
    const store = await (await fresh()).open();
    const closed = edgeRow('ALIASES als_prod mdv_1', { until: 1, validTo: at(1) });
    const reopened = edgeRow('ALIASES als_prod mdv_1', { since: 1 });
    await record(store, { edges: [edgeRow('ALIASES als_prod mdv_1')] });
    await record(store, { edges: [closed, reopened] });
    expect(await store.edges({ limit: 10, history: 'all' })).toEqual([closed, reopened]);
  });

  test('an edge with an equal key is the same edge, in all its columns', async () => {
    const store = await (await fresh()).open();
    await record(store, { edges: [edgeRow('USED run_a dsv_b')] });
    const times = { recordedAt: at(7), validFrom: at(6), validTo: at(9), until: 1 };
    const changed = edgeRow('USED run_a dsv_b', times);
    await record(store, { edges: [changed] });
    expect(await store.edges({ limit: 10, history: 'all' })).toEqual([changed]);
    expect(await store.edges({ limit: 10 })).toEqual([]);
  });

  test('kind and direction are part of an edge', async () => {
    const store = await (await fresh()).open();
    const edges = ['USED a b', 'USED b a', 'WAS_DERIVED_FROM a b', 'USED a a'].map((ends) =>
      edgeRow(ends),
    );
    await record(store, { edges });
    expect(await store.edges({ limit: 10 })).toEqual([...edges].sort(compareEdges));
  });
}

const SOME = [
  'USED run_b dsv_a',
  'USED run_b dsv_b',
  'WAS_GENERATED_BY dsv_b run_a',
  'WAS_GENERATED_BY dsv_c run_b',
  'WAS_DERIVED_FROM dsv_c dsv_b',
  'USED run_a run_a',
].map((ends, since) => edgeRow(ends, { since }));
const CLOSED = edgeRow('USED run_b dsv_c', { since: 1, until: 4, validTo: at(4) });

function describeQueries(fresh: Fresh): void {
  test('edges at nodes: going out, coming in, or both, each once and in key order', async () => {
    const store = await withSome(fresh);
    const all = await store.edges({ limit: 10 });
    expect(all).toEqual([...SOME].sort(compareEdges));
    const touching = (query: Partial<EdgeQuery>, match: (edge: EdgeRow) => boolean) =>
      expectEdges(store, query, all.filter(match));
    await touching({ at: ['run_b'] }, ({ from, to }) => from === 'run_b' || to === 'run_b');
    await touching({ at: ['run_b'], direction: 'OUT' }, ({ from }) => from === 'run_b');
    await touching({ at: ['run_b'], direction: 'IN' }, ({ to }) => to === 'run_b');
    await touching({ at: ['run_a'] }, ({ from, to }) => from === 'run_a' || to === 'run_a');
    const two = ['dsv_b', 'run_b', 'run_b', 'nowhere'];
    await touching({ at: two }, ({ from, to }) => two.includes(from) || two.includes(to));
    await touching({ at: two, direction: 'IN' }, ({ to }) => two.includes(to));
    await touching({ at: two, direction: 'OUT' }, ({ from }) => two.includes(from));
    await touching({ at: [] }, () => false);
    await touching({ at: ['nowhere'] }, () => false);
  });

  test('edges of some kinds', async () => {
    const store = await withSome(fresh);
    const all = await store.edges({ limit: 10 });
    const kinds = ['USED', 'WAS_DERIVED_FROM'] as const;
    await expectEdges(
      store,
      { kinds },
      all.filter(({ kind }) => kinds.includes(kind as never)),
    );
    await expectEdges(store, { kinds, at: ['dsv_b'], direction: 'IN' }, [
      edgeRow('WAS_DERIVED_FROM dsv_c dsv_b', { since: 4 }),
      edgeRow('USED run_b dsv_b', { since: 1 }),
    ]);
    await expectEdges(store, { kinds: [] }, []);
  });

  test('closed edges are there when the history is asked for, and only then', async () => {
    const store = await withSome(fresh);
    await expectEdges(store, { at: ['dsv_c'], direction: 'IN' }, []);
    await expectEdges(store, { at: ['dsv_c'], direction: 'IN', history: 'open' }, []);
    await expectEdges(store, { at: ['dsv_c'], direction: 'IN', history: 'all' }, [CLOSED]);
    await expectEdges(store, { history: 'all' }, [...SOME, CLOSED].sort(compareEdges));
    const times = { history: 'all', knownAt: 0, asOf: at(100) } as const;
    await expectEdges(store, times, [...SOME, CLOSED].sort(compareEdges));
  });
}

function describePaging(fresh: Fresh): void {
  test.each([
    ['all of them', {}],
    ['going out', { at: nodes(0, 9), direction: 'OUT' }],
    ['coming in', { at: nodes(0, 9), direction: 'IN' }],
    ['in both directions', { at: nodes(3, 9) }],
    ['of one kind', { kinds: ['USED'] }],
  ] satisfies [string, Partial<EdgeQuery>][])(
    'pages join without gap or overlap: %s',
    async (_, query) => {
      const store = await withMany(fresh);
      const whole = await store.edges({ ...query, history: 'all', limit: 1_000 });
      expect(whole.length).toBeGreaterThan(50);
      expect(whole).toEqual([...whole].sort(compareEdges));
      for (const limit of [1, 7, 50]) {
        expect(await pages(store, { ...query, history: 'all', limit })).toEqual(whole);
      }
    },
  );

  test('a page goes on behind a key that is not there', async () => {
    const store = await withSome(fresh);
    const all = await store.edges({ limit: 10 });
    const after: EdgeKey = { kind: 'USED', from: 'run_aa', to: 'zzz', since: 3 };
    await expectEdges(
      store,
      { after },
      all.filter((edge) => compareEdges(edge, after) > 0),
    );
    await expectEdges(store, { after: { ...after, from: 'zzz' } }, []);
  });

  test('edges that stay are paged exactly once while others come', async () => {
    const store = await withMany(fresh);
    const before = await store.edges({ limit: 1_000 });
    let inserted = 0;
    const seen: EdgeRow[] = [];
    for (;;) {
      const page = await store.edges({ after: seen.at(-1), limit: 20 });
      seen.push(...page);
      if (page.length < 20) break;
      const ends = [`USED run_${inserted % 10} dsv_new_${inserted}`, `USED aaa zzz_${inserted}`];
      await record(store, { edges: ends.map((text) => edgeRow(text, { since: 500 + inserted })) });
      inserted += 1;
    }
    expect(inserted).toBeGreaterThan(3);
    const stayed = seen.filter(({ since }) => since < 500);
    expect(stayed).toEqual(before);
    expect(seen).toEqual([...seen].sort(compareEdges));
  });
}

function describeUnmadeNodes(fresh: Fresh): void {
  test('ids that edges name are no nodes until something makes them', async () => {
    const store = await (await fresh()).open();
    const edges = [edgeRow('USED run_a dsv_later'), edgeRow('WAS_GENERATED_BY dsv_later run_z')];
    const key = { actor: 'act:x', operation: 'o', key: 'k' } as const;
    await record(store, { nodes: [nodeRow('run_a')], edges, about: [['run_y', 0]] });
    expect(await store.edges({ limit: 10 })).toEqual([...edges].sort(compareEdges));
    expect(await store.get(['dsv_later', 'run_y', 'run_z'])).toEqual([null, null, null]);
    expect(await store.list({ scope: ALL, order: 'id', limit: 10 })).toEqual([nodeRow('run_a')]);
    expect(await store.list({ scope: ALL, order: 'recent', limit: 10 })).toEqual([
      nodeRow('run_a'),
    ]);
    const wants = { ...NO_WANTS, nodes: ['dsv_later'], idempotency: [key] };
    await store.transact(async (tx) => {
      expect(await tx.load(wants)).toEqual({ nodes: [], edges: [], idempotency: [null] });
    });
    const walk = { roots: ['run_a'], direction: 'UPSTREAM', depth: 9, limit: 9 } as const;
    const kinds = ['USED', 'WAS_GENERATED_BY'] as const;
    expect(await store.walk({ ...walk, kinds })).toMatchObject({
      nodes: [{ id: 'run_a' }],
      edges: [],
      truncated: false,
      frontier: [],
    });
    const made = nodeRow('dsv_later', { kind: 'DATASET_VERSION', name: 'made later', since: 1 });
    await record(store, { nodes: [made] });
    expect(await store.get(['dsv_later'])).toEqual([made]);
    expect(await store.list({ scope: ALL, order: 'id', limit: 9, text: 'later' })).toEqual([made]);
    const reached = await store.walk({ ...walk, kinds });
    expect(reached.nodes.map(({ id }) => id)).toEqual(['run_a', 'dsv_later']);
    expect(reached.edges).toEqual([edges[0]]);
    const about = { about: 'run_y', scope: ALL, order: 'oldest', limit: 9 } as const;
    expect(await store.facts(about)).toHaveLength(1);
  });
}

async function withSome(fresh: Fresh): Promise<LineageStore> {
  const store = await (await fresh()).open();
  await record(store, { edges: [CLOSED, ...SOME] });
  return store;
}

/** Edges between ten runs and twelve datasets, some between the same ends. */
async function withMany(fresh: Fresh): Promise<LineageStore> {
  const store = await (await fresh()).open();
  const edges = Array.from({ length: 160 }, (_, n) => {
    const [run, dataset] = [`run_${n % 10}`, `dsv_${(n * 5) % 12}`];
    const ends = n % 3 === 0 ? `WAS_GENERATED_BY ${dataset} ${run}` : `USED ${run} ${dataset}`;
    return edgeRow(ends, { since: n });
  });
  await record(store, { edges });
  return store;
}

function nodes(first: number, last: number): string[] {
  const numbers = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  return numbers.flatMap((n) => [`run_${n}`, `dsv_${n}`]);
}

async function pages(store: LineageStore, query: EdgeQuery): Promise<EdgeRow[]> {
  const rows: EdgeRow[] = [];
  for (;;) {
    const page = await store.edges({ ...query, after: rows.at(-1) });
    rows.push(...page);
    if (page.length < query.limit) return rows;
  }
}

async function expectEdges(
  store: LineageStore,
  query: Partial<EdgeQuery>,
  expected: readonly EdgeRow[],
): Promise<void> {
  expect(await store.edges({ limit: 100, ...query })).toEqual(expected);
}
