import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { ask, HUB_KEY, type HubProcess, startHub } from '../../support/hub-process.ts';
import { PythonScript, requirePython } from '../../support/python-client.ts';

const SCRIPT_MS_MAX = 120_000;
/** How long events may take from their acknowledgement to the record, in milliseconds. */
const SETTLE_MS_MAX = 30_000;
const KILLED_AFTER = 40;

const runId = (number: number) => `0191f2b0-0000-7000-8000-${String(number).padStart(12, '0')}`;

interface RecordedRun {
  readonly status: string;
}

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-openlineage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start(dataDir: string): Promise<HubProcess> {
  const hub = await startHub({ dataDir });
  onTestFinished(() => hub.stop());
  return hub;
}

interface Emit {
  readonly hub: HubProcess;
  readonly step: string;
  readonly runs: readonly string[];
  readonly times?: number;
}

async function emit(context: TestContext, { hub, step, runs, times = 1 }: Emit) {
  const cwd = await openFolder();
  return new PythonScript({
    python: requirePython(context),
    script: join(import.meta.dirname, 'emit.py'),
    args: [hub.url, step, ...runs],
    cwd,
    environment: {
      OPENLINEAGE_KEY: HUB_KEY,
      TIMES: String(times),
      HOME: cwd,
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
}

const LOG = `query ($after: String) {
  auditLog(first: 200, after: $after, filter: { types: ["openlineage.recorded"] }) {
    edges { node { body } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What the record holds of pipelines: the run that each fact is about, where it has one. */
async function recorded(hub: HubProcess): Promise<(string | null)[]> {
  const runs: (string | null)[] = [];
  let after: string | null = null;
  do {
    const { auditLog }: { auditLog: Page } = await ask(hub, LOG, { after });
    runs.push(...auditLog.edges.map(({ node }) => node.body.event.runId));
    after = auditLog.pageInfo.hasNextPage ? auditLog.pageInfo.endCursor : null;
  } while (after !== null);
  return runs;
}

interface Body {
  readonly event: { readonly runId: string | null };
}

interface Page {
  readonly edges: ReadonlyArray<{ readonly node: { readonly body: Body } }>;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

async function recordedAtLeast(hub: HubProcess, count: number): Promise<(string | null)[]> {
  const until = performance.now() + SETTLE_MS_MAX;
  for (;;) {
    const found = await recorded(hub);
    if (found.length >= count || performance.now() > until) return found;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

describe('the unchanged OpenLineage client', { timeout: SCRIPT_MS_MAX }, () => {
  it('tells the life of two runs, each event three times', async (context) => {
    const hub = await start(await openFolder());
    const runs = [runId(1), runId(2)];
    const script = await emit(context, { hub, step: 'life', runs, times: 3 });
    const { exitCode, output } = await script.ended();
    expect(exitCode, output).toBe(0);
    const found = await recordedAtLeast(hub, 7);
    expect(found.filter((id) => id === runs[0])).toHaveLength(3);
    expect(found.filter((id) => id === runs[1])).toHaveLength(2);
    expect(found.filter((id) => id === null)).toHaveLength(2);
    const { project } = await ask<{ project: { runs: { edges: { node: RecordedRun }[] } } }>(
      hub,
      '{ project(team: "main", name: "churn") { runs(first: 9) { edges { node { status } } } } }',
    );
    const states = project.runs.edges.map(({ node: { status } }) => status);
    expect(states.sort()).toEqual(['FAILED', 'FINISHED']);
  });

  it('is refused with a wrong key', async (context) => {
    const hub = await start(await openFolder());
    const script = await emit(context, { hub, step: 'refused', runs: [runId(1)] });
    const { exitCode, output, reports } = await script.ended();
    expect(exitCode, output).toBe(0);
    expect(reports).toEqual([{ step: 'refused', status: 401 }]);
  });

  it('loses nothing that was acknowledged when the hub is killed', async (context) => {
    const dataDir = await openFolder();
    const first = await start(dataDir);
    const runs = Array.from({ length: 2_000 }, (_, n) => runId(n));
    const script = await emit(context, { hub: first, step: 'many', runs });
    await script.reached(`sent-${KILLED_AFTER}`);
    await first.kill();
    const { reports, output, exitCode } = await script.ended();
    expect(exitCode, output).toBe(0);
    const { acknowledged } = reports.at(-1) as { acknowledged: string[] };
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLED_AFTER);
    const second = await start(dataDir);
    const found = await recordedAtLeast(second, acknowledged.length);
    expect(acknowledged.filter((id) => !found.includes(id))).toEqual([]);
    expect(new Set(found).size).toBe(found.length);
  });
});
