import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFilesystemObjectStore } from '../../src/adapters/filesystem/filesystem-object-store.ts';
import { openSqliteLineageStore } from '../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import { type Digest, sha256 } from '../../src/domain/digest.ts';
import type { NodeRow } from '../../src/domain/lineage/graph-rows.ts';
import { isStoredFile, parseManifest } from '../../src/domain/lineage/manifest.ts';
import { allNodes } from '../../src/ledger/graph-pages.ts';
import { ask, type HubProcess, runCli, startHub } from '../support/hub-process.ts';
import { wholeLog } from '../support/open-ledger.ts';
import { uploadArtifact } from '../support/wandb-upload.ts';

const ROUNDS = 20;
const WRITERS = 4;
const LIFE_MS_MIN = 200;
const LIFE_MS_MAX = 1_200;
const FILE_BYTES_MAX = 400_000;
const MANIFEST_BYTES_MAX = 1e7;

/** What a client was told is recorded. */
interface Acknowledged {
  readonly runs: Map<string, number>;
  /** Digests of the files of each artifact, by its collection's name. */
  readonly artifacts: Map<string, readonly string[]>;
}

const CREATE_RUN = `mutation ($input: CreateRunInput!) {
  createRun(input: $input) { run { id } fact { index } }
}`;

/** Writes until the hub is gone; only what was acknowledged is noted. */
async function writeRuns(hub: HubProcess, told: Acknowledged, from: string): Promise<void> {
  for (let at = 0; ; at += 1) {
    const input = { project: 'main/faults', name: `${from}-${at}`, config: '{"lr":0.1}' };
    try {
      const { createRun } = await ask<{
        createRun: { run: { id: string }; fact: { index: number } };
      }>(hub, CREATE_RUN, { input: { ...input, config: { lr: 0.1 }, idempotencyKey: input.name } });
      told.runs.set(createRun.run.id, createRun.fact.index);
    } catch {
      return;
    }
  }
}

async function writeArtifacts(hub: HubProcess, told: Acknowledged, from: string): Promise<void> {
  for (let at = 0; ; at += 1) {
    const name = `${from}-${at}`;
    const files = { 'a/weights.bin': someBytes(), 'b.bin': someBytes() };
    try {
      await uploadArtifact(hub, { project: 'faults', run: 'uploader', name }, files);
      told.artifacts.set(name, Object.values(files).map(sha256).sort());
    } catch {
      return;
    }
  }
}

function someBytes(): Buffer {
  return randomBytes(randomInt(1, FILE_BYTES_MAX));
}

describe('a hub that is killed again and again', () => {
  const told: Acknowledged = { runs: new Map(), artifacts: new Map() };
  let dataDir = '';

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-kill-'));
    const first = await startHub({ dataDir });
    await ask(
      first,
      'mutation { createProject(input: {team: "main", name: "faults"}) { fact { index } } }',
    );
    const input = { project: 'main/faults', name: 'uploader' };
    await ask(first, CREATE_RUN, { input });
    await first.stop();
    for (let round = 0; round < ROUNDS; round += 1) {
      const hub = await startHub({ dataDir });
      const writers = Array.from({ length: WRITERS }, (_, nth) =>
        writeRuns(hub, told, `round-${round}-writer-${nth}`),
      );
      writers.push(writeArtifacts(hub, told, `round-${round}-net`));
      await new Promise((wake) => setTimeout(wake, randomInt(LIFE_MS_MIN, LIFE_MS_MAX)));
      await hub.kill();
      await Promise.all(writers);
    }
    await (await startHub({ dataDir })).stop();
  }, 300_000);

  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('lost nothing that it acknowledged, and its log has no gap', async () => {
    const store = await openSqliteLineageStore({
      file: join(dataDir, 'ledgerline.db'),
      access: 'read-only',
      readers: 1,
    });
    const log = await wholeLog(store);
    await store.close();
    expect(told.runs.size).toBeGreaterThan(ROUNDS);
    expect(log.map(({ index }) => index)).toEqual(log.map((_, at) => at));
    for (const [id, index] of told.runs) expect(log[index]?.subject).toBe(id);
  });

  it('applied every fact whole: the graph is what the log says', async () => {
    const { exitCode, output } = await runCli(dataDir, 'rebuild');
    expect(output).toMatch(/^equal: /);
    expect(exitCode).toBe(0);
  });

  it('committed no version with a byte missing, and every one that it acknowledged', async () => {
    const parts = { ids: systemIds, clock: systemClock };
    const objects = await openFilesystemObjectStore({ folder: join(dataDir, 'objects'), ...parts });
    const store = await openSqliteLineageStore({
      file: join(dataDir, 'ledgerline.db'),
      access: 'read-only',
      readers: 1,
    });
    const versions: NodeRow[] = [];
    for await (const node of allNodes(store)) {
      if (node.kind === 'MODEL_VERSION') versions.push(node);
    }
    await store.close();
    const kept = new Map<string, readonly string[]>();
    for (const { name, props } of versions) {
      const text = await objects.read(props.digest as Digest, MANIFEST_BYTES_MAX);
      const files = parseManifest(text as Buffer).files.filter(isStoredFile);
      for (const { sha256: digest, size } of files) {
        const bytes = await objects.read(digest, FILE_BYTES_MAX);
        expect(bytes?.length).toBe(size);
        expect(sha256(bytes as Buffer)).toBe(digest);
      }
      kept.set(name.split(':')[0] ?? '', files.map((file) => file.sha256).sort());
    }
    // A busy machine gets fewer uploads to their end before it is killed.
    expect(told.artifacts.size).toBeGreaterThan(ROUNDS / 4);
    for (const [name, digests] of told.artifacts) expect(kept.get(name)).toEqual(digests);
  });
});
