import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/adapters/sqlite/driver.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { recordLineage } from '../../src/commands/record-lineage.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import type { ReadBody } from '../../src/domain/audit/leaf.ts';
import { nodeId } from '../../src/domain/lineage/node-id.ts';
import { digestGraph } from '../../src/ledger/graph-digest.ts';
import { rebuild } from '../../src/ledger/rebuild.ts';
import { replay } from '../../src/ledger/replay.ts';
import {
  FOUNDING_FACTS,
  ORG,
  openTestLedger,
  PROJECT,
  type TestLedger,
} from '../support/open-ledger.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { runInput, versionInput } from '../support/run-input.ts';

async function smallWorld({ submit }: TestLedger) {
  const run = (await submit(createRun, runInput('train'))).subject?.id ?? '';
  const data = versionInput('rows', 'raw', { kind: 'DATASET' });
  const raw = (await submit(registerVersion, data)).subject?.id ?? '';
  await submit(recordLineage, { run, inputs: [raw], outputs: [] });
  const made = versionInput('net', 'weights', { generatedBy: run });
  const model = (await submit(registerVersion, made)).subject?.id ?? '';
  return { run, raw, model };
}

async function compared({ store, objects }: TestLedger) {
  const readBody: ReadBody = (digest) => objects.read(digest, 1e6);
  return rebuild({ live: store, scratch: await openTestScratch(), readBody });
}

/** Somebody with the database file in their hands. */
function byHand({ folder }: TestLedger, ...statements: string[]): void {
  const file = join(folder, 'ledgerline.db');
  const database = openDatabase({ file, access: 'read-write', busyMsMax: 1_000 });
  for (const statement of statements) database.exec(statement);
  database.close();
}

describe('rebuild', () => {
  it('finds a graph that only the hub wrote equal', async () => {
    const test = await openTestLedger();
    await smallWorld(test);
    expect(await compared(test)).toMatchObject({ differences: [], faults: [] });
  });

  it('names a property edited, an edge removed and a node added by hand', async () => {
    const test = await openTestLedger();
    const { run, raw, model } = await smallWorld(test);
    const added = nodeId({ org: ORG, container: PROJECT, kind: 'RUN', name: 'never happened' });
    byHand(
      test,
      `update node set props = json_set(props, '$.status', 'FINISHED') where id = '${run}'`,
      `delete from edge where kind = 'USED'`,
      `insert into node (id, kind, project, name, since, last, recorded_at, identifiers, props)
       select '${added}', kind, project, 'never happened', since, last, recorded_at, '[]', '{}'
       from node where id = '${run}'`,
    );
    const { differences } = await compared(test);
    const named = differences.map(({ what, how, id, fields }) => [what, how, id, fields.join()]);
    expect(named.sort()).toEqual(
      [
        ['node', 'changed', run, 'props.status'],
        ['node', 'extra', added, ''],
        ['edge', 'missing', expect.stringContaining(`USED from ${run} to ${raw}`), ''],
      ].sort(),
    );
    expect(model).not.toBe('');
  });

  it('names a fact whose columns or leaf were edited, and one that is gone', async () => {
    const test = await openTestLedger();
    await smallWorld(test);
    byHand(test, `update fact set actor = 'act:somebody' where idx = 7`);
    const edited = await compared(test);
    expect(edited.faults).toEqual([{ index: 7, fault: 'the column actor differs from the leaf' }]);
    byHand(test, 'delete from fact where idx = 8');
    const { faults } = await compared(test);
    expect(faults).toContainEqual({ index: 8, fault: 'the fact is missing', stops: true });
  });

  it('names edges that claim to be of facts that are not there', async () => {
    const test = await openTestLedger();
    const { run, raw } = await smallWorld(test);
    byHand(
      test,
      `update edge set until = 1000000 where kind = 'USED'`,
      `insert into edge select src, 'WAS_DERIVED_FROM', dst, 2000000, null, recorded_at, valid_from,
       null from edge where kind = 'USED'`,
    );
    const { differences } = await compared(test);
    expect(differences.map(({ how, id }) => [how, id]).sort()).toEqual([
      ['changed', `USED from ${run} to ${raw} since ${FOUNDING_FACTS + 2}`],
      ['extra', `WAS_DERIVED_FROM from ${run} to ${raw} since 2000000`],
    ]);
  });

  it('names each fact that cannot be read or does not fit, and goes on behind it', async () => {
    const test = await openTestLedger();
    await smallWorld(test);
    const [first, second] = [FOUNDING_FACTS, FOUNDING_FACTS + 1];
    byHand(
      test,
      `update fact set leaf = cast('{' as blob) where idx = ${first}`,
      `update fact set leaf = cast(replace(cast(leaf as text), '"v":1', '"v": 1') as blob)
       where idx = ${second}`,
      `update fact set key_text = 'k', key_actor = actor, key_operation = 'x' where idx = 3`,
    );
    const { faults, differences } = await compared(test);
    expect(faults).toEqual([
      { index: 3, fault: 'the column idempotency key differs from the leaf' },
      { index: first, fault: expect.stringContaining('cannot be read') },
      { index: second, fault: 'the leaf is not canonical' },
    ]);
    // The run that the broken fact made is in the graph and, for the replay, not in the log.
    expect(differences).toContainEqual(expect.objectContaining({ what: 'node', how: 'extra' }));
  });

  it('says equal while writers are active', async () => {
    const test = await openTestLedger();
    await smallWorld(test);
    let stopped = false;
    let written = 0;
    const writer = async (from: string) => {
      for (let at = 0; !stopped; at += 1) {
        await test.submit(registerVersion, versionInput('busy', `${from} ${at}`));
        await test.submit(createRun, runInput(`${from}-${at}`));
        written += 2;
      }
    };
    const writers = ['a', 'b', 'c'].map(writer);
    const rounds = [];
    for (let round = 0; round < 3; round += 1) rounds.push(await compared(test));
    stopped = true;
    await Promise.all(writers);
    for (const round of rounds) expect(round).toMatchObject({ differences: [], faults: [] });
    expect(written).toBeGreaterThan(0);
  });

  it('notices an edit to a node that writers keep busy', async () => {
    const test = await openTestLedger();
    await smallWorld(test);
    await test.submit(registerVersion, versionInput('busy', 'one'));
    byHand(test, `update node set last = last + 1000 where name = 'busy'`);
    const { differences } = await compared(test);
    expect(differences).toMatchObject([{ what: 'node', how: 'changed', fields: ['last'] }]);
  });
});

describe('replay', () => {
  it('gives equal digests in another store', async () => {
    const test = await openTestLedger();
    const { store, objects } = test;
    await smallWorld(test);
    const scratch = await openTestScratch();
    const { size } = await store.head();
    const readBody: ReadBody = (digest) => objects.read(digest, 1e6);
    const faults = await replay({ store, readBody }, scratch, { from: 0, to: size });
    expect(faults).toEqual([]);
    expect(await digestGraph(scratch)).toEqual(await digestGraph(store));
  });
});
