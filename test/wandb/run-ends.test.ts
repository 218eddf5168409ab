import { describe, expect, it } from 'vitest';
import type { SealedTelemetry } from '../../src/commands/finish-run.ts';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import type { TelemetryStream } from '../../src/ports/telemetry-store.ts';
import { sealedRunFiles } from '../../src/transport/kept-run-files.ts';
import { RunActivity } from '../../src/transport/wandb/run-activity.ts';
import { RunWatcher, STANDSTILL_MS } from '../../src/workers/run-watcher.ts';
import { damageTelemetry } from '../support/damage-telemetry.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { withClock } from '../support/with-clock.ts';
import { type Door, serveDoor, upsertRun } from './open-door.ts';

const STREAMED = {
  'wandb-history.jsonl': { offset: 0, content: ['{"a":1}'] },
  'wandb-summary.json': { offset: 0, content: ['{"a":1}'] },
};
const ASK_FILES = `mutation ($input: CreateRunFilesInput!) {
  createRunFiles(input: $input) { files { uploadUrl } }
}`;

/** A run with rows, a summary and a file, and the ways in which it may end. */
async function open() {
  const opened = await openTestHub();
  const { hub, clock } = withClock(opened.hub);
  const signs = new RunActivity(hub);
  const door = await serveDoor(hub, signs);
  await upsertRun(door, 'r', { host: 'box7' });
  await door.stream('r', { files: STREAMED });
  await putFile(door, 'a.txt', 'bytes');
  const rowNow = async () => {
    const scope = { all: true } as const;
    const [row] = await hub.store.list({ scope, kinds: ['RUN'], order: 'id', limit: 1 });
    if (!row) throw new Error('there is no run');
    return row;
  };
  const { id: run } = await rowNow();
  const ends = {
    wandb: () => door.stream('r', { complete: true, exitcode: 0 }),
    GraphQL: async () => {
      const client = await openGraphqlClient(hub);
      const finish = 'mutation ($run: ID!) { finishRun(input: { run: $run }) { run { id } } }';
      return client.get(finish, { run });
    },
    silence: async () => {
      const { store, ledger, telemetry, log } = hub;
      const sealedFiles = (of: string) => sealedRunFiles(hub, of);
      const parts = { store, ledger, telemetry, clock, log, sealedFiles, signs };
      const watcher = new RunWatcher({ ...parts, silentMs: STANDSTILL_MS });
      clock.advance(STANDSTILL_MS);
      return watcher.turn();
    },
  };
  const damage = (stream: TelemetryStream) => damageTelemetry(opened.folder, run, stream);
  const lastSealed = async () => {
    const page = { order: 'newest', limit: 1, scope: { all: true } } as const;
    const [row] = await hub.store.facts(page);
    const leaf: unknown = parseLeaf((row as { leaf: Uint8Array }).leaf);
    const { sealed } = (leaf as { data: { sealed: SealedTelemetry[] } }).data;
    return Object.fromEntries(sealed.map(({ stream, digest }) => [stream, digest]));
  };
  return { ends, damage, lastSealed, rowNow };
}

async function putFile(door: Door, name: string, text: string): Promise<void> {
  const input = { entityName: 'main', projectName: 'p', runName: 'r', files: [name] };
  const { createRunFiles } = await door.data(ASK_FILES, { input });
  expect((await door.put(createRunFiles.files[0].uploadUrl, text)).statusCode).toBe(200);
}

const DIGEST = expect.stringMatching(/^sha256:/);

describe.each([
  ['wandb', 'FINISHED'],
  ['GraphQL', 'FINISHED'],
  ['silence', 'CRASHED'],
] as const)('the end of a run by %s', (way, status) => {
  it('seals its streams and its files', async () => {
    const { ends, lastSealed, rowNow } = await open();
    await ends[way]();
    expect((await rowNow()).props).toMatchObject({ status, summary: { a: 1 } });
    expect(await lastSealed()).toEqual({ history: DIGEST, summary: DIGEST, files: DIGEST });
  });

  it('names a damaged stream and is not kept from being recorded', async () => {
    const { ends, damage, lastSealed, rowNow } = await open();
    await damage('history');
    await ends[way]();
    expect((await rowNow()).props).toMatchObject({ status, summary: { a: 1 } });
    expect(await lastSealed()).toEqual({ history: null, summary: DIGEST, files: DIGEST });
  });

  it('without its summary, which is damaged, keeps what is on record', async () => {
    const { ends, damage, lastSealed, rowNow } = await open();
    await damage('summary');
    await ends[way]();
    expect((await rowNow()).props).toMatchObject({ status, summary: {} });
    expect(await lastSealed()).toEqual({ history: DIGEST, summary: null, files: DIGEST });
  });
});
