import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClientCommands } from '../../src/main/client/client-commands.ts';
import { ask, HUB_KEY, type HubProcess, startHub } from '../support/hub-process.ts';
import { digestOf } from '../support/record.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'main', 'cli.js');
/** The examples are some sixty processes, one after the other. */
const TEST_MS_MAX = 300_000;
/** Most that a command prints here, in bytes. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const KEY_ALONE = /^ledgerline-[0-9a-f]{64}\n$/;
const SIGN_IN_KEY_ALONE = /^ledgerline_signin_[0-9a-f]{64}\n$/;

let folder = '';
let workplace = '';
let hub: HubProcess;

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** Runs a line of shell in an empty folder, where `ledgerline` is the command as it is built. */
function shell(line: string, more: Environment = {}): Promise<Outcome> {
  const env = {
    PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
    LEDGERLINE_URL: hub.url,
    LEDGERLINE_KEY: HUB_KEY,
    ...more,
  };
  return new Promise((resolve) => {
    const options = { cwd: workplace, env, maxBuffer: OUTPUT_BYTES_MAX };
    execFile('sh', ['-c', line], options, (error, stdout, stderr) => {
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** What a command prints that must go well. */
async function good(line: string, more: Environment = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await shell(line, more);
  expect({ line, exitCode, stderr: exitCode === 0 ? '' : stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

/** The one line that a command must fail with. */
async function refused(line: string, more: Environment = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await shell(line, more);
  expect({ line, exitCode, stdout }).toEqual({ line, exitCode: 2, stdout: '' });
  return stderr;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers whose shape their command tells.
async function json(line: string, more: Environment = {}): Promise<any> {
  return JSON.parse(await good(`${line} --json`, more));
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
async function jsonLines(line: string, more: Environment = {}): Promise<any[]> {
  const lines = (await good(`${line} --json`, more)).split('\n').slice(0, -1);
  return lines.map((each) => JSON.parse(each));
}

/** More versions than a page of a walk has nodes, and more facts than a page of the log. */
const WIDE = 1_100;
const AT_ONCE = 100;
/** Most inputs that one request records. */
const INPUTS_MAX = 1_000;

async function recordWide(): Promise<void> {
  const inputs: string[] = [];
  while (inputs.length < WIDE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, at) => inputs.length + at);
    const names = numbers.map((number) =>
      recordVersion('main/wide', 'DATASET', 'part', 10_000 + number),
    );
    inputs.push(...(await Promise.all(names)));
  }
  const [first, rest] = [inputs.slice(0, INPUTS_MAX), inputs.slice(INPUTS_MAX)];
  const run = await recordRun('main/wide', 'join', first, []);
  await ask(hub, RECORD, { input: { project: 'main/wide', run, inputs: rest, outputs: [] } });
}

/** A key of a service account that is made for the occasion. */
async function newKey(service: string, grant: string): Promise<string> {
  await good(`ledgerline service create ${service}`);
  if (grant !== '') await good(`ledgerline grant add ${service} ${grant} --reason test`);
  return (await good(`ledgerline key create ${service} --expires 1d`)).trim();
}

const CREATE_PROJECT = `mutation ($input: CreateProjectInput!) {
  createProject(input: $input) { project { id } }
}`;
const CREATE_RUN = 'mutation ($input: CreateRunInput!) { createRun(input: $input) { run { id } } }';
const REGISTER = `mutation ($input: RegisterVersionInput!) {
  registerVersion(input: $input) { version { id } }
}`;
const RECORD = `mutation ($input: RecordLineageInput!) {
  recordLineage(input: $input) { fact { index } }
}`;

interface Recorded {
  readonly createRun: { readonly run: { readonly id: string } };
  readonly registerVersion: { readonly version: { readonly id: string } };
}

async function recordVersion(project: string, kind: string, name: string, digest: number) {
  const input = { project, kind, name, digest: digestOf(digest) };
  return (await ask<Recorded>(hub, REGISTER, { input })).registerVersion.version.id;
}

async function recordRun(project: string, name: string, inputs: string[], outputs: string[]) {
  const { run } = (await ask<Recorded>(hub, CREATE_RUN, { input: { project, name } })).createRun;
  await ask(hub, RECORD, { input: { project, run: run.id, inputs, outputs } });
  return run.id;
}

/** In main/secret a run makes a dataset of a source; in main/churn one trains a model on it. */
async function record(): Promise<void> {
  for (const name of ['churn', 'secret', 'wide']) {
    await ask(hub, CREATE_PROJECT, { input: { team: 'main', name } });
  }
  const source = await recordVersion('main/secret', 'DATASET', 'hush-source', 1);
  const made = await recordVersion('main/secret', 'DATASET', 'hush-made', 2);
  await recordRun('main/secret', 'hush-run', [source], [made]);
  const customers = await recordVersion('main/churn', 'DATASET', 'customers', 3);
  const net = await recordVersion('main/churn', 'MODEL', 'net', 4);
  await recordRun('main/churn', 'train', [customers, made], [net]);
  await recordVersion('main/churn', 'DATASET', 'twin', 3);
  await recordWide();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-command-line-'));
  workplace = join(folder, 'workplace');
  const command = join(folder, 'bin', 'ledgerline');
  await mkdir(join(folder, 'bin'));
  await mkdir(workplace);
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  await chmod(command, 0o755);
  hub = await startHub({ dataDir: join(folder, 'data') });
  await record();
});

afterAll(async () => {
  await hub?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Every command and every group of commands, as it is typed. */
function typed(command: Command): string[] {
  return command.commands.flatMap((each) => [
    each.name(),
    ...typed(each).map((inner) => `${each.name()} ${inner}`),
  ]);
}

/** The lines at the end of a help text, those that go on in the next one joined. */
function examplesIn(help: string): string[] {
  const [, text = ''] = /\nExamples?:\n([\s\S]*)$/.exec(help) ?? [];
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

async function holdings(list: string): Promise<string> {
  const [first] = await jsonLines(`ledgerline ${list} list main/trainer`);
  return first?.id ?? '';
}

describe('every example of --help', { timeout: TEST_MS_MAX }, () => {
  const program = new Command();
  addClientCommands(program);

  it('does what it says, in the order of the commands', async () => {
    let examples = 0;
    for (const command of typed(program)) {
      const found = examplesIn(await good(`ledgerline ${command} --help`));
      expect(found, `examples of ${command}`).not.toEqual([]);
      for (const example of found) {
        expect(example).toMatch(new RegExp(`^ledgerline ${command}\\b`));
        const environment: Record<string, string> = {};
        if (example.includes('$KEY_ID')) environment.KEY_ID = await holdings('key');
        if (example.includes('$GRANT_ID')) environment.GRANT_ID = await holdings('grant');
        await good(example, environment);
        examples += 1;
      }
    }
    expect(examples).toBeGreaterThan(20);
  });

  it('left nothing of a data folder behind, and what it wrote', async () => {
    expect((await readdir(workplace)).toSorted()).toEqual(['churn.csv', 'reader.key']);
    expect(await readFile(join(workplace, 'reader.key'), 'utf8')).toMatch(KEY_ALONE);
  });
});

describe('keys', { timeout: TEST_MS_MAX }, () => {
  it('are alone on stdout, shown once, and end when they are revoked', async () => {
    await good('ledgerline service create main/keys');
    const made = await shell('ledgerline key create main/keys --expires 90d --action record.read');
    expect(made.stdout).toMatch(KEY_ALONE);
    expect(made.stderr).toMatch(/^key key:\S+ of main\/keys, good until \S+Z, shown this once:\n$/);
    const LEDGERLINE_KEY = made.stdout.trim();
    expect(await json('ledgerline whoami', { LEDGERLINE_KEY })).toMatchObject({ name: 'keys' });

    const [{ id }] = await jsonLines('ledgerline key list main/keys');
    const rotated = await shell(`ledgerline key rotate ${id} --overlap 2h`);
    expect(rotated.stdout).toMatch(KEY_ALONE);
    expect(rotated.stdout).not.toBe(made.stdout);
    expect(rotated.stderr).toMatch(/shown this once; the old one, ledgerline-\w{4}\.\.\., ends /);

    const revoked = await shell(`ledgerline key revoke ${id} --reason lost`);
    expect(revoked.stdout).toMatch(/^revoked: /);
    // The key in its place is still good, which somebody who lost one should know.
    expect(revoked.stderr).toMatch(/^warning: .*key:/);
    expect(await refused('ledgerline whoami', { LEDGERLINE_KEY })).toMatch(/ \[KEY_REVOKED\]\n$/);
    expect(hub.output()).not.toContain(LEDGERLINE_KEY);
    const list = await good('ledgerline key list main/keys');
    expect(list).toMatch(/^PREFIX +STATE .*\n.* revoked .*record\.read.*\n.* good .*record\.read/);
    expect(list).not.toContain(LEDGERLINE_KEY);
  });

  it('are not taken where their ids are asked for, and not repeated', async () => {
    const said = await refused(`ledgerline key revoke ${HUB_KEY}`);
    expect(said).toMatch(/^ledgerline: that is a key and not its id/);
    expect(said).not.toContain(HUB_KEY);
  });

  it('of people are for signing in', async () => {
    const { stdout, stderr } = await shell("ledgerline person create 'Grace Hopper'");
    expect(stdout).toMatch(SIGN_IN_KEY_ALONE);
    expect(stderr).toMatch(/^Grace Hopper \(act:\S+\) signs in with this key, shown this once/);
    const LEDGERLINE_KEY = stdout.trim();
    expect(await refused('ledgerline whoami', { LEDGERLINE_KEY })).toContain('is no API key');
  });

  it('come with --json in the document alone', async () => {
    const line = 'ledgerline key create main/administrator --expires 1d --json';
    const { stdout, stderr } = await shell(line);
    expect(JSON.parse(stdout)).toMatchObject({ key: expect.stringMatching(/^ledgerline-/) });
    expect(stderr).toBe('');
  });
});

describe('what is refused', { timeout: TEST_MS_MAX }, () => {
  it('names the code and the missing permission', async () => {
    const LEDGERLINE_KEY = await newKey('main/reader', 'viewer project/main/churn');
    expect(await refused('ledgerline team create mine', { LEDGERLINE_KEY })).toMatch(
      / \[FORBIDDEN; missing access\.manage on org; could be granted by act:\S+\]$/m,
    );
    const others = 'ledgerline key list main/administrator';
    expect(await refused(others, { LEDGERLINE_KEY })).toContain('[missing access.manage]');
    const [denied] = await jsonLines('ledgerline audit --outcome deny --actor main/reader');
    expect(denied).toMatchObject({ outcome: 'DENY', actor: { name: 'reader' } });
  });

  it.each([
    ['lineage main/churn/nothing', 'there is nothing "main/churn/nothing" that you may read'],
    ['impact nothing', 'there is nothing "nothing" that you may read'],
    [`lineage ${digestOf(3)}`, 'means several things; give one id of: dataset version dsv_'],
    ['impact main/churn/net:v0 --kind run cat', 'There are: run, job, dataset, dataset-version,'],
    ['key list main/nobody', 'there is no service account "main/nobody"'],
    ['key list Ada', '"Ada" names no actor'],
    ['explain record.read main/nothing', 'there is nothing "main/nothing" that you may read'],
    ['grant add main/x chef org --reason x', 'There are: viewer, contributor,'],
    ['key create main/x --expires soon', 'It takes a span such as 12h or 90d'],
    ['key create main/x', "required option '--expires <when>' not specified"],
    ['audit --limit 100001', 'It takes a whole number from 1 to 100000.'],
    ['audit --json --csv', 'cannot be used with'],
    ['key crate', "unknown command 'crate'"],
  ])('%s', async (line, text) => {
    const said = await refused(`ledgerline ${line}`);
    expect(said).toMatch(/^ledgerline: /);
    expect(said).toContain(text);
  });

  it('where there is no hub, or none is named well', async () => {
    const nobody = 'http://127.0.0.1:1';
    const said = await refused('ledgerline whoami', { LEDGERLINE_URL: nobody });
    expect(said).toMatch(/^ledgerline: no hub answers at http:\/\/127\.0\.0\.1:1 .*LEDGERLINE_URL/);
    const wrong = await shell('ledgerline whoami', { LEDGERLINE_URL: 'hub' });
    expect(wrong).toMatchObject({ exitCode: 3, stdout: '' });
    const keyless = await shell('ledgerline whoami', { LEDGERLINE_KEY: '' });
    expect(keyless).toMatchObject({ exitCode: 3, stdout: '' });
    expect(keyless.stderr).toContain('LEDGERLINE_KEY: needed');
  });
});

describe('lineage', { timeout: TEST_MS_MAX }, () => {
  it('is a tree that a person can read', async () => {
    const tree = await good('ledgerline lineage main/churn/net:latest --depth 10');
    expect(tree.split('\n').toSorted()).toEqual(
      [
        'model version main/churn/net:v0',
        '  WAS_GENERATED_BY run main/churn/train',
        '    USED dataset version main/churn/customers:v0',
        '    USED dataset version main/secret/hush-made:v0',
        '      WAS_GENERATED_BY run main/secret/hush-run',
        '        USED dataset version main/secret/hush-source:v0',
        '',
      ].toSorted(),
    );
  });

  it('shows what may not be read as one restricted element, from which one may go on', async () => {
    const key = { LEDGERLINE_KEY: await newKey('main/outsider', 'viewer project/main/churn') };
    const tree = await good('ledgerline lineage main/churn/net:latest --depth 10', key);
    expect(
      tree.match(/USED restricted: dataset version or more that you may not read/g),
    ).toHaveLength(1);
    const walk = await json('ledgerline lineage main/churn/net:latest --depth 10', key);
    expect(tree + JSON.stringify(walk)).not.toContain('hush');
    const { id } = walk.nodes.find(
      (node: { __typename: string }) => node.__typename === 'Restricted',
    );
    expect(await good(`ledgerline lineage ${id} --direction downstream`, key)).toContain(
      'model version main/churn/net:v0',
    );
    expect(await refused('ledgerline lineage main/secret/hush-made:v0', key)).toContain(
      'there is nothing "main/secret/hush-made:v0" that you may read',
    );
  });

  it('goes on from page to page', async () => {
    const walk = await json('ledgerline lineage main/wide/join --limit 10000');
    const ids = walk.nodes.map((node: { id: string }) => node.id);
    expect(new Set(ids).size).toBe(WIDE + 1);
    expect(walk).toMatchObject({ truncated: false, frontier: [] });
    expect([walk.depths.length, walk.edges.length]).toEqual([WIDE + 1, WIDE]);
    const { stdout, stderr } = await shell('ledgerline lineage main/wide/join');
    expect(stdout.split('\n')).toHaveLength(1_001);
    expect(stderr).toMatch(/^cut: /);
  });

  it('says when it is cut', async () => {
    const { stdout, stderr } = await shell('ledgerline lineage main/churn/net:v0 --depth 1');
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stderr).toBe('cut: it goes on at 1 place; see --depth and --limit\n');
  });

  it('downstream is what impact lists', async () => {
    const [touched] = await jsonLines('ledgerline impact main/secret/hush-source:v0');
    expect(touched).toMatchObject({ name: 'net:v0', project: { path: 'main/churn' } });
    const tree = await good('ledgerline lineage main/secret/hush-source:v0 --direction downstream');
    expect(tree).toContain('        WAS_GENERATED_BY model version main/churn/net:v0\n');
  });
});

describe('explain', { timeout: TEST_MS_MAX }, () => {
  it('says why, by a path or a scope', async () => {
    await newKey('main/explained', 'contributor project/main/churn');
    const asked = 'ledgerline explain record.write main/churn/net:v0 --actor main/explained';
    expect(await good(asked)).toMatch(
      /^yes: .*\n {2}by CONTRIBUTOR on project\/main\/churn \(grant:\S+\)\n$/,
    );
    const missing = 'ledgerline explain record.write project/main/secret --actor main/explained';
    expect(await good(missing)).toMatch(
      /^no: .*\n {2}missing record\.write on project\/main\/secret\n$/,
    );
    expect(await json(missing)).toMatchObject({ allowed: false, missing: ['record.write'] });
  });
});

describe('audit', { timeout: TEST_MS_MAX }, () => {
  it('exports the whole log in its order, page by page', async () => {
    const all = await jsonLines('ledgerline audit --from 0 --limit 100000');
    expect(all.length).toBeGreaterThan(WIDE);
    expect(all.map(({ index }) => index)).toEqual(all.map((_, at) => at));
    const newest = await jsonLines('ledgerline audit --limit 600');
    expect(newest).toEqual(all.slice(-600));
    expect(newest.every(({ body, leafHash }) => body && leafHash)).toBe(true);
  });

  it('narrows by who, what, where and when', async () => {
    const runs = await jsonLines('ledgerline audit --type run.created lineage.recorded');
    expect(new Set(runs.map(({ type }) => type))).toEqual(
      new Set(['run.created', 'lineage.recorded']),
    );
    const secret = await jsonLines('ledgerline audit --project main/secret --type run.created');
    expect(secret).toMatchObject([{ subject: { name: 'hush-run' } }]);
    const subject = await jsonLines('ledgerline audit --subject main/churn/net:v0');
    expect(subject).toMatchObject([{ type: 'version.registered' }]);
    const nothing = await shell('ledgerline audit --until 2020-01-01');
    expect(nothing).toEqual({ exitCode: 0, stdout: '', stderr: 'nothing found\n' });
  });

  it('exports CSV with a line an entry', async () => {
    const csv = await good('ledgerline audit --from 0 --limit 4 --csv');
    const lines = csv.split('\n');
    expect(lines[0]).toMatch(/^index,recordedAt,.*,leafHash,body$/);
    expect(lines.slice(1, 5).map((line) => line.split(',')[0])).toEqual(['0', '1', '2', '3']);
    expect(lines).toHaveLength(6);
  });

  it('ends quietly when nobody reads on', async () => {
    const line = '{ ledgerline audit --from 0 --json; echo "code $?" >&2; } | true';
    expect((await shell(line)).stderr).toBe('code 0\n');
  });
});
