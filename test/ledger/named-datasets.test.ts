import { describe, expect, it } from 'vitest';
import { createProject } from '../../src/commands/create-project.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { type RecordLineageInput, recordLineage } from '../../src/commands/record-lineage.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import type { ReadBody } from '../../src/domain/audit/leaf.ts';
import { sha256 } from '../../src/domain/digest.ts';
import {
  namedDatasetId,
  namedVersionIncarnations,
} from '../../src/domain/lineage/named-dataset.ts';
import { projectId } from '../../src/domain/lineage/names.ts';
import { rebuild } from '../../src/ledger/rebuild.ts';
import { ORG, openTestLedger, PROJECT, type TestLedger } from '../support/open-ledger.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { runInput, versionInput } from '../support/run-input.ts';

const LAKE = projectId(ORG, { team: 'main', project: 'lake' });
const NAMESPACE = 's3://lake';
const NAME = 'raw/customers.parquet';
const DIGEST = sha256('rows');
const named = { namespace: NAMESPACE, name: NAME, digest: DIGEST };
const owners = new Map([[NAMESPACE, LAKE]]);
const DATASET = namedDatasetId(ORG, LAKE, named);
const VERSION = namedVersionIncarnations(ORG, DATASET, DIGEST)(0);

async function open() {
  const test = await openTestLedger();
  const lake = { team: 'main', project: 'lake', ifExists: 'refuse' } as const;
  await test.submit(createProject, lake, SYSTEM_ACTOR);
  const run = (await test.submit(createRun, runInput('train'))).subject?.id ?? '';
  const lineage = (change: Partial<RecordLineageInput>) =>
    test.submit(recordLineage, { run, inputs: [], outputs: [], owners, ...change });
  const register = (change: object = {}) =>
    test.submit(registerVersion, {
      ...versionInput(NAME, 'rows', { kind: 'DATASET', type: 'dataset' }),
      ...{ namespace: NAMESPACE, owner: LAKE, ...change },
    });
  const rows = async () => test.store.get([DATASET, VERSION]);
  return { ...test, test, run, lineage, register, rows };
}

async function compared({ store, objects }: TestLedger) {
  const readBody: ReadBody = (digest) => objects.read(digest, 1e6);
  return rebuild({ live: store, scratch: await openTestScratch(), readBody });
}

describe('a dataset that lineage names', () => {
  it('is made bare, in the project that owns the namespace, with its name alone', async () => {
    const { test, lineage, rows, leaves } = await open();
    const { outcome } = await lineage({ inputDatasets: [named] });
    expect(outcome).toBe('recorded');
    const [dataset, version] = await rows();
    const full = `${NAMESPACE}/${NAME}`;
    expect(dataset).toMatchObject({ project: LAKE, name: full, identifiers: [full] });
    expect(dataset?.props).toEqual({ namespace: NAMESPACE, ownName: NAME });
    expect(version).toMatchObject({ project: LAKE, name: `${full}@${DIGEST}` });
    expect(version?.props).toEqual({
      ...{ digest: DIGEST, identity: 'content', bytes: 'declared', collection: DATASET },
    });
    const leaf = (await leaves()).at(-1);
    expect(leaf).toMatchObject({ type: 'lineage.recorded', typeVersion: 2 });
    expect(leaf?.projects).toEqual([LAKE, PROJECT].sort());
    expect(await compared(test)).toMatchObject({ differences: [], faults: [] });
  });

  it('gets its edge once, whether it was there or not', async () => {
    const { lineage, register, store, run } = await open();
    await register();
    const first = await lineage({ inputDatasets: [named, named] });
    const again = await lineage({ inputDatasets: [{ ...named, namespace: `${NAMESPACE}/` }] });
    expect(again).toMatchObject({ outcome: 'unchanged', index: first.index });
    const edges = await store.edges({ at: [run], direction: 'OUT', kinds: ['USED'], limit: 9 });
    expect(edges.map(({ to }) => to)).toEqual([VERSION]);
    const more = await lineage({ inputDatasets: [named], inputs: [VERSION] });
    expect(more.outcome).toBe('unchanged');
  });

  it('is each project’s own where nobody owns the namespace', async () => {
    const { submit, store } = await open();
    const ids: string[] = [];
    for (const project of [PROJECT, LAKE]) {
      const run = (await submit(createRun, runInput('r', { project }))).subject?.id ?? '';
      await submit(recordLineage, { run, inputs: [], outputs: [], outputDatasets: [named] });
      ids.push(namedDatasetId(ORG, project, named));
    }
    const rows = await store.get(ids);
    expect(rows.map((row) => row?.project)).toEqual([PROJECT, LAKE]);
    expect(new Set(ids).size).toBe(2);
  });

  it('may belong to a project that is made later', async () => {
    const { submit, lineage, store } = await open();
    const later = projectId(ORG, { team: 'main', project: 'later' });
    await lineage({ outputDatasets: [named], owners: new Map([[NAMESPACE, later]]) });
    const id = namedDatasetId(ORG, later, named);
    const made = { team: 'main', project: 'later', ifExists: 'refuse' } as const;
    expect((await submit(createProject, made, SYSTEM_ACTOR)).subject?.id).toBe(later);
    const [dataset] = await store.get([id]);
    expect(dataset?.project).toBe(later);
  });

  it('is no input and output of one run, and is counted with what is named by its id', async () => {
    const { lineage, leaves } = await open();
    const before = (await leaves()).length;
    await expect(lineage({ inputDatasets: [named], outputDatasets: [named] })).rejects.toThrow(
      `${NAMESPACE}/${NAME}@${DIGEST} is named as an input and as an output of the run`,
    );
    const many = (length: number) => Array.from({ length }, (_, n) => ({ ...named, name: `${n}` }));
    const inputs = Array.from({ length: 1_000 }, (_, n) => `dsv_${n}`);
    await expect(lineage({ inputs, inputDatasets: many(1) })).rejects.toThrow(
      'at most 1000 inputs and outputs',
    );
    const spread = { inputDatasets: many(60), outputDatasets: many(41) };
    await expect(lineage(spread)).rejects.toThrow(
      'at most 100 datasets by namespace and name, not 101',
    );
    const inputDatasets = many(100);
    await expect(lineage({ inputDatasets: [{ ...named, name: 'a\0' }] })).rejects.toThrow('NUL');
    expect(await leaves()).toHaveLength(before);
    expect((await lineage({ inputDatasets })).outcome).toBe('recorded');
  });

  it('is the same request under one key, also when its namespace changed hands', async () => {
    const { ledger, run, leaves } = await open();
    const submit = (change: Partial<RecordLineageInput>) =>
      ledger.submit<RecordLineageInput>({
        command: recordLineage,
        input: { run, inputs: [], outputs: [], inputDatasets: [named], owners, ...change },
        actor: { ...SYSTEM_ACTOR },
        idempotencyKey: 'k',
      });
    const first = await submit({});
    expect(await submit({ owners: new Map() })).toMatchObject({
      ...{ outcome: 'replayed', index: first.index },
    });
    const other = { inputDatasets: [{ ...named, name: 'other' }] };
    await expect(submit(other)).rejects.toMatchObject({ code: 'CONFLICT' });
    // Who may read the refusal must not tell whether what was named is there.
    expect((await leaves()).at(-1)).toMatchObject({ outcome: 'deny', projects: [PROJECT] });
    await expect(submit({ outputDatasets: [{ ...named, name: 'o' }] })).rejects.toThrow();
    expect((await leaves()).at(-1)?.projects).toEqual([PROJECT]);
  });
});

describe('a version that is registered under the name that a store gives', () => {
  it('is described by its first registration, also where lineage named it before', async () => {
    const { test, lineage, register, rows, leaves } = await open();
    await lineage({ inputDatasets: [named, { ...named, digest: sha256('older') }] });
    const metadata = { rows: 5 };
    const { outcome } = await register({ metadata, identity: 'manifest', fileCount: 2 });
    expect(outcome).toBe('recorded');
    const [dataset, version] = await rows();
    expect(dataset?.props).toEqual({
      ...{ namespace: NAMESPACE, ownName: NAME, versionCount: 1, type: 'dataset' },
    });
    expect(version?.name).toBe(`${NAMESPACE}/${NAME}:v0`);
    expect(version?.props).toMatchObject({ ordinal: 0, metadata, fileCount: 2 });
    expect((await leaves()).at(-1)).toMatchObject({ type: 'version.registered', typeVersion: 2 });
    expect((await register({ metadata: { rows: 6 } })).outcome).toBe('unchanged');
    expect(await compared(test)).toMatchObject({ differences: [], faults: [] });
  });

  it('comes to the same content whichever came first', async () => {
    const [one, other] = [await open(), await open()];
    await one.lineage({ inputDatasets: [named] });
    await one.register();
    await other.register();
    await other.lineage({ inputDatasets: [named] });
    const digests = await Promise.all([one, other].map(({ test }) => compared(test)));
    const [a, b] = await Promise.all(
      [one, other].map(async ({ rows }) =>
        (await rows()).map((row) => row && { ...row, since: 0, last: 0, recordedAt: '' }),
      ),
    );
    expect(a).toEqual(b);
    expect(digests).toMatchObject([{ differences: [] }, { differences: [] }]);
  });

  it('keeps who made it where lineage said so before', async () => {
    const { lineage, register, run, store } = await open();
    await lineage({ outputDatasets: [named] });
    await register({ generatedBy: run });
    const at = { at: [VERSION], direction: 'OUT', kinds: ['WAS_GENERATED_BY'], limit: 9 } as const;
    expect(await store.edges(at)).toHaveLength(1);
  });

  it('is a dataset, and none that a plain name leads to', async () => {
    const { submit, register } = await open();
    await register();
    await expect(register({ kind: 'MODEL' })).rejects.toThrow('only datasets stand in a namespace');
    const plain = versionInput(`namespace:["${NAMESPACE}","${NAME}"]`, 'rows', {
      ...{ kind: 'DATASET', project: LAKE },
    });
    await expect(submit(registerVersion, plain)).rejects.toThrow('holds "/" or ":"');
  });
});
