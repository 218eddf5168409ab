import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Instant, parseInstant } from '../time.ts';
import type { Json, JsonObject } from '../values/value.ts';
import { applyChanges, type ChangePlace, type MutableGraph } from './apply-changes.ts';
import type { Change, CloseEdge, OpenEdge, PutNode } from './change.ts';
import type { EdgeKey, EdgeRow, NodeRow } from './graph-rows.ts';

const T1 = parseInstant('2026-01-01T00:00:00Z');
const T2 = parseInstant('2026-02-01T00:00:00Z');
const T3 = parseInstant('2026-03-01T00:00:00Z');

class Graph implements MutableGraph {
  readonly nodes = new Map<string, NodeRow>();
  readonly edges = new Map<string, EdgeRow>();

  node(id: string): NodeRow | undefined {
    return this.nodes.get(id);
  }
  edge(key: EdgeKey): EdgeRow | undefined {
    return this.edges.get(textOf(key));
  }
  setNode(row: NodeRow): void {
    this.nodes.set(row.id, row);
  }
  setEdge(row: EdgeRow): void {
    this.edges.set(textOf(row), row);
  }
}

function textOf({ kind, from, to, since }: EdgeKey): string {
  return JSON.stringify([kind, from, to, since]);
}

const at = (index: number, recordedAt = T1, occurredAt: Instant | null = null): ChangePlace => ({
  index,
  recordedAt,
  occurredAt,
});
const put = (id: string, set: PutNode['set'] = {}, identifiers?: readonly string[]): PutNode => ({
  op: 'put',
  id,
  kind: 'RUN',
  project: 'p',
  name: id,
  set,
  ...(identifiers ? { identifiers } : {}),
});
const open = (to: string, validFrom?: Instant): OpenEdge => ({
  op: 'open',
  kind: 'ALIASES',
  from: 'alias',
  to,
  ...(validFrom ? { validFrom } : {}),
});
const close = (to: string, since: number, validTo?: Instant): CloseEdge => ({
  op: 'close',
  kind: 'ALIASES',
  from: 'alias',
  to,
  since,
  ...(validTo ? { validTo } : {}),
});

/** Applies lists of changes one after another, the first at index 0. */
function graphOf(...facts: readonly (readonly Change[])[]): Graph {
  const graph = new Graph();
  facts.forEach((changes, index) => {
    applyChanges(graph, changes, at(index));
  });
  return graph;
}

describe('a node', () => {
  it('keeps the fact and the time that made it and names the one that changed it last', () => {
    const graph = new Graph();
    applyChanges(graph, [put('r', { a: 1 })], at(3, T1));
    applyChanges(graph, [put('r', { b: 2 })], at(7, T2, T3));
    expect(graph.node('r')).toEqual({
      id: 'r',
      kind: 'RUN',
      project: 'p',
      name: 'r',
      props: { a: 1, b: 2 },
      identifiers: [],
      since: 3,
      last: 7,
      recordedAt: T1,
    });
  });

  it('takes new values, keeps the others, and loses those that are set to null', () => {
    const graph = graphOf(
      [put('r', { a: 1, b: { deep: null }, c: 'x', d: 0 })],
      [put('r', { a: 2, b: undefined, c: null, missing: null, e: [null] })],
    );
    expect(graph.node('r')?.props).toEqual({ a: 2, b: { deep: null }, d: 0, e: [null] });
    expect(Object.keys(graph.node('r')?.props ?? {})).not.toContain('missing');
  });

  it('treats __proto__ and constructor as names like any other', () => {
    const set = JSON.parse('{"__proto__":{"x":1},"constructor":2}') as PutNode['set'];
    const graph = graphOf([put('r', set)], [put('r', { a: 1 })]);
    const props = graph.node('r')?.props as JsonObject;
    expect(JSON.stringify(props)).toBe('{"__proto__":{"x":1},"constructor":2,"a":1}');
    expect(Object.getPrototypeOf(props)).toBe(Object.prototype);
    const gone = JSON.parse('{"__proto__":null,"constructor":null}') as PutNode['set'];
    applyChanges(graph, [put('r', gone)], at(2));
    expect(JSON.stringify(graph.node('r')?.props)).toBe('{"a":1}');
  });

  it('gathers foreign names, sorted and each once, and never loses one', () => {
    const graph = graphOf(
      [put('r', {}, ['wandb:b', 'wandb:a', 'wandb:b'])],
      [put('r', {})],
      [put('r', {}, ['mlflow:z', 'wandb:a'])],
      [put('r', {}, [])],
    );
    expect(graph.node('r')?.identifiers).toEqual(['mlflow:z', 'wandb:a', 'wandb:b']);
  });

  it('does not change the row that was there', () => {
    const graph = graphOf([put('r', { a: { b: 1 } }, ['x:1'])]);
    const before = graph.node('r') as NodeRow;
    const text = JSON.stringify(before);
    applyChanges(graph, [put('r', { a: { b: 2 } }, ['x:2'])], at(1));
    expect(JSON.stringify(before)).toBe(text);
  });
});

describe('an edge', () => {
  it.each([
    ['the change states', T3, T2, T3],
    ['the fact states, when the change does not', undefined, T2, T2],
    ['the hub recorded it, when nobody states one', undefined, null, T1],
  ])('holds from the time that %s', (_what, validFrom, occurredAt, expected) => {
    const graph = new Graph();
    applyChanges(graph, [open('v1', validFrom)], at(5, T1, occurredAt));
    expect(graph.edge({ kind: 'ALIASES', from: 'alias', to: 'v1', since: 5 })).toEqual({
      kind: 'ALIASES',
      from: 'alias',
      to: 'v1',
      since: 5,
      until: null,
      recordedAt: T1,
      validFrom: expected,
      validTo: null,
    });
  });

  it.each([
    ['the change states', T3, T2, T3],
    ['the fact states, when the change does not', undefined, T2, T2],
    ['the hub recorded it, when nobody states one', undefined, null, T1],
  ])('holds until the time that %s', (_what, validTo, occurredAt, expected) => {
    const graph = new Graph();
    applyChanges(graph, [open('v1')], at(0, T1));
    applyChanges(graph, [close('v1', 0, validTo)], at(4, T1, occurredAt));
    const row = graph.edge({ kind: 'ALIASES', from: 'alias', to: 'v1', since: 0 });
    expect(row).toMatchObject({ since: 0, until: 4, validFrom: T1, validTo: expected });
  });

  it('that is opened again is another edge, and the closed one stays as it was', () => {
    const graph = graphOf([open('v1')], [close('v1', 0), open('v2')], [close('v2', 1), open('v1')]);
    const spans = [...graph.edges.values()].map(({ to, since, until }) => [to, since, until]);
    expect(spans).toEqual([
      ['v1', 0, 1],
      ['v2', 1, 2],
      ['v1', 2, null],
    ]);
  });

  it('can be closed and opened to the same end by one fact', () => {
    const graph = graphOf([open('v1')], [close('v1', 0), open('v1')]);
    expect([...graph.edges.values()].map(({ since, until }) => [since, until])).toEqual([
      [0, 1],
      [1, null],
    ]);
  });

  it.each([close('v1', 1), close('v2', 0), { ...close('v1', 0), from: 'other' }])(
    'that is not there cannot be closed: %j',
    (change) => {
      const graph = graphOf([open('v1')]);
      expect(() => applyChanges(graph, [change], at(2))).toThrow(
        /no edge ALIASES from .* to .* since .* to close/,
      );
    },
  );
});

describe('a fact', () => {
  it('is about the nodes whose properties it sets, each once, and not about ends of edges', () => {
    const graph = graphOf([put('a')]);
    const changes = [put('b', { x: 1 }), open('a'), put('c'), put('b', { y: 1 })];
    expect(applyChanges(graph, changes, at(1))).toEqual(['b', 'c']);
    expect(graph.node('b')).toMatchObject({ props: { x: 1, y: 1 }, since: 1, last: 1 });
    expect(applyChanges(graph, [], at(2))).toEqual([]);
  });
});

describe('a log', () => {
  const values = fc.constantFrom<Json | undefined>(null, undefined, 1, 'x', { a: null }, [1]);
  const puts = fc
    .record({
      id: fc.constantFrom('a', 'b', 'c'),
      set: fc.dictionary(fc.constantFrom('k', 'l', '__proto__', 'm'), values),
      identifiers: fc.option(fc.array(fc.constantFrom('x:1', 'x:2', 'y:1')), { nil: undefined }),
    })
    .map(({ id, set, identifiers }): Change[] => [put(id, set, identifiers)]);
  /** Moves the alias to a version, or away, as a command would decide it. */
  const moves = fc.constantFrom('v1', 'v2', null);
  const logs = fc
    .array(
      fc.oneof(
        puts,
        moves.map((to) => ({ to })),
      ),
      { maxLength: 20 },
    )
    .map((steps): readonly (readonly Change[])[] => {
      let opened: { to: string; since: number } | null = null;
      return steps.map((step, index) => {
        if (Array.isArray(step)) return step;
        const changes: Change[] = opened ? [close(opened.to, opened.since)] : [];
        opened = step.to === null ? null : { to: step.to, since: index };
        return opened ? [...changes, open(opened.to)] : changes;
      });
    });
  const rowsOf = (graph: Graph) => JSON.stringify([[...graph.nodes], [...graph.edges]]);

  it('gives the same graph each time it is replayed', () => {
    fc.assert(
      fc.property(logs, (facts) => {
        expect(rowsOf(graphOf(...facts))).toBe(rowsOf(graphOf(...facts)));
      }),
    );
  });

  it('gives the same graph when each fact is applied twice in a row', () => {
    fc.assert(
      fc.property(logs, (facts) => {
        const twice = new Graph();
        facts.forEach((changes, index) => {
          applyChanges(twice, changes, at(index));
          applyChanges(twice, changes, at(index));
        });
        expect(rowsOf(twice)).toBe(rowsOf(graphOf(...facts)));
      }),
    );
  });

  it('never has two open edges of one alias, and never a null property', () => {
    fc.assert(
      fc.property(logs, (facts) => {
        const graph = graphOf(...facts);
        const stillOpen = [...graph.edges.values()].filter(({ until }) => until === null);
        expect(stillOpen.length).toBeLessThanOrEqual(1);
        for (const { props, identifiers } of graph.nodes.values()) {
          expect(Object.values(props)).not.toContain(null);
          expect(identifiers).toEqual([...new Set(identifiers)].sort());
        }
      }),
    );
  });
});
