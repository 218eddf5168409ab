import { expect, test } from 'vitest';
import type { NodeRow } from '../../../src/domain/lineage/graph-rows.ts';
import type { HeadTransaction, LineageStore } from '../../../src/ports/lineage-store.ts';
import { ALL, edgeRow, type Fresh, factRow, NO_WANTS, nodeRow, record } from './lineage-rows.ts';

const COUNTER = 'run_counter';

export function describeConcurrency(fresh: Fresh): void {
  describeSerial(fresh);
  describeReaders(fresh);
  describeLargeBatches(fresh);
}

function describeSerial(fresh: Fresh): void {
  test('transactions of one store are serial: no update is lost', async () => {
    const store = await (await fresh()).open();
    await Promise.all(Array.from({ length: 60 }, () => store.transact(increment)));
    expect(await counted(store)).toBe(60);
    expect((await store.head()).size).toBe(60);
  });

  test('transactions of two stores on the same data are serial: no update is lost', async () => {
    const data = await fresh();
    const stores = [await data.open(), await data.open()];
    let active = 0;
    const alone = async (tx: HeadTransaction) => {
      active += 1;
      expect(active).toBe(1);
      await increment(tx);
      active -= 1;
    };
    await Promise.all(
      stores.flatMap((store) => Array.from({ length: 25 }, () => store.transact(alone))),
    );
    for (const store of stores) expect(await counted(store)).toBe(50);
  });

  test('the lock is taken before anything is read, the head included', async () => {
    const data = await fresh();
    const [first, second] = [await data.open(), await data.open()];
    await first.transact(increment);
    let seen: { readonly head: number; readonly value: number } | undefined;
    let waiting: Promise<void> | undefined;
    await first.transact(async (tx) => {
      waiting = second.transact(async (other) => {
        seen = { head: other.head.size, value: await valueIn(other) };
        await increment(other);
      });
      // Time enough for the other store to read too early, if it does.
      await new Promise((wake) => setTimeout(wake, 150));
      await increment(tx);
    });
    await waiting;
    expect(seen).toEqual({ head: 2, value: 2 });
    expect(await counted(first)).toBe(3);
  });

  test('a store sees at once what another store on the same data has committed', async () => {
    const data = await fresh();
    const [writer, reader] = [await data.open(), await data.open()];
    for (let n = 1; n <= 10; n += 1) {
      await writer.transact(increment);
      expect(await counted(reader)).toBe(n);
      expect((await reader.head()).size).toBe(n);
    }
  });

  test('ids that two stores use in turn are one node each', async () => {
    const data = await fresh();
    const stores = [await data.open(), await data.open()] as const;
    for (let n = 0; n < 6; n += 1) {
      const edges = [edgeRow(`USED run_${n} run_${n + 1}`), edgeRow(`USED run_${n} shared`)];
      await record(stores[n % 2 === 0 ? 0 : 1], { nodes: [nodeRow(`run_${n}`)], edges });
    }
    const nodes = await stores[0].list({ scope: ALL, order: 'id', limit: 10 });
    expect(nodes.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5].map((n) => `run_${n}`));
    const shared = await stores[1].edges({ at: ['shared'], limit: 10 });
    expect(shared.map(({ from }) => from)).toEqual([0, 1, 2, 3, 4, 5].map((n) => `run_${n}`));
  });

  test('a transaction that fails lets the waiting ones go on', async () => {
    const store = await (await fresh()).open();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        store.transact(async (tx) => {
          await increment(tx);
          if (n % 3 === 0) throw new Error('every third fails');
        }),
      ),
    );
    const committed = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(committed).toBe(13);
    expect(await counted(store)).toBe(committed);
    expect((await store.head()).size).toBe(committed);
  });
}

function describeReaders(fresh: Fresh): void {
  test('a reader sees rows whole, none of before what it saw, and all that was told', async () => {
    const store = await (await fresh()).open();
    const pair = (value: number) =>
      ['run_a', 'run_b'].map((id) => nodeRow(id, { props: { value, again: value } }));
    await record(store, { nodes: pair(0) });
    let told = 0;
    const commits = 40;
    const writer = (async () => {
      for (let n = 1; n <= commits; n += 1) {
        await record(store, { nodes: pair(n) });
        told = n;
      }
    })();
    const seen = [0, 0];
    while (told < commits) {
      const least = told;
      const rows = await store.get(['run_a', 'run_b']);
      for (const [at, row] of rows.entries()) {
        const { value, again } = (row as NodeRow).props;
        expect(again).toBe(value);
        expect(value).toBeGreaterThanOrEqual(Math.max(least, seen[at] as number));
        seen[at] = value as number;
      }
    }
    await writer;
    expect(await store.get(['run_a', 'run_b'])).toEqual(pair(commits));
  });

  test('questions are answered while a transaction holds the head, from before it', async () => {
    const store = await (await fresh()).open();
    await record(store, { nodes: [nodeRow('run_a')] });
    await store.transact(async (tx) => {
      await tx.append({ facts: [factRow(1)], nodes: [nodeRow('run_b')], edges: [], about: [] });
      await tx.load(NO_WANTS);
      expect(await readBeside(store)).toEqual(['run_a']);
    });
    expect(await readBeside(store)).toEqual(['run_a', 'run_b']);
  });
}

function describeLargeBatches(fresh: Fresh): void {
  test('a batch of 1,000 facts, 5,000 nodes and 5,000 edges is written whole', async () => {
    const store = await (await fresh()).open();
    const facts = Array.from({ length: 1_000 }, (_, index) => factRow(index));
    const ids = Array.from({ length: 5_000 }, (_, n) => `run_${String(n).padStart(4, '0')}`);
    const nodes = ids.map((id) => nodeRow(id, { props: { text: `text of ${id}` } }));
    const edges = ids.map((id, n) => edgeRow(`USED ${id} ${ids[(n * 7 + 1) % 5_000]}`));
    const about = ids.map((id, n) => [id, n % 1_000] as const);
    await store.transact((tx) => tx.append({ facts, nodes, edges, about }));
    expect((await store.head()).size).toBe(1_000);
    expect(await store.get(ids)).toEqual(nodes);
    expect(await store.facts({ order: 'oldest', limit: 1_000, scope: ALL })).toEqual(facts);
    expect(await allEdges(store)).toEqual(edges);
  });
}

async function allEdges(store: LineageStore) {
  const all = [];
  for (;;) {
    const page = await store.edges({ after: all.at(-1), limit: 1_000 });
    all.push(...page);
    if (page.length < 1_000) return all;
  }
}

/** What a node is worth after another one was counted: read, add, write. */
async function increment(tx: HeadTransaction): Promise<void> {
  const value = (await valueIn(tx)) + 1;
  const index = tx.head.size;
  const nodes = [nodeRow(COUNTER, { props: { value }, last: index })];
  await tx.append({ facts: [factRow(index)], nodes, edges: [], about: [[COUNTER, index]] });
}

async function valueIn(tx: HeadTransaction): Promise<number> {
  const { nodes } = await tx.load({ ...NO_WANTS, nodes: [COUNTER] });
  return valueOfRow(nodes[0]);
}

async function counted(store: LineageStore): Promise<number> {
  return valueOfRow((await store.get([COUNTER]))[0]);
}

function valueOfRow(row: NodeRow | null | undefined): number {
  return Number(row?.props.value ?? 0);
}

async function readBeside(store: LineageStore): Promise<string[]> {
  const rows = await store.list({ scope: ALL, order: 'id', limit: 10 });
  return rows.map(({ id }) => id);
}
