import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EdgeRow, NodeRow } from '../domain/lineage/graph-rows.ts';
import { parseInstant } from '../domain/time.ts';
import { Overlay } from './overlay.ts';

const T = parseInstant('2026-01-01T00:00:00Z');

const node = (id: string, last = 0): NodeRow => ({
  id,
  kind: 'RUN',
  project: 'p',
  name: id,
  props: { last },
  identifiers: [],
  since: 0,
  last,
  recordedAt: T,
});
const edge = (to: string, since: number, until: number | null = null): EdgeRow => ({
  kind: 'ALIASES',
  from: 'alias',
  to,
  since,
  until,
  recordedAt: T,
  validFrom: T,
  validTo: until === null ? null : T,
});
const ends = (to: string) => ({ kind: 'ALIASES' as const, from: 'alias', to });
const OUT = { kind: 'ALIASES' as const, from: 'alias' };
const NOTHING = { nodes: [], edges: [], out: [], into: [] };
const FOUND_NOTHING = { nodes: [], edges: [] };

/** An overlay that asked for nodes a and b and for where the alias leads, and found these. */
function loaded(nodes: readonly NodeRow[] = [], edges: readonly EdgeRow[] = []): Overlay {
  const overlay = new Overlay();
  overlay.learn({ ...NOTHING, nodes: ['a', 'b'], out: [OUT] }, { nodes, edges });
  return overlay;
}

const toOf = (overlay: Overlay) => overlay.openOut('ALIASES', 'alias').map(({ to }) => to);

describe('what was loaded', () => {
  it('is seen, and what was looked for and not found is not there', () => {
    const overlay = loaded([node('a')], [edge('v1', 3)]);
    expect(overlay.node('a')).toEqual(node('a'));
    expect(overlay.node('b')).toBeUndefined();
    expect(overlay.knows('b')).toBe(true);
    expect(overlay.openEdge(ends('v1'))).toEqual(edge('v1', 3));
    expect(overlay.openEdge(ends('v2'))).toBeUndefined();
    expect(overlay.openOut('ALIASES', 'alias')).toEqual([edge('v1', 3)]);
    expect(overlay.changed()).toEqual({ nodes: [], edges: [] });
  });

  it('is not what was not asked for: that throws, in a fork too', () => {
    for (const overlay of [new Overlay(), new Overlay().fork()]) {
      expect(overlay.knows('a')).toBe(false);
      expect(() => overlay.node('a')).toThrow('node a was not loaded');
      expect(() => overlay.openEdge(ends('v1'))).toThrow('edge ALIASES alias to v1 was not loaded');
      expect(() => overlay.openOut('ALIASES', 'alias')).toThrow('edges ALIASES alias were not');
    }
  });

  it('by exact ends says nothing of the other edges of the node', () => {
    const overlay = new Overlay();
    overlay.learn(
      { ...NOTHING, edges: [ends('v1'), ends('v2')] },
      { nodes: [], edges: [edge('v1', 3)] },
    );
    expect(overlay.openEdge(ends('v1'))).toEqual(edge('v1', 3));
    expect(overlay.openEdge(ends('v2'))).toBeUndefined();
    expect(() => overlay.openEdge(ends('v3'))).toThrow('was not loaded');
    expect(() => overlay.openOut('ALIASES', 'alias')).toThrow('were not loaded');
    expect(() => overlay.openEdge({ ...ends('v1'), kind: 'USED' })).toThrow('was not loaded');
  });

  it('is told to a fork, also when it came after the fork', () => {
    const overlay = new Overlay();
    const fork = overlay.fork();
    overlay.learn(
      { ...NOTHING, nodes: ['a'], edges: [ends('v1')], out: [OUT] },
      { nodes: [node('a')], edges: [edge('v1', 3)] },
    );
    expect(fork.node('a')).toEqual(node('a'));
    expect(fork.openEdge(ends('v1'))).toEqual(edge('v1', 3));
    expect(toOf(fork)).toEqual(['v1']);
  });
});

describe('edge', () => {
  it('is found by its exact key only', () => {
    const overlay = loaded([], [edge('v1', 3)]);
    expect(overlay.edge(edge('v1', 3))).toEqual(edge('v1', 3));
    expect(overlay.edge(edge('v1', 2))).toBeUndefined();
    expect(overlay.edge(edge('v2', 3))).toBeUndefined();
  });

  it('that was closed is not there to be closed again', () => {
    const overlay = loaded([], [edge('v1', 3)]);
    overlay.setEdge(edge('v1', 3, 9));
    expect(overlay.edge(edge('v1', 3))).toBeUndefined();
  });
});

describe('missing', () => {
  it('names what was never asked for, nodes once, and nothing that is known', () => {
    const overlay = loaded([node('a')]);
    overlay.setNode(node('made'));
    expect(
      overlay.missing({
        nodes: ['a', 'b', 'c', 'c', 'made'],
        edges: [ends('v1'), { ...ends('v1'), from: 'other' }],
        out: [OUT, { kind: 'USED', from: 'alias' }],
      }),
    ).toEqual({
      ...NOTHING,
      nodes: ['c'],
      edges: [{ ...ends('v1'), from: 'other' }],
      out: [{ kind: 'USED', from: 'alias' }],
    });
    expect(overlay.missing({})).toEqual(NOTHING);
  });

  it('is the same in a fork', () => {
    const fork = loaded().fork();
    expect(fork.missing({ nodes: ['a', 'c'], edges: [ends('v1')], out: [OUT] })).toEqual({
      ...NOTHING,
      nodes: ['c'],
    });
  });

  it('asks for all edges of a node even where one is known', () => {
    const overlay = new Overlay();
    overlay.learn({ ...NOTHING, edges: [ends('v1')] }, { nodes: [], edges: [edge('v1', 3)] });
    expect(overlay.missing({ edges: [ends('v1')], out: [OUT] })).toEqual({
      ...NOTHING,
      out: [OUT],
    });
    overlay.learn({ ...NOTHING, out: [OUT] }, { nodes: [], edges: [edge('v1', 3), edge('v2', 4)] });
    expect(toOf(overlay)).toEqual(['v1', 'v2']);
  });

  it('names each edge and place once, for the one that asks for the most', () => {
    const into = { kind: 'USED', to: 'v1' } as const;
    const overlay = new Overlay();
    expect(
      overlay.missing({
        edges: [ends('v1'), ends('v2'), ends('v1')],
        out: [{ ...OUT, most: 3 }, OUT, { ...OUT, most: 5 }, OUT],
        into: [
          { ...into, most: 2 },
          { ...into, most: 7 },
        ],
      }),
    ).toEqual({
      ...NOTHING,
      edges: [ends('v1'), ends('v2')],
      out: [OUT],
      into: [{ ...into, most: 7 }],
    });
  });

  it('asks again for who wants more than was asked for', () => {
    const overlay = new Overlay();
    overlay.learn(
      { ...NOTHING, out: [{ ...OUT, most: 1 }] },
      { nodes: [], edges: [edge('v1', 3)] },
    );
    expect(overlay.missing({ out: [{ ...OUT, most: 1 }] })).toEqual(NOTHING);
    expect(overlay.missing({ edges: [ends('v2')], out: [OUT] })).toEqual({
      ...NOTHING,
      edges: [ends('v2')],
      out: [OUT],
    });
    const fork = overlay.fork();
    fork.learn({ ...NOTHING, out: [OUT] }, { nodes: [], edges: [edge('v1', 3), edge('v2', 4)] });
    expect(fork.missing({ out: [{ ...OUT, most: 1 }, OUT] })).toEqual(NOTHING);
    expect(toOf(fork)).toEqual(['v1', 'v2']);
  });

  it('is met by learning, whatever was found', () => {
    const wants = {
      nodes: ['x'],
      edges: [ends('v9')],
      out: [{ kind: 'USED' as const, from: 'x' }],
    };
    const overlay = new Overlay();
    overlay.learn(overlay.missing(wants) as never, FOUND_NOTHING);
    expect(overlay.missing(wants)).toEqual(NOTHING);
  });
});

describe('a fork', () => {
  it('sees its own changes; its origin sees them only once they are absorbed', () => {
    const overlay = loaded([node('a', 1)], [edge('v1', 3)]);
    const fork = overlay.fork();
    fork.setNode(node('a', 9));
    fork.setNode(node('b', 9));
    fork.setEdge(edge('v1', 3, 9));
    fork.setEdge(edge('v2', 9));
    expect(fork.node('a')?.last).toBe(9);
    expect(toOf(fork)).toEqual(['v2']);
    expect(overlay.node('a')?.last).toBe(1);
    expect(overlay.node('b')).toBeUndefined();
    expect(toOf(overlay)).toEqual(['v1']);
    expect(overlay.changed()).toEqual({ nodes: [], edges: [] });
    overlay.absorb(fork);
    expect(overlay.node('b')?.last).toBe(9);
    expect(toOf(overlay)).toEqual(['v2']);
    expect(overlay.changed()).toEqual({
      nodes: [node('a', 9), node('b', 9)],
      edges: [edge('v1', 3, 9), edge('v2', 9)],
    });
  });

  it('that is dropped leaves nothing behind', () => {
    const overlay = loaded([node('a', 1)], [edge('v1', 3)]);
    const dropped = overlay.fork();
    dropped.setNode(node('a', 9));
    dropped.setEdge(edge('v1', 3, 9));
    const kept = overlay.fork();
    expect(kept.node('a')?.last).toBe(1);
    expect(toOf(kept)).toEqual(['v1']);
    expect(overlay.changed()).toEqual({ nodes: [], edges: [] });
  });

  it('can close and reopen the same ends, and close that again after being absorbed', () => {
    const overlay = loaded([], [edge('v1', 3)]);
    const first = overlay.fork();
    first.setEdge(edge('v1', 3, 9));
    first.setEdge(edge('v1', 9));
    expect(toOf(first)).toEqual(['v1']);
    overlay.absorb(first);
    expect(overlay.edge(edge('v1', 9))).toEqual(edge('v1', 9));
    const second = overlay.fork();
    second.setEdge(edge('v1', 9, 10));
    overlay.absorb(second);
    expect(toOf(overlay)).toEqual([]);
    expect(overlay.changed().edges).toEqual([edge('v1', 3, 9), edge('v1', 9, 10)]);
  });

  it('of a fork adds up with it', () => {
    const overlay = loaded([], [edge('v1', 1), edge('v2', 2)]);
    const fork = overlay.fork();
    fork.setEdge(edge('v1', 1, 9));
    const deeper = fork.fork();
    deeper.setEdge(edge('v3', 10));
    deeper.setEdge(edge('v2', 2, 10));
    expect(toOf(deeper)).toEqual(['v3']);
    expect(toOf(fork)).toEqual(['v2']);
    fork.absorb(deeper);
    overlay.absorb(fork);
    expect(toOf(overlay)).toEqual(['v3']);
  });
});

describe('learning later', () => {
  it('does not bring back what this batch closed, nor the older row of what it reopened', () => {
    const overlay = loaded([], [edge('v1', 3), edge('v2', 4)]);
    overlay.setEdge(edge('v1', 3, 9));
    overlay.setEdge(edge('v2', 4, 9));
    overlay.setEdge(edge('v2', 9));
    overlay.learn(
      { ...NOTHING, edges: [ends('v1'), ends('v2')], out: [OUT] },
      { nodes: [], edges: [edge('v1', 3), edge('v2', 4)] },
    );
    expect(overlay.openEdge(ends('v1'))).toBeUndefined();
    expect(overlay.openEdge(ends('v2'))).toEqual(edge('v2', 9));
    expect(overlay.openOut('ALIASES', 'alias')).toEqual([edge('v2', 9)]);
  });

  it('does not take back what this batch did to a node', () => {
    const overlay = loaded([node('a', 1)]);
    overlay.setNode(node('a', 9));
    overlay.setNode(node('b', 9));
    overlay.learn({ ...NOTHING, nodes: ['a', 'b'] }, { nodes: [node('a', 1)], edges: [] });
    expect(overlay.node('a')?.last).toBe(9);
    expect(overlay.node('b')?.last).toBe(9);
  });

  it('is no change', () => {
    expect(loaded([node('a')], [edge('v1', 3)]).changed()).toEqual({ nodes: [], edges: [] });
  });
});

describe('openOut', () => {
  it('is in the order of keys, whatever came first', () => {
    const overlay = loaded([], [edge('v3', 1)]);
    const fork = overlay.fork();
    fork.setEdge(edge('v1', 9));
    overlay.setEdge(edge('v2', 8));
    expect(toOf(fork)).toEqual(['v1', 'v2', 'v3']);
  });
});

describe('openInto', () => {
  const INTO = { kind: 'ALIASES', to: 'v1' } as const;

  it('is known once it was asked for, and holds what the batch opened and closed', () => {
    const overlay = new Overlay();
    overlay.setEdge(edge('v1', 9));
    expect(() => overlay.openInto('ALIASES', 'v1')).toThrow('were not loaded');
    expect(overlay.missing({ into: [INTO] })).toEqual({ ...NOTHING, into: [INTO] });
    const others = [3, 5].map((since) => ({ ...edge('v1', since), from: `other${since}` }));
    overlay.learn({ ...NOTHING, into: [INTO] }, { nodes: [], edges: others });
    expect(overlay.missing({ into: [INTO] })).toEqual(NOTHING);
    expect(overlay.openInto('ALIASES', 'v1').map(({ since }) => since)).toEqual([9, 5, 3]);
    const fork = overlay.fork();
    fork.setEdge({ ...(others[1] as EdgeRow), until: 11 });
    expect(fork.openInto('ALIASES', 'v1').map(({ since }) => since)).toEqual([9, 3]);
    expect(overlay.openInto('ALIASES', 'v1')).toHaveLength(3);
    fork.learn({ ...NOTHING, into: [INTO] }, { nodes: [], edges: others });
    expect(fork.openInto('ALIASES', 'v1').map(({ since }) => since)).toEqual([9, 3]);
  });
});

describe('an overlay of many commands', () => {
  it('shows the open edges and after-images that the commands, one by one, lead to', () => {
    const moves = fc.array(
      fc.record({ to: fc.constantFrom('v1', 'v2', null), keep: fc.boolean() }),
    );
    fc.assert(
      fc.property(moves, (steps) => {
        const overlay = loaded([], [edge('v1', 0)]);
        let open: EdgeRow | null = edge('v1', 0);
        const rows = new Map<string, EdgeRow>();
        steps.forEach(({ to, keep }, at) => {
          const index = at + 1;
          const fork = overlay.fork();
          const closed: EdgeRow[] = open ? [edge(open.to, open.since, index)] : [];
          const opened = to === null ? [] : [edge(to, index)];
          for (const row of [...closed, ...opened]) fork.setEdge(row);
          if (!keep) return;
          overlay.absorb(fork);
          open = opened[0] ?? null;
          for (const row of [...closed, ...opened]) rows.set(`${row.to} ${row.since}`, row);
        });
        expect(overlay.openOut('ALIASES', 'alias')).toEqual(open ? [open] : []);
        const changed = new Map(
          overlay.changed().edges.map((row) => [`${row.to} ${row.since}`, row]),
        );
        expect(changed).toEqual(rows);
      }),
    );
  });
});
