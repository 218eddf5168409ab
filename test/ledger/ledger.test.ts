import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqliteLineageStore } from '../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import { type CreateProjectInput, createProject } from '../../src/commands/create-project.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { finishRun } from '../../src/commands/finish-run.ts';
import { type GrantRoleInput, grantRole } from '../../src/commands/grants.ts';
import { recordLineage } from '../../src/commands/record-lineage.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { setAliases } from '../../src/commands/set-aliases.ts';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import { openPersonal } from '../../src/domain/audit/sidecar.ts';
import { sha256 } from '../../src/domain/digest.ts';
import { aliasId, collectionId, projectId, runId } from '../../src/domain/lineage/names.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { EQUAL_REFUSALS_RECORDED_MAX, REFUSAL_WINDOW_MS } from '../../src/ledger/refusal-tally.ts';
import { readPolicies } from '../../src/main/read-policies.ts';
import {
  FOUNDING_FACTS,
  ORG,
  openTestLedger,
  PROJECT,
  STRANGER,
  TRAINER,
  wholeLog,
} from '../support/open-ledger.ts';
import { runInput, versionInput } from '../support/run-input.ts';

describe('order', () => {
  it('gives every fact the next index, without gaps, whoever submits at once', async () => {
    const { submit, store } = await openTestLedger();
    const names = Array.from({ length: 600 }, (_, at) => `run-${at}`);
    const receipts = await Promise.all(names.map((name) => submit(createRun, runInput(name))));
    const indexes = receipts.map(({ index }) => index).sort((a, b) => a - b);
    expect(indexes).toEqual(names.map((_, at) => FOUNDING_FACTS + at));
    const log = await wholeLog(store);
    expect(log.map(({ index }) => index)).toEqual(log.map((_, at) => at));
    for (const { index, subject } of receipts) expect(log[index]?.subject).toBe(subject?.id);
  });

  it('lets later commands of a batch see what earlier ones did', async () => {
    const { submit, store } = await openTestLedger();
    const inputs = Array.from({ length: 100 }, (_, at) => versionInput('net', `weights ${at}`));
    const receipts = await Promise.all(inputs.map((input) => submit(registerVersion, input)));
    const rows = await store.get(receipts.map(({ subject }) => subject?.id ?? ''));
    expect(rows.map((row) => row?.name)).toEqual(inputs.map((_, at) => `net:v${at}`));
    const collection = collectionId(ORG, { project: PROJECT, kind: 'MODEL', name: 'net' });
    const latest = await store.edges({
      at: [aliasId(ORG, collection, 'latest')],
      direction: 'OUT',
      history: 'all',
      limit: 1_000,
    });
    expect(latest.length).toBe(100);
    expect(latest.filter(({ until }) => until === null).map(({ to }) => to)).toEqual([
      rows.at(-1)?.id,
    ]);
  });

  it('gives two ledgers on one store indexes that never collide', async () => {
    const { ledger, store, objects, personKeys, clock, folder } = await openTestLedger();
    const second = await openSqliteLineageStore({
      file: join(folder, 'ledgerline.db'),
      readers: 1,
    });
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const parts = { org: ORG, objects, personKeys, clock, ids: systemIds, log };
    const other = new Ledger({ ...readPolicies(), ...parts, store: second });
    const names = Array.from({ length: 60 }, (_, at) => `run-${at}`);
    const receipts = [];
    for (const [at, name] of names.entries()) {
      const by = at % 3 === 0 ? other : ledger;
      receipts.push(await by.submit({ command: createRun, input: runInput(name), actor: TRAINER }));
    }
    await other.close();
    await second.close();
    expect(receipts.map(({ index }) => index)).toEqual(names.map((_, at) => FOUNDING_FACTS + at));
    expect((await store.head()).size).toBe(FOUNDING_FACTS + names.length);
  });

  it('never lets recordedAt go back, even when the clock does', async () => {
    const { submit, clock, leaves } = await openTestLedger();
    await submit(createRun, runInput('before'));
    clock.advance(-3_600_000);
    await submit(createRun, runInput('after'));
    clock.advance(7_200_000);
    await submit(createRun, runInput('later'));
    const times = (await leaves()).map(({ recordedAt }) => recordedAt);
    expect(times).toEqual([...times].sort());
    expect(new Set(times.slice(-3)).size).toBe(2);
  });
});

describe('idempotency', () => {
  it('answers the same key with the first answer and adds no fact', async () => {
    const { ledger, store } = await openTestLedger();
    const submission = {
      command: createRun,
      input: runInput('once'),
      actor: TRAINER,
      idempotencyKey: 'k1',
    };
    const both = await Promise.all([ledger.submit(submission), ledger.submit(submission)]);
    const third = await ledger.submit(submission);
    expect(both.map(({ outcome }) => outcome)).toEqual(['recorded', 'replayed']);
    expect(new Set([...both, third].map(({ index }) => index)).size).toBe(1);
    expect((await store.head()).size).toBe(FOUNDING_FACTS + 1);
  });

  it('refuses the same key with other input, with other personal text too', async () => {
    const { ledger, leaves } = await openTestLedger();
    const say = (notes: string, name = 'once') =>
      ledger.submit({
        command: createRun,
        input: runInput(name, { personal: [{ person: TRAINER.ref, values: { notes } }] }),
        actor: TRAINER,
        idempotencyKey: 'k1',
      });
    await say('mine');
    await expect(say('mine')).resolves.toMatchObject({ outcome: 'replayed' });
    await expect(say('mine', 'other')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(say('yours')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await leaves()).slice(-2).map(({ outcome }) => outcome)).toEqual(['deny', 'deny']);
  });

  it('does not mind what the hub itself worked out between two sends', async () => {
    const { ledger } = await openTestLedger();
    const send = (bytes: 'stored' | 'declared') =>
      ledger.submit({
        command: registerVersion,
        input: versionInput('net', 'w', { bytes }),
        actor: TRAINER,
        idempotencyKey: 'k1',
      });
    const first = await send('declared');
    expect(await send('stored')).toMatchObject({ outcome: 'replayed', index: first.index });
  });

  it('scopes a key to actor and operation', async () => {
    const { ledger } = await openTestLedger();
    const idempotencyKey = 'k1';
    const project = { team: 'main', project: 'other', ifExists: 'refuse' } as const;
    const run = { command: createRun, input: runInput('a'), actor: TRAINER, idempotencyKey };
    await ledger.submit(run);
    const made = { command: createProject as never, input: project as never, actor: TRAINER };
    await expect(ledger.submit({ ...made, idempotencyKey })).resolves.toMatchObject({
      outcome: 'recorded',
    });
  });
});

describe('refusals', () => {
  it('puts a missing permission on record and changes nothing', async () => {
    const { submit, leaves, store } = await openTestLedger();
    const refused = submit(createRun, runInput('secret plan'), STRANGER);
    // Who may not see the project is told what is told of one that is not there.
    await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND', details: {} });
    const nowhere = runInput('x', { project: projectId(ORG, { team: 'main', project: 'none' }) });
    const unknown = await submit(createRun, nowhere, STRANGER).catch((error) => error.message);
    const hidden = await refused.catch((error) => error.message);
    expect(hidden.replace(PROJECT, 'ID')).toBe(unknown.replace(nowhere.project, 'ID'));
    const leaf = (await leaves()).at(-2);
    expect(leaf).toMatchObject({
      type: 'command.refused',
      outcome: 'deny',
      actor: { ref: STRANGER.ref },
      subject: { id: PROJECT },
      data: { operation: 'createRun', code: 'FORBIDDEN', missing: ['record.write'] },
    });
    expect(await store.get([runId(ORG, PROJECT, 'secret plan')])).toEqual([null]);
  });

  it('names the missing permission to who may see the project', async () => {
    const { submit } = await openTestLedger();
    const scope = 'project/main/churn';
    const viewer = {
      grantId: 'g2',
      to: STRANGER.ref,
      role: 'VIEWER',
      scope,
      expiresAt: null,
    } as const;
    await submit<GrantRoleInput>(grantRole, viewer);
    await expect(submit(createRun, runInput('a'), STRANGER)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'createRun needs record.write on main/churn',
      details: { missing: ['record.write'] },
    });
  });

  it('lets nobody say that a run made what belongs to another project', async () => {
    const { submit } = await openTestLedger();
    const other = { team: 'main', project: 'own', ifExists: 'refuse' } as const;
    await submit<CreateProjectInput>(createProject, other);
    const grants = [
      { role: 'CONTRIBUTOR', scope: 'project/main/own' },
      { role: 'VIEWER', scope: 'project/main/churn' },
    ] as const;
    for (const [at, grant] of grants.entries()) {
      const input = { ...grant, grantId: `g${at + 2}`, to: STRANGER.ref, expiresAt: null };
      await submit<GrantRoleInput>(grantRole, input);
    }
    const model = (await submit(registerVersion, versionInput('net', 'w'))).subject?.id ?? '';
    const project = projectId(ORG, { team: 'main', project: 'own' });
    const run = (await submit(createRun, runInput('r', { project }), STRANGER)).subject?.id ?? '';
    const forged = submit(recordLineage, { run, inputs: [], outputs: [model] }, STRANGER);
    await expect(forged).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await submit(recordLineage, { run, inputs: [model], outputs: [] }, STRANGER);
  });

  it('records no fact for invalid input', async () => {
    const { submit, store } = await openTestLedger();
    await expect(submit(createRun, runInput('a/b'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(submit(createRun, runInput('nul\u0000'))).rejects.toThrow(/NUL/);
    await expect(submit(createRun, runInput('half\ud800'))).rejects.toThrow(/surrogate/);
    expect((await store.head()).size).toBe(FOUNDING_FACTS);
  });

  it('counts equal refusals past the tenth of a minute in one fact', async () => {
    const { submit, ledger, clock, leaves, store } = await openTestLedger();
    const tries = 25;
    for (let at = 0; at < tries; at += 1) {
      await submit(createRun, runInput('x'), STRANGER).catch(() => undefined);
    }
    expect((await store.head()).size).toBe(FOUNDING_FACTS + EQUAL_REFUSALS_RECORDED_MAX);
    clock.advance(REFUSAL_WINDOW_MS);
    await ledger.recordEndedRefusals();
    expect((await leaves()).at(-1)).toMatchObject({
      type: 'refusals.counted',
      data: { count: tries - EQUAL_REFUSALS_RECORDED_MAX, actor: STRANGER.ref, code: 'FORBIDDEN' },
    });
  });

  it('refuses a run state that cannot follow', async () => {
    const { submit } = await openTestLedger();
    const { subject } = await submit(createRun, runInput('a'));
    const finish = { run: subject?.id ?? '', exitCode: 0, summary: null, sealed: [] };
    await submit(finishRun, { ...finish, status: 'FINISHED' });
    await expect(submit(finishRun, { ...finish, status: 'FAILED' })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(submit(finishRun, { ...finish, status: 'FINISHED' })).resolves.toMatchObject({
      outcome: 'unchanged',
    });
  });
});

describe('bodies', () => {
  it('keeps a body over 16 KiB in the object store, durable before the fact', async () => {
    const { submit, leaves, objects } = await openTestLedger();
    const config = { text: 'x'.repeat(20_000) };
    const { index } = await submit(createRun, runInput('large', { config }));
    const leaf = (await leaves())[index] as { dataDigest?: ReturnType<typeof sha256> };
    const body = await objects.read(leaf.dataDigest as ReturnType<typeof sha256>, 1e6);
    expect(sha256(body as Buffer)).toBe(leaf.dataDigest);
    expect(JSON.parse(String(body)).config).toEqual(config);
  });
});

describe('personal values', () => {
  it('stand in no leaf and in no property, and open under the key of their person', async () => {
    const { submit, store, personKeys } = await openTestLedger();
    const notes = 'CANARY the tumour board said so';
    const personal = [{ person: TRAINER.ref, values: { notes, host: 'CANARY-host' } }];
    const { index, subject } = await submit(createRun, runInput('a', { personal }));
    const fact = (await wholeLog(store))[index];
    const [node] = await store.get([subject?.id ?? '']);
    expect(String(fact?.leaf)).not.toContain('CANARY');
    expect(JSON.stringify(node)).not.toContain('CANARY');
    expect(Buffer.from(fact?.sidecar[0]?.box ?? []).toString('latin1')).not.toContain('CANARY');
    const key = (await personKeys.find(TRAINER.ref)) as Buffer;
    const owner = { person: TRAINER.ref, key };
    expect(openPersonal(fact?.sidecar[0]?.box ?? Buffer.alloc(0), fact?.id ?? '', owner)).toEqual({
      notes,
      host: 'CANARY-host',
    });
    expect(parseLeaf(fact?.leaf ?? Buffer.alloc(0)).personal).toMatchObject([
      { person: TRAINER.ref, fields: ['host', 'notes'] },
    ]);
  });
});

describe('aliases', () => {
  it('move, go and come back without losing their past', async () => {
    const { submit, store } = await openTestLedger();
    const first = (await submit(registerVersion, versionInput('net', 'a'))).subject?.id ?? '';
    const second = (await submit(registerVersion, versionInput('net', 'b'))).subject?.id ?? '';
    const set = (version: string, add: string[], remove: string[] = []) =>
      submit(setAliases, { version, add, remove });
    await set(first, ['prod']);
    await set(second, ['prod']);
    await set(second, [], ['prod']);
    await set(first, ['prod']);
    await expect(set(first, ['prod'])).resolves.toMatchObject({ outcome: 'unchanged' });
    await expect(set(first, ['v3'])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const collection = collectionId(ORG, { project: PROJECT, kind: 'MODEL', name: 'net' });
    const past = await store.edges({
      at: [aliasId(ORG, collection, 'prod')],
      direction: 'OUT',
      history: 'all',
      limit: 10,
    });
    const byTime = [...past].sort((a, b) => a.since - b.since);
    expect(byTime.map(({ to, until }) => [to, until === null])).toEqual([
      [first, false],
      [second, false],
      [first, true],
    ]);
  });
});
