import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type HubProcess, startHub } from '../../support/hub-process.ts';
import { runWandb, startWandb } from './wandb-script.ts';

/** Longest run of one script with the real SDK, in milliseconds. */
const SCRIPT_MS_MAX = 120_000;

interface DescribedRun {
  readonly summary: { readonly h: { readonly values: readonly number[] } };
  readonly code: object;
  readonly metricDefinitions: Nodes<object>;
  readonly environmentSnapshot: {
    readonly packages: Nodes<{ readonly name: string; readonly version: string }>;
  };
}

interface Nodes<T> {
  readonly edges: ReadonlyArray<{ readonly node: T }>;
}

const DESCRIBED = `query ($path: String!) { run(path: $path) {
  summary code { repository commit dirty }
  metricDefinitions(first: 10) {
    edges { node { name nameKind stepMetric isHidden summary goal } }
  }
  environmentSnapshot {
    os python cpuCores memoryBytes image { name digest } packagesDigest packagesOmitted
    packages(first: 500) { edges { node { name version } } }
  }
} }`;

describe('the unchanged wandb SDK', { timeout: SCRIPT_MS_MAX }, () => {
  let dataDir: string;
  let hub: HubProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-e2e-'));
    hub = await startHub({ dataDir });
  });

  afterAll(async () => {
    await hub?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('records a chain of three runs and gives the same bytes back', async (context) => {
    const { reports } = await runWandb(context, { hub, script: 'chain.py' });
    const { ids, team, project } = reports.find(({ step }) => step === 'chain') as {
      ids: Record<string, string>;
      team: string;
      project: string;
    };
    const { run } = await ask<{ run: { status: string } | null }>(
      hub,
      'query ($path: String!) { run(path: $path) { status } }',
      { path: `${team}/${project}/${ids.train}` },
    );
    expect(run?.status).toBe('FINISHED');
  });

  it('versions artifacts of every form', async (context) => {
    await runWandb(context, { hub, script: 'artifacts.py' });
  });

  it('uploads one version from several processes, and adds to one', async (context) => {
    await runWandb(context, { hub, script: 'together.py' });
  });

  it('is told why a version that was only declared cannot be downloaded', async (context) => {
    const project = 'declared';
    await ask(
      hub,
      `mutation ($name: String!, $project: String!, $digest: Digest!) {
        createProject(input: { team: "main", name: $name }) { project { id } }
        registerVersion(input: {
          project: $project, kind: MODEL, name: "declared"
          files: [{ path: "w.bin", digest: $digest, sizeBytes: 3 }]
        }) { version { id } }
      }`,
      { name: project, project: `main/${project}`, digest: `sha256:${'0'.repeat(64)}` },
    );
    await runWandb(context, { hub, script: 'declared.py', args: [project] });
  });

  it('says everything of its runs and reads it back', async (context) => {
    await runWandb(context, { hub, script: 'runs.py' });
  });

  it('tells of metrics, media, console and machine, and is told them back', async (context) => {
    const { reports } = await runWandb(context, { hub, script: 'described.py' });
    const told = reports.find(({ step }) => step === 'described') as {
      project: string;
      run: string;
      image: string;
      installed: string[];
    };
    const { run } = await ask<{ run: DescribedRun }>(hub, DESCRIBED, {
      path: `main/${told.project}/${told.run}`,
    });
    const definitions = run.metricDefinitions.edges.map(({ node }) => node);
    const metric = {
      nameKind: 'EXACT',
      stepMetric: null,
      isHidden: false,
      summary: [],
      goal: null,
    };
    expect(definitions).toEqual([
      { ...metric, name: 'acc', stepMetric: 'epoch', summary: ['MIN', 'MAX', 'MEAN'] },
      { ...metric, name: 'epoch', isHidden: true },
      { ...metric, name: 'loss', summary: ['LAST', 'FIRST'] },
      { ...metric, name: 'val/*', nameKind: 'GLOB', stepMetric: 'epoch' },
    ]);
    expect(run.summary.h.values).toHaveLength(500);
    expect(run.code).toMatchObject({
      repository: 'https://git.example/acme/train.git',
      dirty: true,
    });
    const { packages, ...machine } = run.environmentSnapshot;
    expect(machine).toMatchObject({
      os: expect.stringContaining('Linux'),
      python: expect.stringContaining('3.'),
      cpuCores: expect.any(Number),
      memoryBytes: expect.any(Number),
      image: { name: 'ghcr.io/acme/train:1', digest: told.image },
      packagesOmitted: 0,
    });
    const installed = told.installed.map((line) => line.toLowerCase().replaceAll('_', '-')).sort();
    const recorded = packages.edges.map(({ node }) => `${node.name}==${node.version}`);
    expect(recorded).toEqual(expect.arrayContaining(installed));
  });

  it('shows the silent as crashed, goes on with who is back, and stops', async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'ledgerline-e2e-'));
    const environment = { LEDGERLINE_RUN_SILENT_S: '6' };
    const watching = await startHub({ dataDir: folder, environment });
    try {
      await runWandb(context, { hub: watching, script: 'silent.py' });
    } finally {
      await watching.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('deletes what nothing depends on, and tells at once why the rest stays', async (context) => {
    await runWandb(context, { hub, script: 'deleting.py' });
  });

  it('brings offline runs, twice without harm', async (context) => {
    await runWandb(context, { hub, script: 'offline.py' });
  });

  it('lets two processes write to one run', async (context) => {
    await runWandb(context, { hub, script: 'shared.py' });
  });

  it('logs in and keeps artifacts by its command line', async (context) => {
    await runWandb(context, { hub, script: 'cli.py' });
  });

  it('is told when its key is not known', async (context) => {
    const key = `ledgerline-${'x'.repeat(48)}`;
    const { output } = await runWandb(context, { hub, script: 'bad_key.py', key });
    expect(output).toContain('refused');
  });

  it('loses nothing when the hub is killed and started again', async (context) => {
    const script = await startWandb(context, { hub, script: 'outage.py' });
    const { port } = new URL(hub.url);
    const again = () => startHub({ dataDir, environment: { LEDGERLINE_PORT: port } });
    await script.reached('before');
    await hub.kill();
    script.goOn();
    await script.reached('during');
    hub = await again();
    await hub.kill();
    hub = await again();
    script.goOn();
    const { exitCode, output } = await script.ended();
    expect(exitCode, output).toBe(0);
  });
});
