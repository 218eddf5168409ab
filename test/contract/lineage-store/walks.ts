import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EdgeRow, NodeRow } from '../../../src/domain/lineage/graph-rows.ts';
import type { EdgeKind } from '../../../src/domain/lineage/kinds.ts';
import type { LineageStore, Walk } from '../../../src/ports/lineage-store.ts';
import { at, edgeRow, type Fresh, nodeRow, record } from './lineage-rows.ts';
import { referenceWalk, type WalkShape } from './reference-walk.ts';

const USED = { kinds: ['USED'], depth: 100, limit: 1_000 } as const;
const UP = { ...USED, direction: 'UPSTREAM' } as const;
const DOWN = { ...USED, direction: 'DOWNSTREAM' } as const;

export function describeWalks(fresh: Fresh): void {
  describeShapes(fresh);
  describeBounds(fresh);
  describeAnyGraph(fresh);
  describeLargeGraphs(fresh);
}

function describeShapes(fresh: Fresh): void {
  test('a walk returns thin nodes with the fewest steps, and the edges between them', async () => {
    const store = await (await fresh()).open();
    const a = nodeRow('a', { name: 'the end', project: null, props: { not: 'returned' } });
    const others = ['b', 'c', 'd', 'other'].map((id) => nodeRow(id, { since: 3, last: 9 }));
    const edges = ['USED d c', 'USED c b', 'USED b a', 'USED d a', 'USED other a'].map((ends) =>
      edgeRow(ends),
    );
    await record(store, { nodes: [a, ...others], edges });
    const walk = await store.walk({ ...UP, roots: ['d'] });
    expect(walk.nodes[0]).toEqual({
      id: 'd',
      kind: 'RUN',
      project: 'proj_a',
      name: 'd',
      since: 3,
      recordedAt: at(0),
      depth: 0,
    });
    expect(shapeOf(walk)).toEqual({
      nodes: [
        ['d', 0],
        ['a', 1],
        ['c', 1],
        ['b', 2],
      ],
      edges: [edges[2], edges[1], edges[3], edges[0]],
      truncated: false,
      frontier: [],
    });
    expect(walk.nodes[1]).toMatchObject({ name: 'the end', project: null });
    const impact = shapeOf(await store.walk({ ...DOWN, roots: ['a'] }));
    expect(impact.nodes).toEqual([
      ['a', 0],
      ['b', 1],
      ['d', 1],
      ['other', 1],
      ['c', 2],
    ]);
  });

  test('cycles and edges to itself end', async () => {
    const store = await graph(fresh, ['USED a b', 'USED b c', 'USED c a', 'USED b b']);
    for (const direction of ['UPSTREAM', 'DOWNSTREAM', 'BOTH'] as const) {
      const walk = await store.walk({ ...USED, direction, roots: ['a'], depth: 1_000 });
      expect(walk.nodes.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
      expect(walk.edges).toHaveLength(4);
      expect(walk).toMatchObject({ truncated: false, frontier: [] });
    }
  });

  test('several roots, some twice, some unknown', async () => {
    const store = await graph(fresh, ['USED a b', 'USED b c', 'USED x c', 'USED y y']);
    const roots = ['x', 'nowhere', 'a', 'a', 'x\0', 'X'];
    const walk = shapeOf(await store.walk({ ...UP, roots }));
    expect(walk.nodes).toEqual([
      ['a', 0],
      ['x', 0],
      ['b', 1],
      ['c', 1],
    ]);
    expect(walk).toMatchObject({ truncated: false, frontier: [] });
    const nothing = shapeOf(await store.walk({ ...UP, roots: ['nowhere'] }));
    expect(nothing).toEqual({ nodes: [], edges: [], truncated: false, frontier: [] });
    expect(shapeOf(await store.walk({ ...UP, roots: [] })).nodes).toEqual([]);
  });

  test('only edges of the asked kinds are followed and returned', async () => {
    const ends = ['USED a b', 'WAS_DERIVED_FROM a b', 'VERSION_OF b c', 'WAS_GENERATED_BY b d'];
    const store = await graph(fresh, ends);
    const kinds = ['USED', 'WAS_GENERATED_BY'] as const;
    const walk = shapeOf(await store.walk({ ...UP, kinds, roots: ['a'] }));
    expect(walk.nodes).toEqual([
      ['a', 0],
      ['b', 1],
      ['d', 2],
    ]);
    expect(walk.edges.map(({ kind }) => kind)).toEqual(['USED', 'WAS_GENERATED_BY']);
    expect(walk).toMatchObject({ truncated: false, frontier: [] });
    const none = shapeOf(await store.walk({ ...UP, kinds: [], roots: ['a'] }));
    expect(none).toEqual({ nodes: [['a', 0]], edges: [], truncated: false, frontier: [] });
  });
}

function describeBounds(fresh: Fresh): void {
  test('depth 0 returns the roots, the edges between them, and where it goes on', async () => {
    const store = await graph(fresh, ['USED a b', 'USED b c', 'USED a a']);
    const walk = shapeOf(await store.walk({ ...UP, roots: ['a', 'b'], depth: 0 }));
    expect(walk).toEqual({
      nodes: [
        ['a', 0],
        ['b', 0],
      ],
      edges: [edgeRow('USED a a'), edgeRow('USED a b')],
      truncated: true,
      frontier: ['b'],
    });
  });

  test('depth cuts: truncated, with the last nodes that go on as the frontier', async () => {
    const store = await graph(fresh, ['USED a b', 'USED b c', 'USED c d', 'USED a e', 'USED c b']);
    const walk = shapeOf(await store.walk({ ...UP, roots: ['a'], depth: 2 }));
    expect(walk.nodes).toEqual([
      ['a', 0],
      ['b', 1],
      ['e', 1],
      ['c', 2],
    ]);
    expect(walk.edges).toHaveLength(4);
    expect(walk).toMatchObject({ truncated: true, frontier: ['c'] });
    const exact = shapeOf(await store.walk({ ...UP, roots: ['a'], depth: 3 }));
    expect(exact).toMatchObject({ truncated: false, frontier: [] });
  });

  test('limit cuts after the nearest nodes, and of equal depths after the first ids', async () => {
    const ends = ['z', 'm', 'b', 'q'].flatMap((id) => [`USED a ${id}`, `USED ${id} deep_${id}`]);
    const store = await graph(fresh, ends);
    const nodes = [
      ['a', 0],
      ['b', 1],
      ['m', 1],
      ['q', 1],
      ['z', 1],
      ['deep_b', 2],
    ];
    for (const limit of [1, 2, 3, 4, 5, 6]) {
      const walk = shapeOf(await store.walk({ ...UP, roots: ['a'], limit }));
      expect(walk.nodes).toEqual(nodes.slice(0, limit));
      expect(walk.edges).toHaveLength(limit - 1);
      expect(walk.truncated).toBe(true);
    }
    const cut = shapeOf(await store.walk({ ...UP, roots: ['a'], limit: 3 }));
    expect(cut.frontier).toEqual(['a', 'b', 'm']);
    const level = shapeOf(await store.walk({ ...UP, roots: ['a'], limit: 5 }));
    expect(level.frontier).toEqual(['b', 'm', 'q', 'z']);
    const whole = shapeOf(await store.walk({ ...UP, roots: ['a'], limit: 9 }));
    expect(whole).toMatchObject({ truncated: false, frontier: [] });
  });

  test('the limit cuts roots as well', async () => {
    const store = await graph(fresh, ['USED c b', 'USED d d', 'USED a a']);
    const walk = shapeOf(await store.walk({ ...UP, roots: ['d', 'c', 'b', 'a'], limit: 2 }));
    expect(walk).toMatchObject({
      nodes: [
        ['a', 0],
        ['b', 0],
      ],
      truncated: true,
      frontier: [],
    });
    const three = shapeOf(await store.walk({ ...UP, roots: ['d', 'c', 'a'], limit: 2 }));
    expect(three).toMatchObject({
      nodes: [
        ['a', 0],
        ['c', 0],
      ],
      truncated: true,
      frontier: ['c'],
    });
  });

  test('a node with thousands of neighbours does not outgrow the limit', async () => {
    const store = await (await fresh()).open();
    const runs = Array.from({ length: 4_000 }, (_, n) => `run_${((n * 1_999) % 4_000) + 10_000}`);
    const edges = runs.map((run) => edgeRow(`USED ${run} popular`));
    await record(store, { nodes: ['popular', ...runs].map((id) => nodeRow(id)), edges });
    const walk = shapeOf(await store.walk({ ...DOWN, roots: ['popular'], limit: 3 }));
    expect(walk).toEqual({
      nodes: [
        ['popular', 0],
        ['run_10000', 1],
        ['run_10001', 1],
      ],
      edges: [edgeRow('USED run_10000 popular'), edgeRow('USED run_10001 popular')],
      truncated: true,
      frontier: ['popular'],
    });
  });

  test('a chain as long as the greatest depth', async () => {
    const id = (n: number) => `run_${10_000 + n}`;
    const ends = Array.from({ length: 1_001 }, (_, n) => `USED ${id(n + 1)} ${id(n)}`);
    const store = await graph(fresh, ends);
    const walk = await store.walk({ ...UP, roots: [id(1_001)], depth: 1_000, limit: 10_000 });
    expect(walk.nodes).toHaveLength(1_001);
    expect(walk.nodes.at(-1)).toMatchObject({ id: id(1), depth: 1_000 });
    expect(walk).toMatchObject({ truncated: true, frontier: [id(1)] });
  });
}

function describeAnyGraph(fresh: Fresh): void {
  test('any walk over any graph is what the definition says', async () => {
    const store = await (await fresh()).open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        someGraph,
        fc.array(someWalk, { minLength: 4, maxLength: 4 }),
        async (drawn, walks) => {
          run += 1;
          const { nodes, edges } = rowsOf(drawn, `g${run}_`);
          await record(store, { nodes, edges });
          for (const { roots, ...rest } of walks) {
            const query = { ...rest, roots: roots.map((n) => `g${run}_${n}`) };
            const expected = referenceWalk(
              nodes.map(({ id }) => id),
              edges,
              query,
            );
            expect(shapeOf(await store.walk(query))).toEqual(expected);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
}

function describeLargeGraphs(fresh: Fresh): void {
  test('a walk of 6,000 nodes is whole, and the event loop turns meanwhile', async () => {
    const store = await (await fresh()).open();
    const id = (layer: number, n: number) => `run_${layer}_${String(n).padStart(4, '0')}`;
    const nodes: NodeRow[] = [];
    const edges: EdgeRow[] = [];
    for (let layer = 0; layer < 20; layer += 1) {
      for (let n = 0; n < 300; n += 1) {
        nodes.push(nodeRow(id(layer, n)));
        for (const step of layer === 0 ? [] : [0, 1, 17]) {
          edges.push(edgeRow(`USED ${id(layer, n)} ${id(layer - 1, (n + step) % 300)}`));
        }
      }
    }
    await record(store, { nodes, edges });
    const roots = Array.from({ length: 300 }, (_, n) => id(19, n));
    let turns = 0;
    let walking = true;
    const turn = () => {
      turns += 1;
      if (walking) setImmediate(turn);
    };
    turn();
    const walk = await store.walk({ ...UP, roots, limit: 10_000 });
    walking = false;
    expect(walk.nodes).toHaveLength(6_000);
    expect(walk.edges).toHaveLength(edges.length);
    expect(walk.nodes.filter(({ depth }) => depth === 19)).toHaveLength(300);
    expect(turns).toBeGreaterThan(5);
  });
}

type DrawnGraph = ReadonlyArray<{
  readonly kind: EdgeKind;
  readonly from: number;
  readonly to: number;
  readonly closed: boolean;
}>;

/** Numbers past this one are ids that no node has. */
const NODES = 12;
const someNode = fc.integer({ min: 0, max: NODES + 1 });

const someGraph: fc.Arbitrary<DrawnGraph> = fc.array(
  fc.record({
    kind: fc.constantFrom('USED', 'USED', 'WAS_GENERATED_BY', 'VERSION_OF'),
    from: someNode,
    to: someNode,
    closed: fc.boolean(),
  }),
  { maxLength: 40 },
);

const someWalk = fc.record({
  roots: fc.array(someNode, { minLength: 1, maxLength: 3 }),
  direction: fc.constantFrom('UPSTREAM', 'DOWNSTREAM', 'BOTH'),
  kinds: fc.constantFrom<EdgeKind[]>(['USED'], ['USED', 'WAS_GENERATED_BY']),
  depth: fc.integer({ min: 0, max: 6 }),
  limit: fc.integer({ min: 1, max: NODES + 2 }),
});

function rowsOf(drawn: DrawnGraph, prefix: string): { nodes: NodeRow[]; edges: EdgeRow[] } {
  const nodes = Array.from({ length: NODES }, (_, n) => nodeRow(`${prefix}${n}`));
  const edges = drawn.map(({ kind, from, to, closed }, since) =>
    edgeRow(`${kind} ${prefix}${from} ${prefix}${to}`, {
      since,
      ...(closed ? { until: since + 1, validTo: at(since + 1) } : {}),
    }),
  );
  return { nodes, edges };
}

function shapeOf({ nodes, edges, truncated, frontier }: Walk): WalkShape {
  return { nodes: nodes.map(({ id, depth }) => [id, depth]), edges, truncated, frontier };
}

/** A store whose nodes are those that the edges name. */
async function graph(fresh: Fresh, ends: readonly string[]): Promise<LineageStore> {
  const store = await (await fresh()).open();
  const edges = ends.map((text) => edgeRow(text));
  const ids = new Set(edges.flatMap(({ from, to }) => [from, to]));
  await record(store, { nodes: [...ids].map((id) => nodeRow(id)), edges });
  return store;
}
