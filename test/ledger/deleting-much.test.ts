import { describe, expect, it } from 'vitest';
import { createRun } from '../../src/commands/create-run.ts';
import { deleteRun } from '../../src/commands/delete-run.ts';
import { deleteVersion } from '../../src/commands/delete-version.ts';
import { finishRun } from '../../src/commands/finish-run.ts';
import { recordLineage } from '../../src/commands/record-lineage.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { setAliases } from '../../src/commands/set-aliases.ts';
import type { EdgeRow } from '../../src/domain/lineage/graph-rows.ts';
import { aliasId, collectionId } from '../../src/domain/lineage/names.ts';
import { type LineageStore, OPEN_EDGES_MAX } from '../../src/ports/lineage-store.ts';
import { ORG, openTestLedger, PROJECT, STRANGER } from '../support/open-ledger.ts';
import { runInput, versionInput } from '../support/run-input.ts';

const FINISH = { status: 'FINISHED', exitCode: 0, summary: null, sealed: [] } as const;
const net = collectionId(ORG, { project: PROJECT, kind: 'MODEL', name: 'net' });

/** A ledger whose store tells what was loaded of edges and nodes under the head lock. */
async function open() {
  const loaded = { edges: [] as EdgeRow[], nodes: 0 };
  const between = (store: LineageStore) =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'transact') return watched(target);
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const watched =
    (store: LineageStore): LineageStore['transact'] =>
    (work) =>
      store.transact((tx) =>
        work({
          head: tx.head,
          append: (commit) => tx.append(commit),
          load: async (wants) => {
            const found = await tx.load(wants);
            loaded.edges.push(...found.edges);
            loaded.nodes += found.nodes.length;
            return found;
          },
        }),
      );
  const test = await openTestLedger({ between });
  const { submit } = test;
  const ended = async (name: string) => {
    const id = (await submit(createRun, runInput(name))).subject?.id ?? '';
    await submit(finishRun, { run: id, ...FINISH });
    return id;
  };
  const version = async (content: string, more: object = {}) =>
    (await submit(registerVersion, versionInput('net', content, more))).subject?.id ?? '';
  /** What was loaded while this was tried, and how it ended. */
  const tried = async (work: () => Promise<unknown>) => {
    loaded.edges = [];
    loaded.nodes = 0;
    const error = await work().then(
      () => null,
      (reason: unknown) => reason as Error,
    );
    return { error, ...loaded };
  };
  return { ...test, ended, version, tried };
}

/** Versions that one run made and that each of many runs used. */
async function openMuchUsed(versions: number, users: number) {
  const test = await open();
  const { ended, version, submit } = test;
  const maker = await ended('train');
  const many = (count: number) => Array.from({ length: count }, (_, n) => n);
  const made = await Promise.all(
    many(versions).map((n) => version(`c${n}`, { generatedBy: maker })),
  );
  const runs = await Promise.all(many(users).map((n) => ended(`user-${n}`)));
  for (const run of runs) await submit(recordLineage, { run, inputs: made, outputs: [] });
  return { ...test, maker, made, runs };
}

describe('a deletion that much depends on', () => {
  it('loads nothing of it for who may not delete', async () => {
    const { maker, made, submit, tried } = await openMuchUsed(2, 3);
    for (const work of [
      () => submit(deleteRun, { run: maker, versions: 'delete' }, STRANGER),
      () => submit(deleteVersion, { version: made[0] ?? '', aliases: 'keep' }, STRANGER),
    ]) {
      const { error, edges, nodes } = await tried(work);
      expect(error).toMatchObject({ code: 'NOT_FOUND' });
      expect(edges).toEqual([]);
      // The actor, what was named, and its project.
      expect(nodes).toBe(3);
    }
  });

  it('looks at so many edges for all versions that go with a run', async () => {
    const { maker, runs, submit, tried } = await openMuchUsed(20, 60);
    const all = () => submit(deleteRun, { run: maker, versions: 'delete' });
    const used = await tried(all);
    expect(used.error).toMatchObject({ code: 'CONFLICT' });
    expect(String(used.error)).toContain('the run user-');
    expect(used.edges.filter(({ kind }) => kind === 'USED')).toHaveLength(1_000);
    // Tombstones keep nothing, but what may be behind them was not looked at.
    for (const run of runs.slice(10)) await submit(deleteRun, { run, versions: 'keep' });
    expect(String((await tried(all)).error)).toMatch(
      /net:v\d+ was used so often that not all of its users can be looked at; delete it by itself/,
    );
    for (const run of runs.slice(0, 10)) await submit(deleteRun, { run, versions: 'keep' });
    expect((await tried(all)).error).toMatchObject({ code: 'CONFLICT' });
  }, 60_000);

  it('loads an edge once for all of a batch that asks for it', async () => {
    const { maker, submit, tried } = await openMuchUsed(2, 3);
    const all = () => submit(deleteRun, { run: maker, versions: 'delete' });
    const { edges } = await tried(() => Promise.allSettled(Array.from({ length: 9 }, all)));
    const used = edges.filter(({ kind }) => kind === 'USED');
    // The first goes in a batch by itself, and the others in the next.
    expect(used.length).toBeLessThanOrEqual(2 * 6);
  });
});

describe('a version with more aliases than are looked at', () => {
  it('is not deleted, and latest stays where it leads', async () => {
    const { version, submit, store } = await open();
    await version('before');
    const id = await version('a');
    const names = Array.from({ length: OPEN_EDGES_MAX }, (_, n) => `a${n}`);
    for (let from = 0; from < names.length; from += 50) {
      await submit(setAliases, { version: id, add: names.slice(from, from + 50), remove: [] });
    }
    await expect(submit(deleteVersion, { version: id, aliases: 'delete' })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: '1000 aliases or more lead to net:v1; remove some first',
    });
    await submit(setAliases, { version: id, add: [], remove: names.slice(0, 50) });
    await submit(deleteVersion, { version: id, aliases: 'delete' });
    const at = { at: [id], direction: 'IN', kinds: ['ALIASES'], limit: 9 } as const;
    expect(await store.edges(at)).toEqual([]);
    const latest = aliasId(ORG, net, 'latest');
    const [edge] = await store.edges({ ...at, at: [latest], direction: 'OUT' });
    expect((await store.get([edge?.to ?? '']))[0]?.name).toBe('net:v0');
  });
});
