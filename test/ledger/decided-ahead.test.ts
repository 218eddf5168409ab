import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteLineageStore } from '../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { collectionId } from '../../src/domain/lineage/names.ts';
import type { Receipt } from '../../src/ledger/command.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { rebuild } from '../../src/ledger/rebuild.ts';
import { readPolicies } from '../../src/main/read-policies.ts';
import { refusingPoison } from '../support/breaking-store.ts';
import {
  FOUNDING_FACTS,
  ORG,
  openTestLedger,
  PROJECT,
  type TestLedger,
  TRAINER,
} from '../support/open-ledger.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { runInput, versionInput } from '../support/run-input.ts';

const COLLECTION = collectionId(ORG, { project: PROJECT, kind: 'MODEL', name: 'net' });

async function expectEqualRebuild({ store, objects }: TestLedger): Promise<void> {
  const scratch = await openTestScratch();
  const readBody = (digest: Parameters<typeof objects.read>[0]) => objects.read(digest, 1e6);
  const rebuilt = await rebuild({ live: store, scratch, readBody });
  expect(rebuilt).toMatchObject({ differences: [], faults: [] });
}

/** A second ledger on the same data, as another process of the hub would have. */
async function another({ objects, personKeys, clock, folder }: TestLedger): Promise<Ledger> {
  const store = await openSqliteLineageStore({ file: join(folder, 'ledgerline.db'), readers: 1 });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const ids = systemIds;
  const ledger = new Ledger({
    ...readPolicies(),
    org: ORG,
    store,
    objects,
    personKeys,
    clock,
    ids,
    log,
  });
  onTestFinished(async () => {
    await ledger.close();
    await store.close();
  });
  return ledger;
}

describe('batches that are decided while the one before them commits', () => {
  it('number versions without a gap when two ledgers write at once', async () => {
    const test = await openTestLedger();
    const ledgers = [test.ledger, await another(test)];
    const each = 150;
    const receipts: Receipt[] = [];
    const writer = async (ledger: Ledger, from: string) => {
      for (let at = 0; at < each; at += 1) {
        const input = versionInput('net', `${from} ${at}`);
        receipts.push(await ledger.submit({ command: registerVersion, input, actor: TRAINER }));
      }
    };
    const writers = ledgers.flatMap((ledger, nth) =>
      ['a', 'b', 'c', 'd'].map((name) => writer(ledger, `${nth}${name}`)),
    );
    await Promise.all(writers);
    const count = each * writers.length;
    const rows = await test.store.get(receipts.map(({ subject }) => subject?.id ?? ''));
    const ordinals = rows.map((row) => Number(row?.props.ordinal)).sort((a, b) => a - b);
    expect(ordinals).toEqual(Array.from({ length: count }, (_, at) => at));
    const [collection] = await test.store.get([COLLECTION]);
    expect(collection?.props.versionCount).toBe(count);
    expect((await test.store.head()).size).toBe(FOUNDING_FACTS + count);
    await expectEqualRebuild(test);
  });

  it('are decided anew when the one before them is refused', async () => {
    const test = await openTestLedger({ between: refusingPoison });
    const writes = Array.from({ length: 900 }, (_, at) =>
      at % 97 === 13
        ? test.submit(createRun, runInput(`poison ${at}`))
        : test.submit(registerVersion, versionInput('net', `weights ${at}`)),
    );
    const answers = await Promise.allSettled(writes);
    const refused = answers.filter(({ status }) => status === 'rejected').length;
    expect(refused).toBe(writes.filter((_, at) => at % 97 === 13).length);
    const [collection] = await test.store.get([COLLECTION]);
    expect(collection?.props.versionCount).toBe(writes.length - refused);
    expect((await test.store.head()).size).toBe(FOUNDING_FACTS + writes.length - refused);
    await expectEqualRebuild(test);
  });

  it('see an idempotency key that the batch before them used', async () => {
    const { ledger, store } = await openTestLedger();
    const writes = Array.from({ length: 800 }, (_, at) =>
      ledger.submit({
        command: createRun,
        input: runInput(`run-${at % 100}`),
        actor: TRAINER,
        idempotencyKey: `key-${at % 100}`,
      }),
    );
    const receipts = await Promise.all(writes);
    expect(receipts.filter(({ outcome }) => outcome === 'recorded')).toHaveLength(100);
    expect(receipts.filter(({ outcome }) => outcome === 'replayed')).toHaveLength(700);
    expect((await store.head()).size).toBe(FOUNDING_FACTS + 100);
  });
});
