import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, startHub } from '../support/hub-process.ts';
import { uploadArtifact } from '../support/wandb-upload.ts';

const MUTATIONS = 40;
const ARTIFACTS = 5;
const TRACE_READS_MAX = 100;

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

if (!hasStrace() && process.env.CI) throw new Error('strace is needed; .ci/run installs it');

/**
 * Killing a process cannot show a missing fsync, since the page cache outlives it. So the system
 * calls are traced: `fdatasync` of the write-ahead log before each answer, and for each object a
 * sync of the file and of its folder. Not provisioned here without strace; CI has it.
 */
describe.runIf(hasStrace())('what is durable before an answer (system calls by strace)', () => {
  let folder = '';
  let calls: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledgerline-strace-'));
    const trace = join(folder, 'trace.txt');
    // -D: the hub itself is the child, so that it can be asked to stop.
    const wrapper = ['strace', '-D', '-f', '-y', '-s', '64', '-o', trace];
    wrapper.push('-e', 'trace=fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto');
    const hub = await startHub({ dataDir: join(folder, 'data'), wrapper });
    const project =
      'mutation { createProject(input: {team: "main", name: "p"}) { fact { index } } }';
    await ask(hub, project);
    const run =
      'mutation ($input: CreateRunInput!) { createRun(input: $input) { fact { index } } }';
    await ask(hub, run, { input: { project: 'main/p', name: 'uploader' } });
    await ask(hub, 'query { viewer { id } }');
    for (let at = 0; at < MUTATIONS; at += 1) {
      await ask(hub, run, { input: { project: 'main/p', name: `MARK-${at}` } });
    }
    for (let at = 0; at < ARTIFACTS; at += 1) {
      const files = { 'w.bin': Buffer.from(`weights ${at}`) };
      await uploadArtifact(hub, { project: 'p', run: 'uploader', name: `net-${at}` }, files);
    }
    await hub.stop();
    calls = await wholeTrace(trace);
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('syncs the log of the database before it answers a mutation', () => {
    let synced = 0;
    const before: number[] = [];
    for (const call of calls) {
      if (/f(data)?sync\(\d+<[^>]*ledgerline\.db-wal>/.test(call)) synced += 1;
      if (isAnswer(call)) {
        before.push(synced);
        synced = 0;
      }
    }
    const answers = before.length;
    expect(answers).toBeGreaterThanOrEqual(MUTATIONS);
    expect(before.filter((count) => count > 0).length).toBeGreaterThanOrEqual(MUTATIONS);
  });

  it('syncs each object and the folder that names it before the object has its name', () => {
    const synced = new Set<string>();
    const named = new Set<string>();
    for (const call of calls) {
      const file = /f(?:data)?sync\(\d+<([^>]+)>/.exec(call)?.[1];
      if (file !== undefined) synced.add(file);
      const [, from, to] = /rename\w*\((?:[^"]*)"([^"]+)"[^"]*"([^"]+)"/.exec(call) ?? [];
      if (from === undefined || to === undefined || !to.includes('/objects/sha256/')) continue;
      expect(synced.has(from)).toBe(true);
      named.add(to.slice(0, to.lastIndexOf('/')));
    }
    expect(named.size).toBeGreaterThanOrEqual(ARTIFACTS);
    for (const parent of named) expect(synced.has(parent)).toBe(true);
  });
});

/** The tracer writes its last lines a little after the hub has gone. */
async function wholeTrace(file: string): Promise<string[]> {
  for (let attempt = 0; attempt < TRACE_READS_MAX; attempt += 1) {
    const text = await readFile(file, 'utf8');
    if (/\+\+\+ exited with 0 \+\+\+\n$/.test(text)) return text.split('\n');
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error('the trace does not end with the exit of the hub');
}

function isAnswer(call: string): boolean {
  return /(write|writev|sendto)\(\d+<(TCP|socket)[^>]*>/.test(call) && call.includes('HTTP/1.1');
}
