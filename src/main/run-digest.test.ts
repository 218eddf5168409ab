import { expect, onTestFinished, test, vi } from 'vitest';
import { breaking } from '../../test/support/breaking-store.ts';
import { openTestLedger, type TestLedger } from '../../test/support/open-ledger.ts';
import { runInput } from '../../test/support/run-input.ts';
import { createRun } from '../commands/create-run.ts';
import { digestGraph } from '../ledger/graph-digest.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import { DIGEST_ATTEMPTS_MAX, printDigests } from './run-digest.ts';

function printed() {
  const out = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => void vi.restoreAllMocks());
  const text = (spy: typeof out) => spy.mock.calls.map(([line]) => String(line));
  return { out: () => text(out), error: () => text(error) };
}

/** A store beside which a run is recorded while its edges are read, so many times. */
function writtenTo({ store, submit }: TestLedger, times: number): LineageStore {
  let written = 0;
  return new Proxy(breaking(store, store.transact.bind(store)), {
    get: (target, name) => {
      if (name !== 'edges') return Reflect.get(target, name);
      return async (query: Parameters<LineageStore['edges']>[0]) => {
        written += 1;
        if (written <= times) await submit(createRun, runInput(`meanwhile-${written}`));
        return store.edges(query);
      };
    },
  });
}

test('digests of a graph that stands still are printed', async () => {
  const { store } = await openTestLedger();
  const lines = printed();
  expect(await printDigests(store)).toBe(0);
  const { state, content } = await digestGraph(store);
  expect(lines.out()).toEqual([`state ${state}`, `content ${content}`]);
});

test('a graph that changed meanwhile is digested anew', async () => {
  const ledger = await openTestLedger();
  const lines = printed();
  expect(await printDigests(writtenTo(ledger, 2))).toBe(0);
  const { state, content } = await digestGraph(ledger.store);
  expect(lines.out()).toEqual([`state ${state}`, `content ${content}`]);
});

test('while writers never rest nothing is printed that could be taken for a digest', async () => {
  const ledger = await openTestLedger();
  const lines = printed();
  expect(await printDigests(writtenTo(ledger, Number.POSITIVE_INFINITY))).toBe(1);
  expect(lines.out()).toEqual([]);
  expect(lines.error()).toEqual([
    `writers are active: the graph changed during each of ${DIGEST_ATTEMPTS_MAX} attempts; ` +
      'stop the hub, or try again when it is quiet',
  ]);
});
