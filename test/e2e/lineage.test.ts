import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask, runCli, startHub } from '../support/hub-process.ts';
import { runWandb } from './wandb/wandb-script.ts';

const TEST_MS_MAX = 120_000;

interface Subgraph {
  readonly nodes: ReadonlyArray<{
    readonly id: string;
    readonly kind: string;
    readonly name: string;
  }>;
  readonly depths: readonly number[];
  readonly edges: ReadonlyArray<{
    readonly kind: string;
    readonly from: string;
    readonly to: string;
  }>;
  readonly truncated: boolean;
}

it('says where a model came from that the wandb SDK trained, and rebuilds to the same graph', {
  timeout: TEST_MS_MAX,
}, async (context) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-e2e-'));
  const hub = await startHub({ dataDir });
  try {
    const { reports } = await runWandb(context, { hub, script: 'chain.py' });
    const { ids } = reports.find(({ step }) => step === 'chain') as { ids: Record<string, string> };
    const { modelVersion } = await ask<{ modelVersion: { id: string; lineage: Subgraph } }>(
      hub,
      `{ modelVersion(path: "main/churn/net:latest") { id
        lineage(direction: UPSTREAM, depth: 10) {
          nodes { id kind name } depths edges { kind from to } truncated } } }`,
    );
    const { nodes, depths, edges, truncated } = modelVersion.lineage;
    const placed = nodes.map(({ kind, name }, at) => [depths[at], kind, name]);
    expect(placed).toEqual([
      [0, 'MODEL_VERSION', 'net:v0'],
      [1, 'RUN', ids.train],
      [2, 'DATASET_VERSION', 'features:v0'],
      [3, 'RUN', ids.featurize],
      [4, 'DATASET_VERSION', 'raw:v0'],
      [5, 'RUN', ids.ingest],
    ]);
    expect(truncated).toBe(false);
    const nameOf = new Map(nodes.map(({ id, name }) => [id, name]));
    const named = edges.map(({ kind, from, to }) => [kind, nameOf.get(from), nameOf.get(to)]);
    expect(named.sort()).toEqual(
      [
        ['WAS_GENERATED_BY', 'net:v0', ids.train],
        ['USED', ids.train, 'features:v0'],
        ['WAS_GENERATED_BY', 'features:v0', ids.featurize],
        ['USED', ids.featurize, 'raw:v0'],
        ['WAS_GENERATED_BY', 'raw:v0', ids.ingest],
      ].sort(),
    );
    const raw = nodes.find(({ name }) => name === 'raw:v0')?.id;
    const { impact } = await ask<{ impact: { edges: Array<{ node: { id: string } }> } }>(
      hub,
      'query ($root: ID!) { impact(root: $root) { edges { node { id } } } }',
      { root: raw },
    );
    expect(impact.edges.map(({ node }) => node.id)).toEqual([modelVersion.id]);
    expect(await runCli(dataDir, 'rebuild')).toMatchObject({ exitCode: 0 });
  } finally {
    await hub.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
