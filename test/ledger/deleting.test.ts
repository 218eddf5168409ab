import { describe, expect, it } from 'vitest';
import { createRun } from '../../src/commands/create-run.ts';
import { deleteRun, VERSIONS_WITH_RUN_MAX } from '../../src/commands/delete-run.ts';
import { deleteVersion } from '../../src/commands/delete-version.ts';
import { finishRun, resumeRun } from '../../src/commands/finish-run.ts';
import { recordLineage } from '../../src/commands/record-lineage.ts';
import { register } from '../../src/commands/register-model.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { type SetAliasesInput, setAliases } from '../../src/commands/set-aliases.ts';
import { updateVersion } from '../../src/commands/update-version.ts';
import { aliasesChanged } from '../../src/domain/audit/facts/version.ts';
import { sha256 } from '../../src/domain/digest.ts';
import type { NodeRow } from '../../src/domain/lineage/graph-rows.ts';
import { aliasId, collectionId } from '../../src/domain/lineage/names.ts';
import type { Instant } from '../../src/domain/time.ts';
import { type Command, fact, subjectOf } from '../../src/ledger/command.ts';
import { ORG, openTestLedger, PROJECT, STRANGER, TRAINER } from '../support/open-ledger.ts';
import { runInput, versionInput } from '../support/run-input.ts';

const net = collectionId(ORG, { project: PROJECT, kind: 'MODEL', name: 'net' });
const latest = aliasId(ORG, net, 'latest');
const FINISH = { status: 'FINISHED', exitCode: 0, summary: null, sealed: [] } as const;
const REASON = { personal: [{ person: TRAINER.ref, values: { reason: 'made by mistake' } }] };

async function open() {
  const test = await openTestLedger();
  const { submit, store } = test;
  const idOf = async (receipt: Promise<{ subject: { id: string } | null }>) =>
    (await receipt).subject?.id ?? '';
  const run = (name: string) => idOf(submit(createRun, runInput(name)));
  const ended = async (name: string) => {
    const id = await run(name);
    await submit(finishRun, { run: id, ...FINISH });
    return id;
  };
  const version = (content: string, more: object = {}) =>
    idOf(submit(registerVersion, versionInput('net', content, more)));
  const gone = (id: string) => submit(deleteVersion, { version: id, aliases: 'keep', ...REASON });
  const row = async (id: string) => (await store.get([id]))[0];
  const leadsTo = async (alias: string) =>
    (await store.edges({ at: [alias], direction: 'OUT', kinds: ['ALIASES'], limit: 9 })).map(
      ({ to }) => to,
    );
  const names = async (kinds: readonly ('RUN' | 'MODEL_VERSION')[]) => {
    const scope = { all: true } as const;
    const rows = await store.list({ scope, kinds, order: 'recent', limit: 99 });
    return rows.map(({ name }) => name);
  };
  return { ...test, run, ended, version, gone, row, leadsTo, names };
}

const refusal = (message: string) => ({ code: 'CONFLICT', message });

describe('a version that is deleted', () => {
  it('leaves a tombstone in its lineage, and the rest as if it had not been there', async () => {
    const { version, gone, row, leadsTo, names, leaves, ended, store, submit } = await open();
    const maker = await ended('train');
    const [v0, v1] = [await version('a'), await version('b', { generatedBy: maker })];
    expect(await gone(v1)).toMatchObject({ outcome: 'recorded', subject: { id: v1 } });
    const [fact] = (await leaves()).slice(-1);
    expect(fact).toMatchObject({
      type: 'version.deleted',
      projects: [PROJECT],
      data: {
        version: { id: v1, name: 'net:v1', anew: { id: v1, incarnation: 1 } },
        collection: { id: net, deletedCount: 1, moves: [{ name: 'latest', to: v0 }] },
      },
    });
    expect(JSON.stringify(fact)).not.toContain('mistake');
    expect((await row(v1))?.props).toMatchObject({ deletedAt: fact?.recordedAt, ordinal: 1 });
    expect(await leadsTo(latest)).toEqual([v0]);
    expect(await names(['MODEL_VERSION'])).toEqual(['net:v0']);
    const walk = { roots: [v1], direction: 'UPSTREAM', depth: 3, limit: 9 } as const;
    const { nodes } = await store.walk({ ...walk, kinds: ['WAS_GENERATED_BY'] });
    expect(nodes.map(({ id }) => id)).toEqual([v1, maker]);
    expect(await gone(v1)).toMatchObject({ outcome: 'unchanged' });
    const late = await ended('late');
    for (const change of [
      () => submit(setAliases, { version: v1, add: ['x'], remove: [] }),
      () => submit(updateVersion, { version: v1, set: { tags: ['x'] }, clear: [] }),
      () => submit(register, { version: v1, project: PROJECT, model: 'risk' }),
      () => submit(recordLineage, { run: late, inputs: [v1], outputs: [] }),
    ]) {
      await expect(change()).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: `model version net:v1 was deleted at ${fact?.recordedAt}`,
      });
    }
  });

  it('is another version with a number of its own when its content comes again', async () => {
    const { version, gone, row, leadsTo } = await open();
    const ids: string[] = [];
    for (let time = 0; time < 4; time += 1) {
      const id = await version('a');
      ids.push(id);
      expect((await row(id))?.name).toBe(`net:v${time}`);
      expect(await version('a')).toBe(id);
      await gone(id);
      expect(await leadsTo(latest)).toEqual([]);
    }
    expect(new Set(ids).size).toBe(4);
    expect((await row(net))?.props).toMatchObject({ versionCount: 4, deletedCount: 4 });
  });

  it('leaves its collection no earlier than it is said to have come', async () => {
    const { version, gone, leaves, store } = await open();
    const ahead = '2199-01-01T00:00:00.000000Z' as Instant;
    const id = await version('a', { occurredAt: ahead });
    await gone(id);
    const [fact] = (await leaves()).slice(-1);
    expect(fact).toMatchObject({ data: { version: { at: ahead } } });
    const at = { at: [id], direction: 'OUT', kinds: ['VERSION_OF'], limit: 9 } as const;
    const [edge] = await store.edges({ ...at, history: 'all' });
    expect(edge).toMatchObject({ validFrom: ahead, validTo: ahead });
  });

  it('goes with its aliases when that is said, and is kept by them when not', async () => {
    const { version, gone, submit, leadsTo } = await open();
    const id = await version('a', { aliases: ['prod', 'best'] });
    await expect(gone(id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(gone(id)).rejects.toThrow('the alias "prod" leads to net:v0');
    await submit(deleteVersion, { version: id, aliases: 'delete' });
    for (const name of ['prod', 'best', 'latest']) {
      expect(await leadsTo(aliasId(ORG, net, name))).toEqual([]);
    }
  });

  it('must not be held by a registered model', async () => {
    const { version, gone, submit } = await open();
    const id = await version('a');
    await submit(register, { version: id, project: PROJECT, model: 'risk' });
    await expect(gone(id)).rejects.toMatchObject(
      refusal('net:v0 cannot be deleted: the registered model risk holds net:v0'),
    );
  });

  it('must not have been used by a run that is there', async () => {
    const { version, gone, submit, ended, leaves, row } = await open();
    const id = await version('a');
    const users = await Promise.all(Array.from({ length: 7 }, (_, n) => ended(`user-${n}`)));
    for (const run of users) await submit(recordLineage, { run, inputs: [id], outputs: [] });
    const before = await row(id);
    const attempt = await gone(id).catch((error: unknown) => error as Error);
    expect(attempt).toMatchObject({ code: 'CONFLICT' });
    expect(String(attempt)).toContain('net:v0 cannot be deleted: the run user-6 used net:v0;');
    expect(String(attempt)).toMatch(/; and 2 more$/);
    expect(await row(id)).toEqual(before);
    expect((await leaves()).at(-1)).toMatchObject({ type: 'command.refused', outcome: 'deny' });
    for (const run of users) await submit(deleteRun, { run, versions: 'keep' });
    expect(await gone(id)).toMatchObject({ outcome: 'recorded' });
  });

  it('needs the right to delete, and to one without any it does not exist', async () => {
    const { version, submit } = await open();
    const id = await version('a');
    const asked = submit(deleteVersion, { version: id, aliases: 'keep' }, STRANGER);
    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(deleteVersion.requires({ version: id, aliases: 'keep' }, {} as never, TRAINER)).toEqual([
      { permission: 'record.delete', of: id },
    ]);
  });

  it('is decided right among others of its batch', async () => {
    const { submit, version, leadsTo, row } = await open();
    const ids: string[] = [];
    for (const content of ['a', 'b', 'c', 'd']) ids.push(await version(content));
    const [v0, v1, v2, v3] = ids as [string, string, string, string];
    const all = [v3, v1, v2].map((id) => submit(deleteVersion, { version: id, aliases: 'keep' }));
    const again = submit(registerVersion, versionInput('net', 'd'));
    await Promise.all(all);
    const v4 = (await again).subject?.id ?? '';
    expect(v4).not.toBe(v3);
    expect((await row(v4))?.name).toBe('net:v4');
    expect(await leadsTo(latest)).toEqual([v4]);
    expect((await row(v0))?.props.deletedAt).toBeUndefined();
  });
});

describe('a version that was only named in lineage', () => {
  const named = { namespace: 's3://lake', name: 'raw', digest: sha256('raw') };

  it('is deleted like others, and its name means another version from then on', async () => {
    const { submit, ended, store, row } = await open();
    const use = async (name: string) => {
      const run = await ended(name);
      await submit(recordLineage, { run, inputs: [], outputs: [], inputDatasets: [named] });
      const at = { at: [run], direction: 'OUT', kinds: ['USED'], limit: 9 } as const;
      return { run, version: (await store.edges(at))[0]?.to ?? '' };
    };
    const gone = async ({ run, version }: Awaited<ReturnType<typeof use>>) => {
      const asked = { version, aliases: 'keep' } as const;
      await expect(submit(deleteVersion, asked)).rejects.toMatchObject({ code: 'CONFLICT' });
      await submit(deleteRun, { run, versions: 'keep' });
      await submit(deleteVersion, asked);
    };
    const first = await use('first');
    await gone(first);
    const second = await use('second');
    expect(second.version).not.toBe(first.version);
    expect((await row(second.version))?.props).not.toHaveProperty('deletedAt');
    const { namespace, name, digest } = named;
    const input = { kind: 'DATASET', namespace, digest, identity: 'manifest' } as const;
    const { subject } = await submit(registerVersion, versionInput(name, 'raw', input));
    expect(subject?.id).toBe(second.version);
    await gone(second);
    const third = await submit(registerVersion, versionInput(name, 'raw', input));
    expect([first.version, second.version]).not.toContain(third.subject?.id);
    expect((await row(third.subject?.id ?? ''))?.props.ordinal).toBe(1);
    const dataset = String((await row(second.version))?.props.collection);
    expect((await row(dataset))?.props).toMatchObject({ versionCount: 2, deletedCount: 1 });
  });
});

describe('a version that nobody has registered', () => {
  const raw = { namespace: 's3://lake', name: 'raw', digest: sha256('raw') };

  async function openBare() {
    const test = await open();
    const { submit, ended, store } = test;
    const run = await ended('reader');
    await submit(recordLineage, { run, inputs: [], outputs: [], inputDatasets: [raw] });
    const at = { at: [run], direction: 'OUT', kinds: ['USED'], limit: 9 } as const;
    const version = (await store.edges(at))[0]?.to ?? '';
    const input = { kind: 'DATASET', ...raw, identity: 'manifest' } as const;
    const told = () => submit(registerVersion, versionInput('raw', 'raw', input));
    return { ...test, run, version, told };
  }

  it('takes no aliases and nothing that is said of it, until it is registered', async () => {
    const { submit, version, told, leaves } = await openBare();
    const changes = [
      () => submit(setAliases, { version, add: ['latest'], remove: [] }),
      () => submit(updateVersion, { version, set: { tags: ['x'] }, clear: [] }),
    ];
    const before = (await leaves()).length;
    for (const change of changes) {
      await expect(change()).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringMatching(/ was only named in lineage; register it first$/),
      });
    }
    const refused = (await leaves()).slice(before);
    expect(refused.map(({ outcome }) => outcome)).toEqual(['deny', 'deny']);
    await told();
    expect(await changes[1]?.()).toMatchObject({ outcome: 'recorded' });
  });

  it('goes even where an alias led to it before that was refused', async () => {
    const { submit, version, run, row, leadsTo } = await openBare();
    const dataset = (await row(String((await row(version))?.props.collection))) as NodeRow;
    const alias = aliasId(ORG, dataset.id, 'latest');
    const move = { alias, name: 'latest', created: true, to: version, digest: null, closes: null };
    const early: Command<SetAliasesInput> = {
      ...setAliases,
      decide: (_, { recordedAt }) => {
        const { id, name, project } = dataset;
        const collection = { id, kind: 'DATASET' as const, name, project: String(project) };
        const data = { collection, moves: [{ ...move, at: recordedAt }] };
        return fact(aliasesChanged, { data, projects: [PROJECT], subject: subjectOf(dataset) });
      },
    };
    await submit(early, { version, add: ['latest'], remove: [] });
    expect(await leadsTo(alias)).toEqual([version]);
    await submit(deleteRun, { run, versions: 'keep' });
    await submit(deleteVersion, { version, aliases: 'keep' });
    expect(await leadsTo(alias)).toEqual([]);
  });
});

describe('a run that is deleted', () => {
  it('gives its name free for a new run, which has nothing of it', async () => {
    const { ended, run, submit, row, names } = await open();
    const ids: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      const id = await ended('train');
      ids.push(id);
      expect((await row(id))?.props.incarnation).toBe(time);
      await submit(deleteRun, { run: id, versions: 'keep', ...REASON });
      expect(await names(['RUN'])).toEqual([]);
    }
    expect(new Set(ids).size).toBe(3);
    const now = await run('train');
    expect(ids).not.toContain(now);
    await expect(run('train')).rejects.toMatchObject({ code: 'CONFLICT' });
    const [first = ''] = ids;
    await expect(submit(resumeRun, { run: first, stopRequest: 'keep' })).rejects.toThrow(
      'run train was deleted',
    );
  });

  it('must have ended', async () => {
    const { run, submit } = await open();
    const id = await run('train');
    await expect(submit(deleteRun, { run: id, versions: 'keep' })).rejects.toMatchObject(
      refusal('the run train is RUNNING; end it before it goes'),
    );
  });

  it('is kept by what it made, or takes all of it along in one fact', async () => {
    const { ended, version, submit, leaves, row, names, leadsTo } = await open();
    const id = await ended('train');
    const other = await version('other');
    const made = [await version('a', { generatedBy: id }), await version('b', { generatedBy: id })];
    await submit(recordLineage, { run: id, inputs: [made[0] as string], outputs: [] });
    await expect(submit(deleteRun, { run: id, versions: 'keep' })).rejects.toMatchObject(
      refusal('the run train cannot be deleted: it made net:v2; it made net:v1'),
    );
    const before = (await leaves()).length;
    await submit(deleteRun, { run: id, versions: 'delete', ...REASON });
    const facts = (await leaves()).slice(before);
    expect(facts).toMatchObject([{ type: 'run.deleted', data: { collections: [{ id: net }] } }]);
    for (const node of [id, ...made]) {
      expect((await row(node))?.props.deletedAt).toBe(facts[0]?.recordedAt);
    }
    expect(await names(['RUN', 'MODEL_VERSION'])).toEqual(['net:v0']);
    expect(await leadsTo(latest)).toEqual([other]);
    expect((await row(net))?.props).toMatchObject({ versionCount: 3, deletedCount: 2 });
  });

  it('goes with everything that it made, or nothing goes', async () => {
    const { ended, version, submit, row } = await open();
    const [id, second] = [await ended('train'), await ended('second')];
    const free = await version('free', { generatedBy: id });
    const held = await version('held', { generatedBy: id, aliases: ['prod'] });
    const both = await version('both', { generatedBy: id });
    await submit(recordLineage, { run: second, inputs: [], outputs: [both] });
    await expect(submit(deleteRun, { run: id, versions: 'delete' })).rejects.toThrow(
      'the run train cannot be deleted: second made net:v2 too; the alias "prod" leads to net:v1',
    );
    for (const node of [id, free, held, both]) {
      expect((await row(node))?.props.deletedAt).toBeUndefined();
    }
  });

  it('takes a limited number of versions along', async () => {
    const { ended, version, submit } = await open();
    const id = await ended('train');
    const contents = Array.from({ length: VERSIONS_WITH_RUN_MAX + 1 }, (_, n) => `c${n}`);
    const made = await Promise.all(contents.map((each) => version(each, { generatedBy: id })));
    const all = { run: id, versions: 'delete' } as const;
    await expect(submit(deleteRun, all)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    await submit(deleteVersion, { version: made[7] as string, aliases: 'keep' });
    expect(await submit(deleteRun, all)).toMatchObject({ outcome: 'recorded' });
  });
});
