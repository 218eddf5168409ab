import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/main/doctor/finding.ts';
import { type HubProcess, startHub } from '../support/hub-process.ts';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'main', 'cli.js');
const TEST_MS_MAX = 120_000;
const NOBODY = 65_534;

let folder = '';
let data = '';

interface Examined {
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  readonly output: string;
}

interface Options {
  readonly environment?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

function doctor({ environment = {}, uid }: Options = {}): Promise<Examined> {
  const env = {
    PATH: process.env.PATH,
    LEDGERLINE_DATA_DIR: data,
    LEDGERLINE_PORT: '0',
    ...environment,
  };
  const options = { env, cwd: '/', ...(uid === undefined ? {} : { uid }) };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, 'doctor', '--json'], options, (error, stdout, stderr) => {
      const findings = stdout === '' ? [] : JSON.parse(stdout).findings;
      resolve({ exitCode: Number(error?.code ?? 0), findings, output: stdout + stderr });
    });
  });
}

/** The one thing that is wrong; everything else must be fine, and a way to mend it be told. */
async function theWrong(options: Options = {}): Promise<Finding> {
  const { exitCode, findings, output } = await doctor(options);
  const wrong = findings.filter(({ fine }) => fine === 'no');
  expect({ exitCode, count: wrong.length, output }).toEqual({ exitCode: 1, count: 1, output });
  expect(wrong[0]?.mend).toMatch(/\w/);
  return wrong[0] as Finding;
}

/** Makes something wrong, looks, and puts it right again. */
async function spoiled(spoil: () => Promise<unknown>, mend: () => Promise<unknown>) {
  await spoil();
  try {
    return await theWrong();
  } finally {
    await mend();
  }
}

async function everyFile(): Promise<string[]> {
  const entries = await readdir(data, { recursive: true });
  return entries.filter((name) => !/-(wal|shm)$/.test(name)).toSorted();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-doctor-'));
  data = join(folder, 'data');
  const hub = await startHub({ dataDir: data });
  await hub.stop();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the doctor', { timeout: TEST_MS_MAX }, () => {
  it('finds a folder fine that a hub has left, and leaves nothing there', async () => {
    const before = await everyFile();
    const { exitCode, findings } = await doctor();
    expect(findings.filter(({ fine }) => fine === 'no')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(findings.map(({ check }) => check)).toEqual([
      'node',
      'configuration',
      'port',
      'clock',
      'data folder',
      'disk',
      'keys',
      'graph store',
      'operational store',
      'job queue',
      'object store',
      'telemetry store',
    ]);
    expect(await everyFile()).toEqual(before);
  });

  it('finds faults of the configuration, all at once', async () => {
    const environment = { LEDGERLINE_PORT: 'x', LEDGERLINE_COLOUR: 'red' };
    const { exitCode, findings } = await doctor({ environment });
    const says = findings.filter(({ fine }) => fine === 'no').map((each) => each.says);
    expect(exitCode).toBe(1);
    expect(says.join('\n')).toMatch(/LEDGERLINE_COLOUR: there is no such[\s\S]*LEDGERLINE_PORT: /);
  });

  it('finds policies that are missing', async () => {
    const environment = { LEDGERLINE_POLICIES_DIR: join(folder, 'none') };
    const { exitCode, findings } = await doctor({ environment });
    const wrong = findings.filter(({ fine }) => fine === 'no');
    expect(exitCode).toBe(1);
    expect(wrong).toMatchObject([
      { check: 'configuration', says: expect.stringContaining('roles.yaml') },
      { check: 'configuration', says: expect.stringContaining('namespaces.yaml') },
    ]);
  });

  it('finds that there is no data folder, or no folder', async () => {
    const missing = { LEDGERLINE_DATA_DIR: join(folder, 'none') };
    expect((await theWrong({ environment: missing })).says).toMatch(/none is missing$/);
    await writeFile(join(folder, 'file'), '');
    const file = { LEDGERLINE_DATA_DIR: join(folder, 'file') };
    expect((await theWrong({ environment: file })).says).toMatch(/file is no folder$/);
  });

  it('finds a data folder that others may write to', async () => {
    const wrong = await spoiled(
      () => chmod(data, 0o777),
      () => chmod(data, 0o700),
    );
    expect(wrong).toMatchObject({ check: 'data folder', mend: `chmod 700 ${data}` });
  });

  it('finds a data folder that is not for this user', async () => {
    const isRoot = process.getuid?.() === 0;
    // Who starts as root may read everything, so the doctor goes as somebody else.
    await chmod(folder, 0o755);
    if (!isRoot) await chmod(data, 0o000);
    const wrong = await theWrong(isRoot ? { uid: NOBODY } : {});
    await chmod(data, 0o700);
    expect(wrong).toMatchObject({ check: 'data folder' });
    expect(wrong.mend).toContain('chown -R');
  });

  it('finds keys that others may read', async () => {
    const [keys, secret] = [join(data, 'keys'), join(data, 'keys', 'link.secret')];
    const open = await spoiled(
      () => chmod(keys, 0o755),
      () => chmod(keys, 0o700),
    );
    expect(open).toMatchObject({ check: 'keys', mend: `chmod 700 ${keys}` });
    const { mode } = await stat(secret);
    const readable = await spoiled(
      () => chmod(secret, 0o644),
      () => chmod(secret, mode & 0o777),
    );
    expect(readable).toMatchObject({ check: 'keys', mend: `chmod 600 ${secret}` });
  });

  it.each([
    ['keys', 'keys'],
    ['ledgerline.db', 'graph store'],
    ['operational.db', 'operational store'],
    ['objects', 'object store'],
    ['telemetry', 'telemetry store'],
  ])('finds that %s is gone, and does not make it', async (name, check) => {
    const [here, away] = [join(data, name), join(folder, 'away')];
    const wrong = await spoiled(
      () => rename(here, away),
      async () => {
        await expect(stat(here)).rejects.toThrow('ENOENT');
        await rename(away, here);
      },
    );
    expect(wrong.check).toBe(check);
  });

  it.each([
    ['ledgerline.db', 'graph store'],
    ['operational.db', 'operational store'],
  ])('finds that %s is no database', async (name, check) => {
    const [here, away] = [join(data, name), join(folder, 'away')];
    const wrong = await spoiled(
      async () => {
        await rename(here, away);
        await writeFile(here, 'no database at all'.repeat(400));
      },
      () => rename(away, here),
    );
    expect(wrong.check).toBe(check);
  });

  it('finds a place for uploads that takes none', async () => {
    const incoming = join(data, 'objects', 'incoming');
    const wrong = await spoiled(
      async () => {
        await rm(incoming, { recursive: true });
        await writeFile(incoming, '');
      },
      async () => {
        await rm(incoming);
        await mkdir(incoming, { mode: 0o700 });
      },
    );
    expect(wrong.check).toBe('object store');
  });
});

describe('the doctor on a port', { timeout: TEST_MS_MAX }, () => {
  let hub: HubProcess | undefined;
  let stranger: Server | undefined;

  afterAll(async () => {
    await hub?.stop();
    stranger?.close();
  });

  it('finds a hub that answers, and works beside it', async () => {
    hub = await startHub({ dataDir: data });
    const environment = { LEDGERLINE_PORT: new URL(hub.url).port };
    const { exitCode, findings } = await doctor({ environment });
    expect({ exitCode, port: findings[2]?.says }).toEqual({
      exitCode: 0,
      port: `a hub answers at ${hub.url}`,
    });
    await hub.stop();
    const free = await doctor({ environment });
    expect(free.findings[2]?.says).toMatch(/ is free; no hub runs there$/);
  });

  it('finds something else there', async () => {
    const server = createServer((_request, response) => response.end('hello'));
    stranger = server;
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const environment = { LEDGERLINE_PORT: String((server.address() as AddressInfo).port) };
    const wrong = await theWrong({ environment });
    expect(wrong).toMatchObject({ check: 'port' });
    expect(wrong.says).toMatch(/something listens there, and no hub answers$/);
  });
});
