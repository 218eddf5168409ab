import { describe, expect, it } from 'vitest';
import { createProject } from '../../src/commands/create-project.ts';
import { type RegisterInput, register } from '../../src/commands/register-model.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { sha256 } from '../../src/domain/digest.ts';
import { projectId, registeredModelId, registrationId } from '../../src/domain/lineage/names.ts';
import { parseInstant } from '../../src/domain/time.ts';
import { digestGraph } from '../../src/ledger/graph-digest.ts';
import {
  ORG,
  openTestLedger,
  PROJECT,
  STRANGER,
  type TestLedger,
  TRAINER,
} from '../support/open-ledger.ts';
import { versionInput } from '../support/run-input.ts';

const REGISTRY = projectId(ORG, { team: 'main', project: 'registry' });
const RISK = registeredModelId(ORG, REGISTRY, 'risk');

/** A ledger with a registry, and versions of a model in another project. */
async function withRegistry(contents: readonly string[] = ['w1', 'w2']) {
  const opened = await openTestLedger();
  const { submit } = opened;
  const project = { team: 'main', project: 'registry', ifExists: 'refuse' as const };
  await submit(createProject, project);
  const versions: string[] = [];
  for (const content of contents) {
    const { subject } = await submit(registerVersion, versionInput('net', content));
    versions.push(subject?.id ?? '');
  }
  return { ...opened, versions };
}

const risk = (version: string | undefined, more: Partial<RegisterInput> = {}): RegisterInput => ({
  version: version ?? '',
  project: REGISTRY,
  model: 'risk',
  ...more,
});

async function openEdges({ store }: TestLedger, from: string) {
  const rows = await store.edges({ at: [from], direction: 'OUT', limit: 10 });
  return rows.map(({ kind, to }) => [kind, to]);
}

describe('register', () => {
  it('makes the registered model, and numbers what comes under it', async () => {
    const opened = await withRegistry();
    const { submit, store, leaves, versions } = opened;
    const first = await submit(register, risk(versions[0]));
    const second = await submit(register, risk(versions[1]));
    expect([first.outcome, second.outcome]).toEqual(['recorded', 'recorded']);
    const ids = versions.map((version) => registrationId(ORG, RISK, version));
    const [model, one, two] = await store.get([RISK, ...ids]);
    expect(model).toMatchObject({ kind: 'REGISTERED_MODEL', project: REGISTRY, name: 'risk' });
    expect(model?.props).toEqual({ registrationCount: 2 });
    const digest = sha256('w1');
    const props = { model: RISK, version: versions[0], registrationNumber: 1, digest };
    expect(one).toMatchObject({ kind: 'REGISTRATION', project: REGISTRY, props });
    expect(two?.props.registrationNumber).toBe(2);
    expect(await openEdges(opened, ids[0] ?? '')).toEqual([
      ['REGISTERS', versions[0]],
      ['VERSION_OF', RISK],
      ['WAS_ATTRIBUTED_TO', TRAINER.ref],
    ]);
    expect((await leaves())[first.index]).toMatchObject({
      type: 'registration.created',
      projects: [PROJECT, REGISTRY].sort(),
      subject: { kind: 'MODEL_VERSION', id: versions[0], digest },
      data: { modelResult: 'created', registration: { number: 1 } },
    });
    const later = (await leaves())[second.index];
    expect(later).toMatchObject({ data: { modelResult: 'existing' } });
  });

  it('leaves a version that is registered there already as it is', async () => {
    const { submit, store, versions } = await withRegistry();
    const first = await submit(register, risk(versions[0]));
    await submit(register, risk(versions[1]));
    const { size } = await store.head();
    const personal = [{ person: TRAINER.ref, values: { note: 'once more' } }];
    const again = await submit(register, risk(versions[0], { personal }));
    expect(again).toMatchObject({ outcome: 'unchanged', index: first.index });
    expect(again.subject?.id).toBe(versions[0]);
    expect((await store.head()).size).toBe(size);
  });

  it('takes one version into several registered models', async () => {
    const { submit, store, versions } = await withRegistry(['w1']);
    for (const model of ['risk', 'fraud']) await submit(register, { ...risk(versions[0]), model });
    const at = [versions[0] ?? ''];
    const edges = await store.edges({ at, direction: 'IN', kinds: ['REGISTERS'], limit: 10 });
    expect(edges).toHaveLength(2);
    for (const { from } of edges) {
      expect((await store.get([from]))[0]?.props.registrationNumber).toBe(1);
    }
  });

  it('keeps what people write apart from the leaf', async () => {
    const { submit, store, leaves, versions } = await withRegistry();
    const values = { description: 'scores customers', note: 'the first good one' };
    const personal = [{ person: TRAINER.ref, values }];
    const { index } = await submit(register, risk(versions[0], { personal }));
    const leaf = JSON.stringify((await leaves())[index]);
    for (const text of Object.values(values)) expect(leaf).not.toContain(text);
    const [model, own] = await store.get([RISK, registrationId(ORG, RISK, versions[0] ?? '')]);
    const ref = { fact: index, person: TRAINER.ref };
    expect(model?.props.description).toEqual({ '~personal': { ...ref, field: 'description' } });
    expect(own?.props.note).toEqual({ '~personal': { ...ref, field: 'note' } });
  });

  it('holds from the time that the client states', async () => {
    const { submit, store, versions } = await withRegistry();
    const occurredAt = parseInstant('2020-02-02T00:00:00Z');
    await submit(register, risk(versions[0], { occurredAt }));
    const at = [registrationId(ORG, RISK, versions[0] ?? '')];
    const edges = await store.edges({ at, direction: 'OUT', limit: 10 });
    expect(edges.map(({ validFrom }) => validFrom)).toEqual(edges.map(() => occurredAt));
  });

  it('makes the same content of the graph in any order', async () => {
    const digests = [];
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const { submit, store, versions } = await withRegistry();
      for (const at of order) await submit(register, risk(versions[at]));
      digests.push(await digestGraph(store));
    }
    expect(digests[0]?.content).toBe(digests[1]?.content);
    expect(digests[0]?.state).not.toBe(digests[1]?.state);
  });

  it('counts right when many are registered at once', async () => {
    const contents = Array.from({ length: 20 }, (_, at) => `w${at}`);
    const { submit, store, versions } = await withRegistry(contents);
    await Promise.all(versions.map((version) => submit(register, risk(version))));
    const rows = await store.get(versions.map((version) => registrationId(ORG, RISK, version)));
    const numbers = rows.map((row) => Number(row?.props.registrationNumber));
    expect(numbers.sort((a, b) => a - b)).toEqual(contents.map((_, at) => at + 1));
  });
});

describe('register refuses', () => {
  it('what is no model version', async () => {
    const { submit } = await withRegistry([]);
    const data = versionInput('rows', 'd', { kind: 'DATASET', type: 'dataset' });
    const { subject } = await submit(registerVersion, data);
    for (const [version, code] of [
      [subject?.id, 'INVALID_INPUT'],
      [PROJECT, 'INVALID_INPUT'],
      [`mdv_${'x'.repeat(43)}`, 'NOT_FOUND'],
    ] as const) {
      await expect(submit(register, risk(version))).rejects.toMatchObject({ code });
    }
  });

  it('a registry that is not there, and names that cannot stand in a path', async () => {
    const { submit, versions } = await withRegistry();
    const nowhere = projectId(ORG, { team: 'main', project: 'nowhere' });
    await expect(submit(register, risk(versions[0], { project: nowhere }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const model of ['', ' ', 'a:b', 'a/b', '..', 'a\u0000', 'x'.repeat(513)]) {
      const refused = submit(register, risk(versions[0], { model }));
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
  });

  it('whoever may not write to the registry, or not read the version', async () => {
    const { submit, versions } = await withRegistry();
    const refused = submit(register, risk(versions[0]), STRANGER);
    await expect(refused).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `there is no node with the id "${versions[0]}"`,
    });
  });
});
