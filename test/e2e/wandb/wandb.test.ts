import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type HubProcess, startHub } from '../../support/hub-process.ts';
import { runWandb, startWandb } from './wandb-script.ts';

/** Longest run of one script with the real SDK, in milliseconds. */
const SCRIPT_MS_MAX = 120_000;

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

  it('brings offline runs, twice without harm', async (context) => {
    await runWandb(context, { hub, script: 'offline.py' });
  });

  it('lets two processes write to one run', async (context) => {
    await runWandb(context, { hub, script: 'shared.py' });
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
