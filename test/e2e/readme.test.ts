import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, HUB_KEY, type HubProcess, startHub } from '../support/hub-process.ts';
import { requirePython } from '../support/python-client.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'main', 'cli.js');
const TEST_MS_MAX = 300_000;

/** What installs something or starts a hub, and is therefore not run here. */
const NOT_RUN = [
  'npm ci && npm start',
  'python3 -m venv .venv && . .venv/bin/activate && pip install wandb==0.31.0',
  'LEDGERLINE_ADMIN_KEY=ledgerline-$(openssl rand -hex 24) docker compose up',
  'npm ci && npm test',
];

interface Snippet {
  readonly language: string;
  readonly text: string;
}

/** The code blocks of the README in their order, as they stand. */
async function snippets(): Promise<Snippet[]> {
  const text = await readFile(join(ROOT, 'README.md'), 'utf8');
  const found = text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...found].map(([, language = '', block = '']) => ({ language, text: block.trim() }));
}

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/** What each snippet led to, in their order. */
const outcomes = new Map<string, Ran>();
let folder = '';
let hub: HubProcess;

/** A shell in which one snippet after the other is typed: what one exports, the next has. */
class Terminal {
  readonly #path: string;
  #exports = '';

  constructor(path: string) {
    this.#path = path;
  }

  async type(text: string): Promise<Ran> {
    const here = text.replaceAll('http://127.0.0.1:4000', hub.url);
    const env = {
      PATH: this.#path,
      HOME: folder,
      LEDGERLINE_URL: hub.url,
      LEDGERLINE_KEY: HUB_KEY,
      LEDGERLINE_DATA_DIR: join(folder, 'data'),
      LEDGERLINE_PORT: new URL(hub.url).port,
      WANDB_ERROR_REPORTING: 'false',
    };
    const script = `set -e\n${this.#exports}\n${here}`;
    const ran = await new Promise<Ran>((resolve, reject) => {
      execFile('sh', ['-c', script], { cwd: folder, env }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${text}\nfailed:\n${stdout}${stderr}`));
        else resolve({ stdout, stderr });
      });
    });
    this.#exports += here
      .split('\n')
      .filter((line) => line.startsWith('export '))
      .map((line) => `${line}\n`)
      .join('');
    return ran;
  }
}

async function command(name: string, script: string): Promise<void> {
  const file = join(folder, 'bin', name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

/** What a snippet printed that holds a text; there must be one such snippet. */
function printedBy(part: string): string {
  const found = [...outcomes].filter(([text]) => text.includes(part));
  expect(found.map(([text]) => text)).toHaveLength(1);
  return found[0]?.[1].stdout ?? '';
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-readme-'));
  hub = await startHub({ dataDir: join(folder, 'data') });
  await mkdir(join(folder, 'bin'));
});

afterAll(async () => {
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the README', { timeout: TEST_MS_MAX }, () => {
  it('has snippets that run one after the other as they stand', async (context) => {
    // By scripts and not by links: a link to the Python of a venv is outside of the venv.
    await command('python3', `exec '${requirePython(context)}' "$@"`);
    await command(
      'npx',
      `[ "$1" = ledgerline ] && shift && exec '${process.execPath}' '${CLI}' "$@"`,
    );
    const terminal = new Terminal([join(folder, 'bin'), process.env.PATH].join(delimiter));
    const all = await snippets();
    for (const { language, text } of all) {
      if (NOT_RUN.includes(text)) continue;
      if (language === 'python') await writeFile(join(folder, 'train.py'), text);
      else if (language === 'sh') outcomes.set(text, await terminal.type(text));
      else if (language === 'graphql') {
        outcomes.set(text, { stdout: JSON.stringify(await ask(hub, text)), stderr: '' });
      } else throw new Error(`nobody knows how to run this ${language || 'block'}:\n${text}`);
    }
    expect(all.filter(({ text }) => NOT_RUN.includes(text))).toHaveLength(NOT_RUN.length);
    expect(outcomes.size).toBeGreaterThan(8);
  });

  it('seeds a world', () => {
    const said = printedBy('npx ledgerline seed');
    expect(said).toMatch(/^Played \d+ acts, entries \d+ to \d+ of the audit log\.$/m);
    expect(said).toContain('  npx ledgerline lineage harbor/models/staffing:production');
    expect(said).not.toContain('WRONG');
  });

  it('leads a data scientist from a training script to the lineage of the model', () => {
    expect(printedBy('npx ledgerline lineage main/churn/net:latest').split('\n')).toEqual([
      'model version main/churn/net:v0',
      expect.stringMatching(/^ {2}WAS_GENERATED_BY run main\/churn\/\w+$/),
      '    USED dataset version main/churn/customers:v0',
      '',
    ]);
    const { modelVersion } = JSON.parse(printedBy('modelVersion('));
    expect(modelVersion.generatedBy).toMatchObject({
      config: { lr: 0.1 },
      summary: { loss: 0.25 },
      startedBy: { name: 'administrator' },
    });
    expect(modelVersion.lineage.nodes.map(({ kind }: { kind: string }) => kind)).toEqual([
      'MODEL_VERSION',
      'RUN',
      'DATASET_VERSION',
    ]);
  });

  it('leads a compliance officer to who may read what, who did what, and a rebuild', async () => {
    const said = printedBy('harbor/warehouse/sales:v0');
    expect(said).toContain('USED dataset version harbor/payroll/wages:v0');
    expect(said).toContain('harbor/models/churn:v0');
    expect(said).toContain('"type":"role.granted"');
    expect(said).toMatch(
      /^yes: record\.read .*\n {2}by VIEWER on project\/harbor\/payroll until /m,
    );
    expect(said).toMatch(/^no: .*\n {2}missing record\.read on project\/harbor\/payroll$/m);
    expect(said).toMatch(/ DENY +command\.refused +analyst +harbor\/models\/churn:v0$/m);
    const csv = await readFile(join(folder, 'payroll.csv'), 'utf8');
    expect(csv.split('\n').length).toBeGreaterThan(8);
    const { auditLog, accessLog } = JSON.parse(printedBy('accessLog('));
    expect(auditLog.edges).toHaveLength(5);
    expect(accessLog.edges.length).toBeGreaterThan(0);
    expect(printedBy('npx ledgerline rebuild')).toMatch(/^equal: \d+ facts replayed/);
  });

  it('leads a platform engineer to a hub that is fine and a key for a trainer', async () => {
    const said = printedBy('npx ledgerline doctor');
    expect(said).toMatch(/^ok {4}port: a hub answers at /m);
    expect(said).toContain('Nothing is wrong.');
    expect(said).toMatch(/\{"status":"ready","facts":\d+\}/);
    expect(printedBy('trainer.key')).toMatch(/^main\/trainer \(service account, /m);
    expect(await readFile(join(folder, 'trainer.key'), 'utf8')).toMatch(/^ledgerline-\w{64}\n$/);
    const { data } = JSON.parse(printedBy('/graphql'));
    expect(data.projects.edges).toHaveLength(5);
  });
});
