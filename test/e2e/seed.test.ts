import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readScenario,
  SCENARIO_DEFAULT,
  SCENARIOS_FOLDER,
  scenarioNames,
} from '../../src/main/seed/read-scenario.ts';
import { ask, HUB_KEY, type HubProcess, runCli, startHub } from '../support/hub-process.ts';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'main', 'cli.js');
/** Each command is a process of its own. */
const TEST_MS_MAX = 180_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

let folder = '';
let hub: HubProcess;

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line of shell, in which `npx ledgerline` is the command as it is built. */
function shell(line: string, key: string = HUB_KEY): Promise<Outcome> {
  const env = { PATH: process.env.PATH, LEDGERLINE_URL: hub.url, LEDGERLINE_KEY: key };
  const here = line.replaceAll('npx ledgerline', `'${process.execPath}' '${CLI}'`);
  return new Promise((resolve) => {
    const options = { cwd: folder, env, maxBuffer: OUTPUT_BYTES_MAX };
    execFile('sh', ['-c', here], options, (error, stdout, stderr) => {
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

async function good(line: string, key?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await shell(line, key);
  expect({ line, exitCode, stderr: exitCode === 0 ? '' : stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

/** How many facts the log has. */
async function facts(): Promise<number> {
  const response = await fetch(`${hub.url}/readyz`);
  return ((await response.json()) as { facts: number }).facts;
}

async function scenarioText(change: (text: string) => string): Promise<string> {
  const text = await readFile(join(SCENARIOS_FOLDER, `${SCENARIO_DEFAULT}.yaml`), 'utf8');
  const file = join(folder, 'changed.yaml');
  await writeFile(file, change(text));
  return file;
}

/** A file of a scenario with one account, which gets one grant. */
async function scenarioOf(name: string): Promise<string> {
  const file = join(folder, `${name}.yaml`);
  const text = `scenario: ${name}
title: Small
about: small
team: ${name}
accounts: [helper]
projects: [{ project: lab, description: all of it }]
grants: [{ to: helper, role: CONTRIBUTOR, on: team, reason: helps }]
steps:
  - { version: rows, by: helper, ago: 2d, project: lab, kind: DATASET, name: rows, files: {a: b} }
expect: []
try: []
graphiql: '{ viewer { id } }'
`;
  await writeFile(file, text);
  return file;
}

/** Makes a service account in the team main by GraphQL. */
async function makeAccount(input: { name: string; idempotencyKey: string }, key: string) {
  const query = `mutation ($input: CreateServiceAccountInput!) {
    createServiceAccount(input: $input) { __typename }
  }`;
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input: { team: 'main', ...input } } }),
  });
  expect(await response.json()).toMatchObject({ data: { createServiceAccount: {} } });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-seed-'));
  hub = await startHub({ dataDir: join(folder, 'data') });
});

afterAll(async () => {
  await hub?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('ledgerline seed', { timeout: TEST_MS_MAX }, () => {
  it('refuses a key that is no administrator’s, and writes nothing', async () => {
    await good('npx ledgerline service create main/reader');
    await good("npx ledgerline grant add main/reader viewer org --reason 'a test'");
    const key = (await good('npx ledgerline key create main/reader --expires 1d')).trim();
    const before = await facts();
    const { exitCode, stdout, stderr } = await shell('npx ledgerline seed', key);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^ledgerline: seeding needs access\.manage on the organization; use /);
    expect(stderr).toMatch(/ \[FORBIDDEN; missing access\.manage on org\]\n$/);
    expect(await facts()).toBe(before);
  });

  it('refuses a scenario with faults before anything is written', async () => {
    const file = await scenarioText((text) => text.replace('by: analyst', 'by: anna'));
    const before = await facts();
    const { exitCode, stderr } = await shell(`npx ledgerline seed '${file}'`);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/changed\.yaml:\d+:\d+: steps\.\d+\.by: there is no account anna/);
    expect(await facts()).toBe(before);
  });

  it('builds nothing on what somebody else did under the key of an act', async () => {
    await good('npx ledgerline service create main/manager');
    await good("npx ledgerline grant add main/manager administrator team/main --reason 'a test'");
    const key = (await good('npx ledgerline key create main/manager --expires 1d')).trim();
    await makeAccount({ name: 'trap', idempotencyKey: 'seed:trapped:account/helper' }, key);
    const file = await scenarioOf('trapped');
    await good(`npx ledgerline seed '${file}'`);
    const list = await good('npx ledgerline grant list main/trap --json');
    expect(list.trim()).toBe('');
    expect(await good('npx ledgerline grant list trapped/helper --json')).toContain('CONTRIBUTOR');
  });

  it('stops at a fact of its own that is of something else than the act', async () => {
    const idempotencyKey = 'seed:mixed:account/helper';
    await makeAccount({ name: 'mixed', idempotencyKey }, HUB_KEY);
    const file = await scenarioOf('mixed');
    const { exitCode, stderr } = await shell(`npx ledgerline seed '${file}'`);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^ledgerline: the fact \d+, of the type serviceAccount\.created, bears /m,
    );
    expect((await good('npx ledgerline grant list main/mixed --json')).trim()).toBe('');
  });

  it('tells another administrator that the one who began must go on', async () => {
    await good('npx ledgerline service create main/second');
    await good("npx ledgerline grant add main/second administrator org --reason 'a test'");
    const key = (await good('npx ledgerline key create main/second --expires 1d')).trim();
    const file = await scenarioOf('trapped');
    const { exitCode, stderr } = await shell(`npx ledgerline seed '${file}'`, key);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('team: there is a team "trapped" already [CONFLICT]; if this ');
    expect(stderr).toContain('go on with the key that began it');
  });

  it('goes on where it was cut off', async () => {
    // A version that the hub refuses, as its foreign name is one that only the hub gives.
    const file = await scenarioText((text) => text.replace("'erp:sales-2026-q1'", "'wandb-x:1'"));
    const cut = await shell(`npx ledgerline seed '${file}' --json`);
    expect(cut).toMatchObject({ exitCode: 2, stdout: '' });
    expect(cut.stderr).toMatch(/^ledgerline: version\/sales-spring: .* \[BAD_USER_INPUT\]\n$/);
    const { done, already, checks } = JSON.parse(await good('npx ledgerline seed --json'));
    // The team, five accounts, a person, five projects and thirteen grants were there.
    expect({ done, already }).toEqual({ done: 61, already: 25 });
    expect(checks.filter(({ fine }: { fine: string }) => fine === 'no')).toEqual([]);
  });

  it.each(scenarioNames())('plays %s once: a second time it changes nothing', async (name) => {
    await good(`npx ledgerline seed ${name}`);
    const before = await facts();
    const said = await good(`npx ledgerline seed ${name}`);
    expect(said).toMatch(/^All \d+ acts are on record already; nothing was changed\.$/m);
    expect(said).not.toContain('WRONG');
    expect(said).not.toMatch(/ledgerline-[0-9a-f]{20}/);
    expect(await facts()).toBe(before);
  });

  it('lets its accounts act in their own names, with keys that have ended', async () => {
    const entries = (await good('npx ledgerline audit --from 0 --json')).trim().split('\n');
    const actors = new Set(entries.map((line) => JSON.parse(line).actor.name));
    const { accounts } = readScenario(SCENARIO_DEFAULT);
    expect([...actors]).toEqual(expect.arrayContaining([...accounts]));
    for (const account of accounts) {
      const keys = await good(`npx ledgerline key list harbor/${account} --json`);
      const states = keys
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).revoked);
      expect({ account, good: states.filter((revoked) => !revoked) }).toEqual({
        account,
        good: [],
      });
    }
  });

  it('says so when the hub holds something else than is expected', async () => {
    const file = await scenarioText((text) => text.replace('exactly: 6', 'exactly: 7'));
    const { exitCode, stdout } = await shell(`npx ledgerline seed '${file}'`);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('WRONG staffing-1 came from 7 dataset versions');
    expect(stdout).toContain('expected 7, found 6');
  });

  it('lists what there is', async () => {
    expect(await good('npx ledgerline seed --list')).toContain('harbor: Harbor Foods\n');
    const { stderr } = await shell('npx ledgerline seed atlantis');
    expect(stderr).toMatch(/^ledgerline: there is no scenario "atlantis"; there are: harbor/);
  });
});

describe('what a scenario says to try', { timeout: TEST_MS_MAX }, () => {
  const lines = scenarioNames().flatMap((name) => readScenario(name).try.map(({ run }) => run));

  it('has something in it', () => {
    expect(lines.length).toBeGreaterThanOrEqual(5);
  });

  it.each(lines)('works: %s', async (line) => {
    expect((await good(line)).split('\n').length).toBeGreaterThan(1);
  });

  it('shows a restricted element to who may not see the payroll, and to nobody else', async () => {
    const [all = '', few = ''] = lines;
    expect(await good(all)).toContain('USED dataset version harbor/payroll/wages:v0');
    const seen = await good(few);
    expect(seen).toContain('USED restricted: dataset version or more that you may not read');
    expect(seen).not.toContain('payroll');
  });

  it.each(scenarioNames())('is for GraphiQL a question that %s answers', async (name) => {
    const data = await ask<Record<string, unknown>>(hub, readScenario(name).graphiql);
    expect(JSON.stringify(data)).toContain('staffing-first');
  });

  it('leaves a log that replays to the same graph', async () => {
    const { exitCode, output } = await runCli(join(folder, 'data'), 'rebuild');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(/^equal: /);
  });
});
