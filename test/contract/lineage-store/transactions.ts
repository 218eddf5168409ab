import { expect, test } from 'vitest';
import { type LineageStore, OPEN_EDGES_MAX } from '../../../src/ports/lineage-store.ts';
import {
  ALL,
  at,
  edgeRow,
  type Fresh,
  factRow,
  NO_WANTS,
  nodeRow,
  record,
  refusal,
} from './lineage-rows.ts';

export function describeTransactions(fresh: Fresh): void {
  describeCommit(fresh);
  describeRollback(fresh);
  describeLog(fresh);
  describeUpserts(fresh);
}

function describeCommit(fresh: Fresh): void {
  test('a new store has an empty log and an empty graph', async () => {
    const store = await (await fresh()).open();
    expect(await store.head()).toEqual({ size: 0, recordedAt: null });
    await expectEmpty(store);
  });

  test('what was appended is there as soon as transact resolves', async () => {
    const store = await (await fresh()).open();
    const [node, edge] = [nodeRow('run_a'), edgeRow('USED run_a dsv_b')];
    const answer = await store.transact(async (tx) => {
      expect(tx.head).toEqual({ size: 0, recordedAt: null });
      const rows = { nodes: [node, nodeRow('dsv_b')], edges: [edge] };
      await tx.append({ facts: [factRow(0)], ...rows, about: [['run_a', 0]] });
      return 'answer';
    });
    expect(answer).toBe('answer');
    expect(await store.head()).toEqual({ size: 1, recordedAt: at(0) });
    expect(await store.get(['run_a'])).toEqual([node]);
    expect(await store.edges({ limit: 10 })).toEqual([edge]);
    const about = { about: 'run_a', order: 'oldest', limit: 10, scope: ALL } as const;
    expect(await store.facts(about)).toEqual([factRow(0)]);
  });

  test('what was appended outlives the store that wrote it', async () => {
    const data = await fresh();
    const store = await data.open();
    const [node, edge] = [nodeRow('run_a', { identifiers: ['wandb:a'] }), edgeRow('USED run_a b')];
    await record(store, { nodes: [node], edges: [edge], about: [['run_a', 0]] });
    await store.close();
    const later = await data.open();
    expect(await later.head()).toEqual({ size: 1, recordedAt: at(0) });
    expect(await later.get(['run_a'])).toEqual([node]);
    expect(await later.edges({ limit: 10 })).toEqual([edge]);
    const found = { identifiers: ['wandb:a'], scope: ALL, order: 'id', limit: 10 } as const;
    expect(await later.list(found)).toEqual([node]);
    expect(await record(later, {})).toBe(1);
  });

  test('load and later appends see what the same transaction appended', async () => {
    const store = await (await fresh()).open();
    const key = { actor: 'act:x', operation: 'startRun', key: 'k' } as const;
    await store.transact(async (tx) => {
      const first = factRow(0, { idempotency: key });
      const edge = edgeRow('ALIASES als_x mdv_y');
      await tx.append({ facts: [first], nodes: [nodeRow('als_x')], edges: [edge], about: [] });
      const found = await tx.load({
        nodes: ['als_x', 'mdv_y'],
        edges: [edge],
        out: [{ kind: 'ALIASES', from: 'als_x' }],
        into: [],
        idempotency: [key],
      });
      expect(found.nodes).toEqual([nodeRow('als_x')]);
      expect(found.edges).toEqual([edge]);
      expect(found.idempotency).toEqual([first]);
      await tx.append({ facts: [factRow(1)], nodes: [nodeRow('mdv_y')], edges: [], about: [] });
    });
    expect(await store.head()).toEqual({ size: 2, recordedAt: at(1) });
    expect(await store.get(['als_x', 'mdv_y'])).toEqual([nodeRow('als_x'), nodeRow('mdv_y')]);
  });

  test('load finds open edges by their ends and by where they leave, and no others', async () => {
    const store = await (await fresh()).open();
    const closed = edgeRow('ALIASES als_x mdv_1', { until: 1, validTo: at(1) });
    const open = ['ALIASES als_x mdv_2', 'ALIASES als_x mdv_3', 'USED als_x mdv_2'].map((ends) =>
      edgeRow(ends),
    );
    await record(store, { edges: [closed, ...open, edgeRow('ALIASES als_y mdv_2')] });
    await store.transact(async (tx) => {
      const out = await tx.load({ ...NO_WANTS, out: [{ kind: 'ALIASES', from: 'als_x' }] });
      expect(out.edges.map(({ to }) => to).sort()).toEqual(['mdv_2', 'mdv_3']);
      const ends = { kind: 'ALIASES', from: 'als_x' } as const;
      const exact = await tx.load({
        ...NO_WANTS,
        edges: [
          { ...ends, to: 'mdv_1' },
          { ...ends, to: 'mdv_3' },
          { ...ends, to: 'nowhere' },
        ],
      });
      expect(exact.edges).toEqual([edgeRow('ALIASES als_x mdv_3')]);
      const into = await tx.load({ ...NO_WANTS, into: [{ kind: 'ALIASES', to: 'mdv_2' }] });
      expect(into.edges.map(({ from }) => from).sort()).toEqual(['als_x', 'als_y']);
      const nobody = await tx.load({ ...NO_WANTS, into: [{ kind: 'ALIASES', to: 'mdv_1' }] });
      expect(nobody.edges).toEqual([]);
      const nothing = await tx.load(NO_WANTS);
      expect(nothing).toEqual({ nodes: [], edges: [], idempotency: [] });
    });
  });

  test('of too many edges into a node the latest are loaded', async () => {
    const store = await (await fresh()).open();
    const edges = Array.from({ length: OPEN_EDGES_MAX + 2 }, (_, n) =>
      edgeRow(`USED run_${n} dsv_a`, { since: n }),
    );
    await record(store, { edges });
    await store.transact(async (tx) => {
      const found = await tx.load({ ...NO_WANTS, into: [{ kind: 'USED', to: 'dsv_a' }] });
      const sinces = found.edges.map(({ since }) => since).sort((a, b) => b - a);
      expect(sinces).toHaveLength(OPEN_EDGES_MAX);
      expect(sinces.slice(0, 1)).toEqual([OPEN_EDGES_MAX + 1]);
      expect(sinces.at(-1)).toBe(2);
      const few = await tx.load({ ...NO_WANTS, into: [{ kind: 'USED', to: 'dsv_a', most: 2 }] });
      expect(few.edges.map(({ since }) => since)).toEqual(sinces.slice(0, 2));
      const from = { kind: 'USED', from: 'run_7' } as const;
      const own = await tx.load({ ...NO_WANTS, out: [{ ...from, most: 1 }] });
      expect(own.edges.map(({ to }) => to)).toEqual(['dsv_a']);
      const none = await tx.load({ ...NO_WANTS, out: [{ ...from, most: 0 }] });
      expect(none.edges).toEqual([]);
    });
  });

  test('a closed store answers UNAVAILABLE', async () => {
    const store = await (await fresh()).open();
    await store.close();
    expect(await refusal(store.head())).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await refusal(record(store, {}))).toMatchObject({ code: 'UNAVAILABLE' });
  });
}

function describeRollback(fresh: Fresh): void {
  test('when work throws, nothing of what it appended remains', async () => {
    const store = await (await fresh()).open();
    const fault = new Error('changed my mind');
    const attempt = store.transact(async (tx) => {
      const nodes = [nodeRow('run_a', { name: 'regretted', identifiers: ['wandb:a'] })];
      const edges = [edgeRow('USED run_a dsv_b')];
      await tx.append({ facts: [factRow(0)], nodes, edges, about: [['run_a', 0]] });
      // Rows that were loaded after an append were certainly sent to the store.
      expect((await tx.load({ ...NO_WANTS, nodes: ['run_a'] })).nodes).toHaveLength(1);
      throw fault;
    });
    expect(await refusal(attempt)).toBe(fault);
    expect(await store.head()).toEqual({ size: 0, recordedAt: null });
    await expectEmpty(store);
    expect(await record(store, { nodes: [nodeRow('run_a')] })).toBe(0);
    expect(await store.edges({ limit: 10, history: 'all' })).toEqual([]);
  });

  test('after a rollback the ids it used are written as if they were new', async () => {
    const store = await (await fresh()).open();
    const attempt = store.transact(async (tx) => {
      const edges = [edgeRow('USED run_a run_b')];
      await tx.append({ facts: [], nodes: [nodeRow('run_a')], edges, about: [] });
      await tx.load(NO_WANTS);
      throw new Error('no');
    });
    await refusal(attempt);
    const edges = [edgeRow('USED run_c run_a'), edgeRow('USED run_c run_b')];
    await record(store, { nodes: [nodeRow('run_c')], edges });
    expect(await store.edges({ limit: 10 })).toEqual(edges);
    await record(store, { nodes: [nodeRow('run_b')] });
    expect(await store.get(['run_a', 'run_b', 'run_c'])).toEqual([
      null,
      nodeRow('run_b'),
      nodeRow('run_c'),
    ]);
    expect(await store.edges({ at: ['run_b'], limit: 10 })).toEqual([edges[1]]);
  });

  test('a refused append spoils the transaction even when work goes on', async () => {
    const store = await (await fresh()).open();
    const attempt = store.transact(async (tx) => {
      await tx.append({ facts: [factRow(0)], nodes: [nodeRow('run_a')], edges: [], about: [] });
      const bad = { facts: [factRow(1)], nodes: [nodeRow('run_\0')], edges: [], about: [] };
      await refusal(tx.append(bad));
      return 'went on';
    });
    expect(await refusal(attempt)).toMatchObject({ code: 'INVALID_INPUT' });
    await expectEmpty(store);
    expect(await record(store, {})).toBe(0);
  });

  test('a transaction that is over takes nothing more', async () => {
    const store = await (await fresh()).open();
    const past = await store.transact(async (tx) => tx);
    const late = { facts: [factRow(0)], nodes: [], edges: [], about: [] };
    expect(await refusal(past.append(late))).toMatchObject({ code: 'INTERNAL' });
    expect(await refusal(past.load(NO_WANTS))).toMatchObject({ code: 'INTERNAL' });
    expect((await store.head()).size).toBe(0);
  });
}

function describeLog(fresh: Fresh): void {
  test.each([
    ['beyond the head', [factRow(1)]],
    ['with a gap', [factRow(0), factRow(2)]],
    ['twice', [factRow(0), factRow(0, { id: 'fct_other' })]],
    ['back in time', [factRow(0, { recordedAt: at(5) }), factRow(1, { recordedAt: at(4) })]],
  ])('facts that do not go on where the log ends are refused: %s', async (_, facts) => {
    const store = await (await fresh()).open();
    const attempt = store.transact((tx) =>
      tx.append({ facts, nodes: [nodeRow('run_a')], edges: [], about: [] }),
    );
    expect(await refusal(attempt)).toMatchObject({ code: 'INTERNAL' });
    expect((await store.head()).size).toBe(0);
    await expectEmpty(store);
  });

  test('an index is given once: a second fact at it is refused and the first stays', async () => {
    const store = await (await fresh()).open();
    await record(store, { fact: { id: 'fct_first' } });
    const attempt = store.transact((tx) =>
      tx.append({ facts: [factRow(0, { id: 'fct_second' })], nodes: [], edges: [], about: [] }),
    );
    expect(await refusal(attempt)).toMatchObject({ code: 'INTERNAL' });
    const facts = await store.facts({ order: 'oldest', limit: 10, scope: ALL });
    expect(facts.map(({ id }) => id)).toEqual(['fct_first']);
  });

  test('a fact id is given once: CONFLICT, and nothing of the batch remains', async () => {
    const store = await (await fresh()).open();
    await record(store, { fact: { id: 'fct_same' } });
    const again = record(store, { fact: { id: 'fct_same' }, nodes: [nodeRow('run_a')] });
    expect(await refusal(again)).toMatchObject({ code: 'CONFLICT' });
    expect((await store.head()).size).toBe(1);
    await expectEmpty(store);
    expect(await record(store, { fact: { id: 'fct_other' } })).toBe(1);
  });

  test('an idempotency key is given once for each actor and operation', async () => {
    const store = await (await fresh()).open();
    const key = { actor: 'act:x', operation: 'startRun', key: 'k' } as const;
    await record(store, { fact: { idempotency: key } });
    await record(store, { fact: { idempotency: { ...key, actor: 'act:y' } } });
    await record(store, { fact: { idempotency: { ...key, operation: 'finishRun' } } });
    await record(store, { fact: { idempotency: { ...key, key: 'K' } } });
    const again = record(store, { fact: { idempotency: key }, nodes: [nodeRow('run_a')] });
    expect(await refusal(again)).toMatchObject({ code: 'CONFLICT' });
    expect((await store.head()).size).toBe(4);
    await expectEmpty(store);
  });
}

function describeUpserts(fresh: Fresh): void {
  test('the same rows written twice are there once', async () => {
    const store = await (await fresh()).open();
    const nodes = [nodeRow('run_a', { identifiers: ['wandb:a'] }), nodeRow('dsv_b')];
    const edges = [edgeRow('USED run_a dsv_b')];
    for (let n = 0; n < 2; n += 1) await record(store, { nodes, edges, about: [['run_a', 0]] });
    expect(await store.list({ scope: ALL, order: 'id', limit: 10 })).toEqual([...nodes].reverse());
    expect(await store.edges({ limit: 10, history: 'all' })).toEqual(edges);
    const about = { about: 'run_a', order: 'oldest', limit: 10, scope: ALL } as const;
    expect((await store.facts(about)).map(({ index }) => index)).toEqual([0]);
  });

  test('of equal rows in one commit the last counts', async () => {
    const store = await (await fresh()).open();
    const last = nodeRow('run_a', { name: 'last one' });
    await record(store, { nodes: [nodeRow('run_a', { name: 'first' }), last] });
    expect(await store.get(['run_a'])).toEqual([last]);
    const named = { scope: ALL, order: 'id', limit: 10 } as const;
    expect(await store.list({ ...named, text: 'first' })).toEqual([]);
    expect(await store.list({ ...named, text: 'last one' })).toEqual([last]);
  });

  test('a row replaces the one before it wholly', async () => {
    const store = await (await fresh()).open();
    const before = { name: 'before', identifiers: ['a:1', 'a:2'], props: { x: 1, y: { z: [2] } } };
    await record(store, { nodes: [nodeRow('run_a', before)] });
    const after = nodeRow('run_a', {
      name: 'after',
      identifiers: ['a:2'],
      props: { y: 3 },
      last: 1,
    });
    await record(store, { nodes: [after] });
    expect(await store.get(['run_a'])).toEqual([after]);
    const page = { scope: ALL, order: 'id', limit: 10 } as const;
    expect(await store.list({ ...page, identifiers: ['a:1'] })).toEqual([]);
    expect(await store.list({ ...page, identifiers: ['a:2'] })).toEqual([after]);
    expect(await store.list({ ...page, text: 'before' })).toEqual([]);
    expect(await store.list({ ...page, name: 'after' })).toEqual([after]);
  });
}

async function expectEmpty(store: LineageStore): Promise<void> {
  expect(await store.list({ scope: ALL, order: 'id', limit: 10 })).toEqual([]);
  expect(await store.edges({ limit: 10, history: 'all' })).toEqual([]);
  expect(await store.get(['run_a'])).toEqual([null]);
}
