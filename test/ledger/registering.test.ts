import { describe, expect, it } from 'vitest';
import { createProject } from '../../src/commands/create-project.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { finishRun } from '../../src/commands/finish-run.ts';
import { recordLineage } from '../../src/commands/record-lineage.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { setAliases } from '../../src/commands/set-aliases.ts';
import { FACT_BODY_BYTES_MAX } from '../../src/domain/audit/leaf.ts';
import { aliasId, collectionId } from '../../src/domain/lineage/names.ts';
import { parseInstant } from '../../src/domain/time.ts';
import { ORG, openTestLedger, PROJECT, TRAINER } from '../support/open-ledger.ts';
import { runInput, versionInput } from '../support/run-input.ts';

const net = collectionId(ORG, { project: PROJECT, kind: 'MODEL', name: 'net' });

describe('a version that is registered again', () => {
  it('is another version when its digest is of another kind', async () => {
    const { submit } = await openTestLedger();
    const stated = await submit(registerVersion, versionInput('net', 'w', { identity: 'content' }));
    const files = versionInput('net', 'w', { identity: 'manifest', bytes: 'stored' });
    const uploaded = await submit(registerVersion, files);
    expect(uploaded).toMatchObject({ outcome: 'recorded' });
    expect(uploaded.subject?.id).not.toBe(stated.subject?.id);
  });

  it('becomes stored when its bytes come, and never declared again', async () => {
    const { submit, store } = await openTestLedger();
    const files = versionInput('net', 'w', { identity: 'manifest' });
    const { subject } = await submit(registerVersion, files);
    const bytesOf = async () => (await store.get([subject?.id ?? '']))[0]?.props.bytes;
    expect(await bytesOf()).toBe('declared');
    await submit(registerVersion, { ...files, bytes: 'stored' });
    expect(await bytesOf()).toBe('stored');
    expect(await submit(registerVersion, files)).toMatchObject({ outcome: 'unchanged' });
    expect(await bytesOf()).toBe('stored');
  });

  it('takes a new description, and says so of nothing else', async () => {
    const { submit, store, leaves } = await openTestLedger();
    const { subject } = await submit(registerVersion, versionInput('net', 'w'));
    const personal = [{ person: TRAINER.ref, values: { description: 'the good one' } }];
    const again = versionInput('net', 'w', { personal, metadata: { late: true } });
    const { index } = await submit(registerVersion, again);
    const [row] = await store.get([subject?.id ?? '']);
    const ref = { '~personal': { fact: index, person: TRAINER.ref, field: 'description' } };
    expect(row?.props.description).toEqual(ref);
    expect(row?.props.metadata).toEqual({});
    expect((await leaves())[index]).toMatchObject({ data: { metadata: null, bytes: null } });
  });

  it('cannot bear names that the hub gives itself', async () => {
    const { submit } = await openTestLedger();
    for (const name of ['wandb-digest:0', 'wandb-artifact:x', `sha256:${'0'.repeat(64)}`]) {
      const input = versionInput('net', 'w', { identifiers: [name] });
      await expect(submit(registerVersion, input)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
  });
});

describe('what is so already', () => {
  it('is answered with the fact that made it so', async () => {
    const { submit } = await openTestLedger();
    const run = (await submit(createRun, runInput('a'))).subject?.id ?? '';
    const version = (await submit(registerVersion, versionInput('net', 'w'))).subject?.id ?? '';
    const used = await submit(recordLineage, { run, inputs: [version], outputs: [] });
    const named = await submit(setAliases, { version, add: ['prod'], remove: [] });
    const again = await submit(recordLineage, { run, inputs: [version], outputs: [] });
    expect(again).toMatchObject({ outcome: 'unchanged', index: used.index });
    const same = await submit(setAliases, { version, add: ['prod'], remove: [] });
    expect(same).toMatchObject({ outcome: 'unchanged', index: named.index });
  });
});

describe('names', () => {
  it('are one name, composed or not, and keep the form that went on record first', async () => {
    const { submit, store } = await openTestLedger();
    const first = await submit(registerVersion, versionInput('caf\u00e9', 'a'));
    const second = await submit(registerVersion, versionInput('cafe\u0301', 'b'));
    const rows = await store.get([first.subject?.id ?? '', second.subject?.id ?? '']);
    expect(rows.map((row) => row?.name)).toEqual(['caf\u00e9:v0', 'caf\u00e9:v1']);
    const version = first.subject?.id ?? '';
    const add = ['pre\u0301mier', 'pr\u00e9mier'];
    await submit(setAliases, { version, add, remove: [] });
    const refuse = { team: 'main', project: 'cafe\u0301', ifExists: 'refuse' } as const;
    await submit<Parameters<typeof createProject.decide>[0]>(createProject, refuse);
    await expect(
      submit<Parameters<typeof createProject.decide>[0]>(createProject, {
        ...refuse,
        project: 'caf\u00e9',
      }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe("aliases in the world's time", () => {
  it('never end before they began, however late a move is told', async () => {
    const { submit, store } = await openTestLedger();
    const at = (hour: string) => parseInstant(`2026-01-01T${hour}:00:00Z`);
    const move = async (content: string, hour: string) => {
      const input = versionInput('net', content, { aliases: ['prod'], occurredAt: at(hour) });
      return (await submit(registerVersion, input)).subject?.id;
    };
    await move('w0', '10');
    const late = await move('w1', '05');
    const edges = await store.edges({
      at: [aliasId(ORG, net, 'prod')],
      direction: 'OUT',
      history: 'all',
      limit: 10,
    });
    for (const { validFrom, validTo } of edges) {
      expect(validTo === null || validFrom <= validTo).toBe(true);
    }
    const then = { at: [aliasId(ORG, net, 'prod')], asOf: at('12'), limit: 10 } as const;
    expect((await store.edges({ ...then, direction: 'OUT' })).map(({ to }) => to)).toEqual([late]);
  });
});

describe('a finish', () => {
  it('that states other results is refused, and one that repeats them is not', async () => {
    const { submit } = await openTestLedger();
    const run = (await submit(createRun, runInput('a'))).subject?.id ?? '';
    const finish = {
      run,
      status: 'FINISHED',
      exitCode: 0,
      summary: { acc: 1 },
      sealed: [],
    } as const;
    await submit(finishRun, finish);
    await expect(submit(finishRun, finish)).resolves.toMatchObject({ outcome: 'unchanged' });
    await expect(
      submit(finishRun, { ...finish, exitCode: null, summary: null }),
    ).resolves.toMatchObject({ outcome: 'unchanged' });
    for (const other of [{ summary: { acc: 2 } }, { exitCode: 3 }]) {
      await expect(submit(finishRun, { ...finish, ...other })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
    }
  });
});

describe('a request that is too large to be replayed', () => {
  it('is refused, and its neighbours are not', async () => {
    const { submit, store } = await openTestLedger();
    const before = (await store.head()).size;
    const config = { text: 'x'.repeat(FACT_BODY_BYTES_MAX) };
    const answers = await Promise.allSettled([
      submit(createRun, runInput('a')),
      submit(createRun, runInput('large', { config })),
      submit(createRun, runInput('b')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(answers[1]).toMatchObject({ reason: { code: 'LIMIT_EXCEEDED' } });
    expect((await store.head()).size).toBe(before + 2);
  });
});
