import { describe, expect, it } from 'vitest';
import { createRun } from '../../src/commands/create-run.ts';
import { recordLineage } from '../../src/commands/record-lineage.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { type CopyProgress, copyLog } from '../../src/ledger/copy-log.ts';
import { REPLAY_BATCH_FACTS } from '../../src/ledger/replay.ts';
import type { LineageStore } from '../../src/ports/lineage-store.ts';
import { openTestLedger, type TestLedger } from '../support/open-ledger.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { runInput, versionInput } from '../support/run-input.ts';

/** A log of more than one batch, with lineage, idempotency keys and personal values. */
async function world(test: TestLedger, runs: number): Promise<void> {
  const data = versionInput('rows', 'raw', { kind: 'DATASET' });
  const raw = (await test.submit(registerVersion, data)).subject?.id ?? '';
  const made = Array.from({ length: runs }, async (_, at) => {
    const run = (await test.submit(createRun, runInput(`train-${at}`))).subject?.id ?? '';
    await test.submit(recordLineage, { run, inputs: [raw], outputs: [] });
  });
  await Promise.all(made);
}

function copy(test: TestLedger, to: LineageStore, onProgress = (_: CopyProgress) => {}) {
  const readBody = (digest: Parameters<TestLedger['objects']['read']>[0]) =>
    test.objects.read(digest, 16e6);
  return copyLog({ from: test.store, to, readBody }, onProgress);
}

/** A store that breaks at the nth transaction from now. */
function breakingAt(store: LineageStore, transaction: number): LineageStore {
  let count = 0;
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'transact') return value.bind(target);
      return (work: Parameters<LineageStore['transact']>[0]) => {
        count += 1;
        if (count === transaction) throw new Error('the power went out');
        return target.transact(work);
      };
    },
  });
}

describe('copying a log', () => {
  it('gives the same facts, sidecars, keys and state', async () => {
    const test = await openTestLedger();
    await world(test, 30);
    const to = await openTestScratch();
    const copied = await copy(test, to);
    expect(copied.faults).toEqual([]);
    expect(copied.digests?.target).toEqual(copied.digests?.source);
    const all = { order: 'oldest', limit: 1_000, scope: { all: true } } as const;
    expect(await to.facts(all)).toEqual(await test.store.facts(all));
  });

  it('goes on where an interrupted copy ended, and tells how far it is', async () => {
    const test = await openTestLedger();
    await world(test, REPLAY_BATCH_FACTS / 2 + 20);
    const to = await openTestScratch();
    await expect(copy(test, breakingAt(to, 2))).rejects.toThrow('the power went out');
    expect((await to.head()).size).toBe(REPLAY_BATCH_FACTS);
    const told: CopyProgress[] = [];
    const copied = await copy(test, to, (progress) => told.push(progress));
    expect(copied.from).toBe(REPLAY_BATCH_FACTS);
    expect(copied.digests?.target.state).toBe(copied.digests?.source.state);
    const { facts } = copied;
    expect(told).toEqual([
      { stage: 'comparing', done: REPLAY_BATCH_FACTS, of: REPLAY_BATCH_FACTS },
      { stage: 'copying', done: facts, of: facts },
      { stage: 'digests', done: facts, of: facts },
    ]);
  });

  it('copies nothing when everything is there', async () => {
    const test = await openTestLedger();
    await world(test, 2);
    const to = await openTestScratch();
    await copy(test, to);
    const again = await copy(test, to);
    expect(again.from).toBe(again.facts);
    expect(again.digests?.target.state).toBe(again.digests?.source.state);
  });

  it('refuses a target that holds another log, and changes nothing there', async () => {
    const [test, other] = [await openTestLedger(), await openTestLedger()];
    await world(other, 1);
    const before = await other.store.head();
    await expect(copy(test, other.store)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await other.store.head()).toEqual(before);
  });

  it('refuses a target that holds more facts than the source', async () => {
    const test = await openTestLedger();
    const to = await openTestScratch();
    await copy(test, to);
    const longer = await openTestLedger();
    await world(longer, 1);
    await expect(
      copyLog({ from: to, to: longer.store, readBody: async () => null }, () => {}),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
