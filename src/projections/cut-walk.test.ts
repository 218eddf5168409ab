import { expect, test } from 'vitest';
import type { NodeKind } from '../domain/lineage/kinds.ts';
import type { Instant } from '../domain/time.ts';
import { cutWalk } from './cut-walk.ts';
import type { ReadableWalk, WalkEdge } from './restrict-walk.ts';

const AT = '2026-01-01T00:00:00.000000Z' as Instant;

function node(id: string, depth: number, kind: NodeKind) {
  return { id, kind, project: 'p', name: id, since: 1, recordedAt: AT, depth };
}

function edge(from: string, to: string): WalkEdge {
  return { kind: 'USED', from, to, since: 1, recordedAt: AT, validFrom: AT };
}

/** model <- run <- three datasets, one of which has a run of its own behind it. */
const WALK: ReadableWalk = {
  nodes: [
    node('model', 0, 'MODEL_VERSION'),
    node('run', 1, 'RUN'),
    node('data1', 2, 'DATASET_VERSION'),
    node('data2', 2, 'DATASET_VERSION'),
    node('data3', 2, 'DATASET_VERSION'),
    node('earlier', 3, 'RUN'),
  ],
  edges: [
    edge('model', 'run'),
    edge('run', 'data1'),
    edge('run', 'data2'),
    edge('run', 'data3'),
    edge('data1', 'earlier'),
  ],
  truncated: false,
  frontier: [],
};

test('only the asked kinds stay, with the edges between them', () => {
  const cut = cutWalk(WALK, { kinds: ['MODEL_VERSION', 'RUN'], first: 10 });
  expect(cut.nodes.map(({ id }) => id)).toEqual(['model', 'run', 'earlier']);
  expect(cut.edges).toEqual([edge('model', 'run')]);
  expect(cut.truncated).toBe(false);
});

test('a cut says so, and everything left out lies behind the frontier', () => {
  const cut = cutWalk(WALK, { kinds: ['DATASET_VERSION'], first: 1 });
  expect(cut.nodes.map(({ id }) => id)).toEqual(['data1']);
  expect(cut.truncated).toBe(true);
  expect(cut.frontier).toEqual(['data1', 'run']);
});

test('pages together hold every node and every edge once, and end', () => {
  const nodes: string[] = [];
  const edges: WalkEdge[] = [];
  let from: number | null = 0;
  let pages = 0;
  while (from !== null) {
    const page = cutWalk(WALK, { from, first: 2 });
    nodes.push(...page.nodes.map(({ id }) => id));
    edges.push(...page.edges);
    from = page.next;
    pages += 1;
  }
  expect(pages).toBe(3);
  expect(nodes).toEqual(WALK.nodes.map(({ id }) => id));
  expect(edges.map((each) => JSON.stringify(each)).sort()).toEqual(
    WALK.edges.map((each) => JSON.stringify(each)).sort(),
  );
});
