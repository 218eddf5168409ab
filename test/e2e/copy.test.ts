import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import neo4j from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNeo4jLineageStore } from '../../src/adapters/neo4j/neo4j-lineage-store.ts';
import { openNeo4jOperationalStore } from '../../src/adapters/neo4j/operational-store.ts';
import { openSqliteLineageStore } from '../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { PROJECTION_VERSION } from '../../src/domain/audit/fact-types.ts';
import { replay } from '../../src/ledger/replay.ts';
import { beginCopy } from '../../src/main/copy-mark.ts';
import { ask, type HubProcess, runCli, startHub } from '../support/hub-process.ts';
import { neo4jMissing } from '../support/neo4j-jars.ts';
import { type Neo4jServer, startNeo4j } from '../support/neo4j-server.ts';
import { uploadArtifact } from '../support/wandb-upload.ts';

const RUNS = 40;
const PROJECT =
  'mutation { createProject(input: {team: "main", name: "moved"}) { fact { index } } }';
const CREATE_RUN = `mutation ($input: CreateRunInput!) {
  createRun(input: $input) { run { id } fact { index } }
}`;

/** What the two commands say of a graph. */
function stateIn(output: string): string | undefined {
  return /state (sha256:[0-9a-f]{64})/.exec(output)?.[1];
}

describe.skipIf(neo4jMissing() !== null)('an installation that moves to Neo4j', () => {
  let dataDir = '';
  let server: Neo4jServer;
  let onNeo4j: Record<string, string> = {};

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-copy-'));
    server = await startNeo4j();
    const { url, user, password } = server;
    onNeo4j = {
      LEDGERLINE_NEO4J_URL: url,
      LEDGERLINE_NEO4J_USER: user,
      LEDGERLINE_NEO4J_PASSWORD: password,
    };
    const hub = await startHub({ dataDir });
    await ask(hub, PROJECT);
    await writeRuns(hub);
    await uploadArtifact(hub, { project: 'moved', run: 'run-1', name: 'net' }, { 'a.bin': bytes });
    await hub.stop();
  }, 240_000);

  afterAll(async () => {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const bytes = Buffer.from('the weights');

  async function writeRuns(hub: HubProcess): Promise<void> {
    for (let nth = 0; nth < RUNS; nth += 1) {
      const input = { project: 'main/moved', name: `run-${nth}`, config: { lr: nth } };
      await ask(hub, CREATE_RUN, { input });
    }
  }

  /** What a copy leaves that was killed behind its first facts. */
  async function copyABeginning(): Promise<void> {
    const { url, user, password } = server;
    const to = await openNeo4jLineageStore({
      url,
      user,
      password,
      projectionVersion: PROJECTION_VERSION,
    });
    const operational = openNeo4jOperationalStore({ url, user, password, clock: systemClock });
    const from = await openSqliteLineageStore({
      ...{ file: join(dataDir, 'ledgerline.db'), readers: 1 },
      access: 'read-only',
    });
    await beginCopy(operational);
    await replay({ store: from, readBody: async () => null }, to, { from: 0, to: 20 });
    await Promise.all([to.close(), from.close(), operational.close()]);
  }

  it('is the same there: the graph, the keys that open it, and what comes later', async () => {
    const { output: here } = await runCli(dataDir, 'digest');
    const copied = await runCli({ dataDir, environment: onNeo4j }, 'copy', '--to', server.url);
    expect(copied.output).toMatch(/equal: state/);
    expect(copied.exitCode).toBe(0);
    expect(stateIn(copied.output)).toBe(stateIn(here));
    const { output: there } = await runCli({ dataDir, environment: onNeo4j }, 'digest');
    expect(stateIn(there)).toBe(stateIn(here));

    const hub = await startHub({ dataDir, environment: onNeo4j });
    const input = { project: 'main/moved', name: 'later' };
    const { createRun } = await ask<{ createRun: { fact: { index: number } } }>(hub, CREATE_RUN, {
      input,
    });
    expect(createRun.fact.index).toBeGreaterThan(RUNS);
    await hub.stop();
    const refused = await runCli({ dataDir, environment: onNeo4j }, 'copy', '--to', server.url);
    expect(refused.output).toMatch(/the target holds another log/);
    expect(refused.exitCode).toBe(2);
  }, 120_000);

  it('names a property that somebody edits there by hand', async () => {
    const equal = await runCli({ dataDir, environment: onNeo4j }, 'rebuild');
    expect(equal.output).toMatch(/^equal: /m);
    const driver = neo4j.driver(server.url, neo4j.auth.basic(server.user, server.password));
    await driver.executeQuery("MATCH (n:Node {name: 'run-7'}) SET n.status = 'FINISHED'");
    await driver.close();
    const { output, exitCode } = await runCli({ dataDir, environment: onNeo4j }, 'rebuild');
    expect(output).toMatch(/node run_\S+ was changed: props\.status/);
    expect(exitCode).toBe(1);
  }, 120_000);

  it('does not start on a copy that was not ended', async () => {
    const driver = neo4j.driver(server.url, neo4j.auth.basic(server.user, server.password));
    await driver.executeQuery('MATCH (n) DETACH DELETE n');
    await driver.close();
    await copyABeginning();
    const hub = startHub({ dataDir, environment: onNeo4j });
    const state = await hub.then(
      async (started) => {
        await started.stop();
        return 'started';
      },
      (error: Error) => error.message,
    );
    const again = await runCli({ dataDir, environment: onNeo4j }, 'copy', '--to', server.url);
    expect([state, again.output]).toEqual([
      expect.stringMatching(/was not ended/),
      expect.stringMatching(/equal: state/),
    ]);
  }, 180_000);
});
