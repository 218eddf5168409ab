import { expect, test } from 'vitest';
import type { EdgeRow, NodeRow } from '../../../src/domain/lineage/graph-rows.ts';
import {
  type Commit,
  type FactRow,
  GET_IDS_MAX,
  INDEXED_TEXT_LENGTH_MAX,
  PAGE_ROWS_MAX,
  WALK_DEPTH_MAX,
  WALK_NODES_MAX,
} from '../../../src/ports/lineage-store.ts';
import { ALL, edgeRow, type Fresh, factRow, nodeRow, record, refusal } from './lineage-rows.ts';

export function describeRefusals(fresh: Fresh): void {
  describeRefusedRows(fresh);
  describeRefusedQueries(fresh);
}

const TEXT_FAULTS = [
  ['a NUL', 'a\u0000b'],
  ['half a surrogate pair', 'a\uD800b'],
  ['a text that is too long', 'x'.repeat(INDEXED_TEXT_LENGTH_MAX + 1)],
] as const;

/** Rows with the text in one place, and the field that the refusal names. */
const PLACES: Readonly<Record<string, (text: string) => Partial<Commit>>> = {
  'nodes[0].id': (text) => inNode({ id: text }),
  'nodes[0].name': (text) => inNode({ name: text }),
  'nodes[0].project': (text) => inNode({ project: text }),
  'nodes[0].identifiers[1]': (text) => inNode({ identifiers: ['a:1', text] }),
  'edges[0].from': (text) => inEdge({ from: text }),
  'edges[0].to': (text) => inEdge({ to: text }),
  'facts[0].id': (text) => inFact({ id: text }),
  'facts[0].type': (text) => inFact({ type: text }),
  'facts[0].actor': (text) => inFact({ actor: text as FactRow['actor'] }),
  'facts[0].subject': (text) => inFact({ subject: text }),
  'facts[0].projects[0]': (text) => inFact({ projects: [text] }),
  'facts[0].idempotency.key': (text) =>
    inFact({ idempotency: { actor: 'act:x', operation: 'o', key: text } }),
  'about[0]': (text) => ({ about: [[text, 0]] }),
};

const VALUE_FAULTS: readonly (readonly [what: string, value: unknown])[] = [
  ['NaN', Number.NaN],
  ['an infinity', Number.POSITIVE_INFINITY],
  ['minus zero', -0],
  ['a bigint', 12n],
  ['undefined', undefined],
];

function describeRefusedRows(fresh: Fresh): void {
  test.each(TEXT_FAULTS)('%s is refused in every indexed text, by name', async (_, text) => {
    const store = await (await fresh()).open();
    for (const [field, rowsWith] of Object.entries(PLACES)) {
      const facts = [factRow(0)];
      const good = { nodes: [nodeRow('run_good')], edges: [], about: [] };
      const attempt = store.transact(async (tx) => {
        await tx.append({ facts: [], ...good });
        await tx.append({ facts, nodes: [], edges: [], about: [], ...rowsWith(text) });
      });
      const error = await refusal(attempt);
      expect(error, field).toMatchObject({ code: 'INVALID_INPUT', details: { field } });
      expect(String(error), field).toContain(field);
    }
    expect((await store.head()).size).toBe(0);
    expect(await store.get(['run_good'])).toEqual([null]);
    expect(await record(store, { nodes: [nodeRow('run_good')] })).toBe(0);
    expect(await store.get(['run_good'])).toEqual([nodeRow('run_good')]);
  });

  test.each(VALUE_FAULTS)('%s in props is refused, not changed', async (_, value) => {
    const store = await (await fresh()).open();
    const props = { fine: 1, inner: [{ value }] } as unknown as NodeRow['props'];
    const nodes = [nodeRow('run_good'), nodeRow('run_bad', { props })];
    const error = await refusal(record(store, { nodes }));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'nodes[1].props' } });
    expect(await store.get(['run_good', 'run_bad'])).toEqual([null, null]);
    expect(await record(store, {})).toBe(0);
  });

  test('an index that is none is refused', async () => {
    const store = await (await fresh()).open();
    for (const since of [-1, 0.5, 2 ** 53, Number.NaN]) {
      const error = await refusal(record(store, { nodes: [nodeRow('run_a', { since })] }));
      expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'nodes[0].since' } });
    }
    expect(await record(store, {})).toBe(0);
  });
}

function inNode(more: Partial<NodeRow>): Partial<Commit> {
  return { nodes: [nodeRow('run_a', more)] };
}

function inEdge(more: Partial<EdgeRow>): Partial<Commit> {
  return { edges: [edgeRow('USED run_a run_b', more)] };
}

function inFact(more: Partial<FactRow>): Partial<Commit> {
  return { facts: [factRow(0, more)] };
}

function describeRefusedQueries(fresh: Fresh): void {
  test.each([0, -1, 1.5, Number.NaN, PAGE_ROWS_MAX + 1])('a page of %d rows', async (limit) => {
    const store = await (await fresh()).open();
    const wrong = { code: 'INVALID_INPUT', details: { field: 'limit' } };
    const list = store.list({ scope: ALL, order: 'id', limit });
    expect(await refusal(list)).toMatchObject(wrong);
    expect(await refusal(store.edges({ limit }))).toMatchObject(wrong);
    const facts = store.facts({ scope: ALL, order: 'oldest', limit });
    expect(await refusal(facts)).toMatchObject(wrong);
  });

  test('a walk that is too wide or too deep', async () => {
    const store = await (await fresh()).open();
    const walk = { roots: ['run_a'], direction: 'BOTH', kinds: ['USED'] } as const;
    for (const [field, bad] of [
      ['limit', { depth: 1, limit: WALK_NODES_MAX + 1 }],
      ['limit', { depth: 1, limit: 0 }],
      ['depth', { depth: WALK_DEPTH_MAX + 1, limit: 1 }],
      ['depth', { depth: -1, limit: 1 }],
    ] as const) {
      const error = await refusal(store.walk({ ...walk, ...bad }));
      expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { field } });
    }
    const widest = { ...walk, depth: WALK_DEPTH_MAX, limit: WALK_NODES_MAX };
    expect((await store.walk(widest)).nodes).toEqual([]);
  });

  test('more ids than one call takes', async () => {
    const store = await (await fresh()).open();
    const ids = Array.from({ length: GET_IDS_MAX + 1 }, (_, n) => `run_${n}`);
    expect(await refusal(store.get(ids))).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await store.get(ids.slice(1))).toHaveLength(GET_IDS_MAX);
  });

  test('a search text of fewer than three characters', async () => {
    const store = await (await fresh()).open();
    for (const text of ['', 'ab', '🧪🧬']) {
      const search = store.list({ scope: ALL, order: 'id', limit: 1, text });
      const wrong = { code: 'INVALID_INPUT', details: { field: 'text' } };
      expect(await refusal(search)).toMatchObject(wrong);
    }
    expect(await store.list({ scope: ALL, order: 'id', limit: 1, text: '🧪🧬🔬' })).toEqual([]);
  });

  test('kinds that there are not', async () => {
    const store = await (await fresh()).open();
    const wrong = { code: 'INVALID_INPUT', details: { field: 'kinds' } };
    const kinds = ["USED') or ('1'='1"] as never;
    expect(await refusal(store.list({ scope: ALL, order: 'id', limit: 1, kinds }))).toMatchObject(
      wrong,
    );
    expect(await refusal(store.edges({ limit: 1, kinds }))).toMatchObject(wrong);
  });
}
