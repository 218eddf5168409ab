import neo4j from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Bolt } from '../../../src/adapters/neo4j/bolt.ts';
import {
  HEAD_MS_MAX,
  type Neo4jLineageStoreOptions,
  openNeo4jLineageStore,
} from '../../../src/adapters/neo4j/neo4j-lineage-store.ts';
import { LOCK_HEAD } from '../../../src/adapters/neo4j/read-facts.ts';
import { isDomainError } from '../../../src/domain/errors.ts';
import { digestGraph } from '../../../src/ledger/graph-digest.ts';
import type { OpenLineageStore } from '../../../src/ports/lineage-store.ts';
import { goldenReleases, replayGolden } from '../../golden/golden-log.ts';
import { neo4jMissing } from '../../support/neo4j-jars.ts';
import { type Neo4jServer, startNeo4j } from '../../support/neo4j-server.ts';
import { factRow, NO_WANTS, nodeRow, record, refusal } from './lineage-rows.ts';

const missing = neo4jMissing();
const SERVER_MS_MAX = 400_000;
vi.setConfig({ testTimeout: SERVER_MS_MAX });

describe.skipIf(missing !== null)(`Neo4j that fails ${missing ?? ''}`, () => {
  let server: Neo4jServer;
  beforeAll(async () => {
    server = await startNeo4j();
  }, SERVER_MS_MAX);
  afterAll(() => server?.stop());

  const open = async (more: Partial<Neo4jLineageStoreOptions> = {}): Promise<OpenLineageStore> => {
    const { url, user, password } = server;
    const store = await openNeo4jLineageStore({ url, user, password, ...more });
    onTestFinished(() => store.close());
    return store;
  };

  test('two hubs that start at once on an empty database both have their schema', async () => {
    const stores = await Promise.all([1, 2, 3].map(() => open({ projectionVersion: 1 })));
    for (const store of stores) expect((await store.head()).size).toBe(0);
    const other = await refusal(open({ projectionVersion: 2 }));
    expect(other).toMatchObject({ code: 'UNAVAILABLE' });
    expect(String(other)).toContain('projection 1');
  });

  test('a golden log gives the state that SQLite gives, and an edit by hand shows', async () => {
    const release = goldenReleases().at(-1);
    if (release === undefined) throw new Error('there is no golden log');
    const store = await open({ headMsMax: 60_000 });
    const { state, content, nodes, edges } = await replayGolden(release.facts, store);
    expect({ state, content, nodes, edges }).toEqual(release.digests);
    const kept = await ask(server, 'MATCH (r:Run) WITH r LIMIT 1 SET r.status = "EDITED" RETURN 1');
    expect(kept).toEqual([[1]]);
    expect((await digestGraph(store)).state).not.toBe(state);
  });

  test('a wrong password and a wrong address are told apart, without the password', async () => {
    const wrong = await refusal(open({ password: 'secret-but-wrong' }));
    expect(wrong).toMatchObject({ code: 'UNAVAILABLE' });
    expect(String(wrong)).toMatch(/127\.0\.0\.1:\d+ refuses the user name or the password/);
    const nobody = await refusal(open({ url: 'bolt://127.0.0.1:1' }));
    expect(nobody).toMatchObject({ code: 'UNAVAILABLE' });
    expect(String(nobody)).toContain('cannot be reached at bolt://127.0.0.1:1');
    for (const error of [wrong, nobody]) expect(told(error)).not.toContain('secret');
  });

  test('a process that stops while it holds the head lets go of it', async () => {
    const store = await open();
    const before = (await store.head()).size;
    const stopped = new Bolt(server);
    onTestFinished(() => stopped.close());
    const held = stopped.begin(HEAD_MS_MAX);
    await held.run([LOCK_HEAD]);
    await Promise.all(
      Array.from({ length: 8 }, () => record(store, (n) => ({ fact: { id: `fct_${n}_held` } }))),
    );
    expect((await store.head()).size).toBe(before + 8);
    await expect(held.run([LOCK_HEAD])).rejects.toThrow(/terminated|rolled back|closed/i);
  });

  test('work that takes too long is refused, and the next goes on', async () => {
    const store = await open({ headMsMax: 500 });
    const slow = store.transact(async (tx) => {
      const fact = factRow(tx.head.size, { id: 'fct_slow' });
      await tx.append({ facts: [fact], nodes: [], edges: [], about: [] });
      await new Promise(() => {});
    });
    expect(await refusal(slow)).toMatchObject({ code: 'UNAVAILABLE' });
    const other = await open();
    await record(other, { fact: { id: 'fct_after_slow' } });
    const ids = ['fct_slow', 'fct_after_slow'];
    const found = await other.facts({ ids, order: 'oldest', limit: 9, scope: { all: true } });
    expect(found.map(({ id }) => id)).toEqual(['fct_after_slow']);
  });

  test('a store comes back by itself after its server was killed', async () => {
    const store = await open();
    const before = (await store.head()).size;
    await record(store, { nodes: [nodeRow('run_kept')], fact: { id: 'fct_kept' } });
    await server.kill();
    const questions = [() => store.head(), () => store.get(['run_kept']), () => record(store, {})];
    for (const question of questions) {
      const error = await refusal(question());
      expect(error).toMatchObject({ code: 'UNAVAILABLE', details: {} });
      expect(String(error)).toContain('cannot be reached at bolt://127.0.0.1');
    }
    await server.startAgain();
    expect((await store.head()).size).toBe(before + 1);
    expect(await store.get(['run_kept'])).toEqual([nodeRow('run_kept')]);
    expect(await record(store, { fact: { id: 'fct_later' } })).toBe(before + 1);
  });

  test('a commit without an answer is of unknown outcome, and whole or not at all', async () => {
    const store = await open();
    const before = (await store.head()).size;
    const attempt = store.transact(async (tx) => {
      const fact = factRow(tx.head.size, { id: 'fct_unknown' });
      await tx.append({ facts: [fact], nodes: [nodeRow('run_unknown')], edges: [], about: [] });
      await tx.load(NO_WANTS);
      server.pause();
    });
    const error = await refusal(attempt);
    server.resume();
    expect(error).toMatchObject({ code: 'UNAVAILABLE', details: { outcome: 'unknown' } });
    await record(store, (n) => ({ fact: { id: `fct_${n}_resumed` } }));
    const ids = ['fct_unknown'];
    const found = await store.facts({ ids, order: 'oldest', limit: 9, scope: { all: true } });
    const [node] = await store.get(['run_unknown']);
    expect(node === null ? 0 : 1).toBe(found.length);
    expect((await store.head()).size).toBe(before + 1 + found.length);
  });
});

/** All that an error says, with its causes. */
function told(error: unknown): string {
  const cause = isDomainError(error) ? String(error.cause) : '';
  return `${String(error)} ${cause} ${JSON.stringify(error)}`;
}

async function ask({ url, user, password }: Neo4jServer, text: string): Promise<unknown[][]> {
  const login = neo4j.auth.basic(user, password);
  const driver = neo4j.driver(url, login, { disableLosslessIntegers: true });
  try {
    const { records } = await driver.executeQuery(text);
    return records.map((one) => [...one.values()]);
  } finally {
    await driver.close();
  }
}
