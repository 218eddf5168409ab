import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../domain/time.ts';
import { shortestPath } from './find-path.ts';
import type { ReadableWalk } from './restrict-walk.ts';

const AT = '2026-01-01T00:00:00.000000Z' as Instant;

type Ends = readonly [from: string, to: string];

function walkOf(edges: readonly Ends[], ids = [...new Set(edges.flat())]): ReadableWalk {
  const kind = 'RUN' as const;
  const thin = { kind, project: 'p', name: 'n', since: 1, recordedAt: AT, depth: 9 };
  const times = { recordedAt: AT, validFrom: AT, since: 1 };
  return {
    nodes: ids.map((id) => ({ ...thin, id })),
    edges: edges.map(([from, to]) => ({ kind: 'USED' as const, from, to, ...times })),
    truncated: true,
    frontier: [...ids],
  };
}

function shown(edges: readonly Ends[], direction: 'UPSTREAM' | 'DOWNSTREAM' = 'UPSTREAM') {
  const path = shortestPath(walkOf(edges), { from: 'a', to: 'z', direction });
  return {
    nodes: path.nodes.map(({ id, depth }) => `${depth}${id}`).join(' '),
    edges: path.edges.map(({ from, to }) => from + to).join(' '),
  };
}

describe('the shortest path within a walk', () => {
  test('has its elements in order and the edges from each to the next', () => {
    const edges: Ends[] = [
      ['b', 'c'],
      ['a', 'b'],
      ['c', 'z'],
      ['b', 'z'],
      ['a', 'c'],
      ['a', 'x'],
    ];
    expect(shown(edges)).toEqual({ nodes: '0a 1b 2z', edges: 'ab bz' });
    const turned = edges.map(([from, to]): Ends => [to, from]);
    expect(shown(turned, 'DOWNSTREAM')).toEqual({ nodes: '0a 1b 2z', edges: 'ba zb' });
  });

  test('takes in parallel edges, and none that leads back', () => {
    const edges: Ends[] = [
      ['a', 'z'],
      ['a', 'z'],
      ['z', 'a'],
    ];
    expect(shown(edges)).toEqual({ nodes: '0a 1z', edges: 'az az' });
  });

  test('is one node from a node to itself, and nothing where there is none', () => {
    const walk = walkOf([['a', 'b']]);
    const own = shortestPath(walk, { from: 'a', to: 'a', direction: 'UPSTREAM' });
    expect(own).toMatchObject({ nodes: [{ id: 'a', depth: 0 }], edges: [], truncated: false });
    const none = shortestPath(walk, { from: 'b', to: 'a', direction: 'UPSTREAM' });
    expect(none).toEqual({ nodes: [], edges: [], truncated: false, frontier: [] });
  });

  test('is as short as sums of steps say, and each of its steps is an edge', () => {
    const id = fc.constantFrom(...'abcdefgh');
    const edge = fc.tuple(id, id);
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 24 }), id, id, (edges, from, to) => {
        const walk = walkOf(edges, [...'abcdefgh']);
        const { nodes, edges: taken } = shortestPath(walk, { from, to, direction: 'UPSTREAM' });
        const steps = fewestSteps(edges, from, to);
        expect(nodes).toHaveLength(steps === null ? 0 : steps + 1);
        const ids = nodes.map((node) => node.id);
        if (steps !== null) expect([ids[0], ids.at(-1)]).toEqual([from, to]);
        for (let at = 1; at < ids.length; at += 1) {
          const [here, there] = [ids[at - 1], ids[at]];
          expect(taken.some((each) => each.from === here && each.to === there)).toBe(true);
        }
      }),
    );
  });
});

/** Relaxes every edge as often as there are nodes (Bellman and Ford). */
function fewestSteps(edges: readonly Ends[], from: string, to: string): number | null {
  const steps = new Map([[from, 0]]);
  for (let round = 0; round < 8; round += 1) {
    for (const [here, there] of edges) {
      const known = steps.get(here);
      if (known === undefined) continue;
      steps.set(there, Math.min(known + 1, steps.get(there) ?? Number.POSITIVE_INFINITY));
    }
  }
  return steps.get(to) ?? null;
}
