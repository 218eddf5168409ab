import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EdgeRow } from '../domain/lineage/graph-rows.ts';
import type { Instant } from '../domain/time.ts';
import type { Walk } from '../ports/lineage-store.ts';
import { type ReadableWalk, restrictWalk } from './restrict-walk.ts';

const AT = '2026-01-01T00:00:00.000000Z' as Instant;

function node(id: string, depth: number, project: string) {
  const kind = 'RUN' as const;
  return { id, kind, project, name: `name of ${id}`, since: 1, recordedAt: AT, depth };
}

function edge(from: string, to: string, since = 1): EdgeRow {
  const times = { recordedAt: AT, validFrom: AT, validTo: null };
  return { kind: 'USED', from, to, since, until: null, ...times };
}

function restrict(walk: Walk): ReadableWalk {
  return restrictWalk(walk, {
    direction: 'UPSTREAM',
    mayRead: ({ project }) => project === 'open',
    opaqueId: (id) => `opaque(${id})`,
  });
}

describe('a walk with hidden nodes', () => {
  test('nothing changes when all may be read', () => {
    const nodes = [node('a', 0, 'open'), node('b', 1, 'open')];
    const walk: Walk = { nodes, edges: [edge('a', 'b')], truncated: true, frontier: ['b'] };
    expect(restrict(walk)).toBe(walk);
  });

  test('a run of hidden nodes is one element between what it connects', () => {
    const shown = restrict({
      nodes: [
        node('a', 0, 'open'),
        node('x', 1, 'shut'),
        node('y', 2, 'shut'),
        node('b', 3, 'open'),
      ],
      edges: [edge('a', 'x'), edge('x', 'y'), edge('y', 'b')],
      truncated: false,
      frontier: [],
    });
    expect(shown.nodes.map(({ id, depth }) => [id, depth])).toEqual([
      ['a', 0],
      ['opaque(x)', 1],
      ['b', 2],
    ]);
    expect(shown.nodes[1]).toEqual({
      restricted: true,
      id: 'opaque(x)',
      kind: 'RUN',
      name: 'restricted',
      depth: 1,
    });
    const nothing = { recordedAt: null, validFrom: null, since: null };
    expect(shown.edges).toEqual([
      { kind: 'USED', from: 'a', to: 'opaque(x)', ...nothing },
      { kind: 'USED', from: 'opaque(x)', to: 'b', ...nothing },
    ]);
  });

  test('a hidden tail ends at one element, and the frontier names that', () => {
    const shown = restrict({
      nodes: [
        node('a', 0, 'open'),
        node('x', 1, 'shut'),
        node('y', 2, 'shut'),
        node('z', 2, 'shut'),
      ],
      edges: [edge('a', 'x'), edge('x', 'y'), edge('x', 'z')],
      truncated: true,
      frontier: ['y', 'z'],
    });
    expect(shown.nodes.map(({ id }) => id)).toEqual(['a', 'opaque(x)']);
    expect(shown.edges).toHaveLength(1);
    expect(shown.frontier).toEqual(['opaque(x)']);
  });
});

const PROJECTS = ['open', 'shut'] as const;

/** A random graph walked breadth first from its first node. */
const walks = fc
  .record({
    projects: fc.array(fc.constantFrom(...PROJECTS), { minLength: 1, maxLength: 12 }),
    pairs: fc.array(fc.tuple(fc.nat(11), fc.nat(11), fc.nat(2)), { maxLength: 30 }),
  })
  .map(({ projects, pairs }): Walk => {
    const name = (at: number) => `n${String(at % projects.length).padStart(2, '0')}`;
    const unique = new Map(
      pairs
        .filter(([from, to]) => name(from) !== name(to))
        .map(([from, to, since]) => [
          `${name(from)}${name(to)}${since}`,
          [from, to, since] as const,
        ]),
    );
    const edges = [...unique.values()].map(([from, to, since]) =>
      edge(name(from), name(to), since),
    );
    const depths = new Map([[name(0), 0]]);
    for (const [id, depth] of depths) {
      for (const { from, to } of edges) {
        if (from === id && !depths.has(to)) depths.set(to, depth + 1);
      }
    }
    const nodes = [...depths]
      .map(([id, depth]) => node(id, depth, projects[Number(id.slice(1))] as string))
      .sort((a, b) => a.depth - b.depth || (a.id < b.id ? -1 : 1));
    const reached = edges.filter(({ from, to }) => depths.has(from) && depths.has(to));
    return { nodes, edges: reached, truncated: false, frontier: [] };
  });

const hiddenIds = (walk: Walk) =>
  new Set(walk.nodes.filter(({ project }) => project === 'shut').map(({ id }) => id));

/** Ids that a walk upstream reaches from one of its nodes. */
function reachable(
  start: string,
  edges: ReadonlyArray<{ readonly from: string; readonly to: string }>,
): Set<string> {
  const reached = new Set([start]);
  for (const id of reached) {
    for (const { from, to } of edges) if (from === id) reached.add(to);
  }
  return reached;
}

describe('for every graph and every choice of hidden nodes', () => {
  test('nothing of a hidden node shows', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        const shown = restrict(walk);
        for (const id of hiddenIds(walk)) {
          expect(shown.nodes.some((element) => element.id === id)).toBe(false);
          expect(shown.edges.some(({ from, to }) => from === id || to === id)).toBe(false);
          expect(JSON.stringify(shown)).not.toContain(`name of ${id}`);
        }
        for (const { from, to, ...told } of shown.edges) {
          if (![from, to].some((id) => id.startsWith('opaque'))) continue;
          expect(told).toEqual({ kind: 'USED', recordedAt: null, validFrom: null, since: null });
        }
      }),
    );
  });

  test('every readable node and every edge between two of them stays as it is', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        const shown = restrict(walk);
        const hidden = hiddenIds(walk);
        const ids = shown.nodes.map(({ id }) => id);
        expect(ids).toEqual(
          expect.arrayContaining(walk.nodes.map(({ id }) => id).filter((id) => !hidden.has(id))),
        );
        const open = walk.edges.filter(({ from, to }) => !hidden.has(from) && !hidden.has(to));
        expect(shown.edges).toEqual(expect.arrayContaining(open));
      }),
    );
  });

  test('two restricted elements are never neighbours, and each is there once', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        const shown = restrict(walk);
        const ids = shown.nodes.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { from, to } of shown.edges) {
          expect(from.startsWith('opaque') && to.startsWith('opaque')).toBe(false);
          expect(ids).toContain(from);
          expect(ids).toContain(to);
        }
      }),
    );
  });

  test('what could be reached still can be, and depths are steps in what is shown', () => {
    fc.assert(
      fc.property(walks, (walk) => {
        const shown = restrict(walk);
        const hidden = hiddenIds(walk);
        const root = shown.nodes[0]?.id as string;
        expect(shown.nodes[0]?.depth).toBe(0);
        const reached = reachable(root, shown.edges);
        expect([...reached].sort()).toEqual(shown.nodes.map(({ id }) => id).sort());
        for (const { id, depth } of walk.nodes) {
          if (hidden.has(id)) continue;
          const seen = shown.nodes.find((element) => element.id === id);
          expect(seen?.depth).toBeLessThanOrEqual(depth);
        }
        const depths = shown.nodes.map(({ depth }) => depth);
        expect(depths).toEqual([...depths].sort((a, b) => a - b));
      }),
    );
  });
});
