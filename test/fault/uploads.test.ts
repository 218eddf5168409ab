import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { startWandb } from '../e2e/wandb/wandb-script.ts';
import { type CuttingProxy, openCuttingProxy } from '../support/cutting-proxy.ts';
import { ask, type HubProcess, post, startHub } from '../support/hub-process.ts';

const MIB = 1024 * 1024;
const TEST_MS_MAX = 180_000;
/** As often as the SDK tries again by itself. */
const CUTS = 20;
/** 8 MiB or 16 MiB: shells count in blocks of 512 or of 1,024 bytes. */
const LIMIT_BLOCKS = 16_384;
const FULL_DISK = ['sh', '-c', `ulimit -f ${LIMIT_BLOCKS} && exec "$0" "$@"`];

interface World {
  readonly proxy: CuttingProxy;
  readonly dataDir: string;
  start(wrapper?: readonly string[]): Promise<HubProcess>;
}

/** A hub whose addresses lead through a network that breaks. */
async function world(cuts: { count: number; afterBytes: number }): Promise<World> {
  const proxy = await openCuttingProxy(cuts);
  const dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-cuts-'));
  onTestFinished(async () => {
    await proxy.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const start = async (wrapper: readonly string[] = []) => {
    const port = await freePort();
    const environment = { LEDGERLINE_PUBLIC_URL: proxy.url, LEDGERLINE_PORT: String(port) };
    const hub = await startHub({ dataDir, environment, wrapper });
    onTestFinished(() => hub.stop());
    // The hub says where others reach it: through the proxy. The test speaks to it directly.
    const url = `http://127.0.0.1:${port}`;
    proxy.lead(url);
    return { ...hub, url };
  };
  return { proxy, dataDir, start };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const PROJECT = 'cuts';

/** The real SDK that uploads a file of so many bytes and tries again so often. */
function client(
  context: TestContext,
  { proxy }: World,
  { name, bytes, retries }: { name: string; bytes: number; retries: number },
) {
  const args = [PROJECT, name, String(bytes), String(retries)];
  return startWandb(context, { hub: proxy, script: 'upload.py', args });
}

/** The bytes that `upload.py` makes. */
function madeBytes(name: string, bytes: number): Buffer {
  return Buffer.alloc(bytes, createHash('sha256').update(name).digest());
}

interface Versions {
  readonly model: {
    readonly versions: { readonly edges: ReadonlyArray<{ node: { name: string } }> };
  } | null;
}

async function versionsOf(hub: HubProcess, name: string): Promise<string[]> {
  const { model } = await ask<Versions>(
    hub,
    'query ($path: String!) { model(path: $path) { versions { edges { node { name } } } } }',
    { path: `main/${PROJECT}/${name}` },
  );
  return model?.versions.edges.map(({ node }) => node.name) ?? [];
}

/** Reads every file of a version back, straight from the hub. */
async function download(hub: HubProcess, name: string): Promise<Record<string, Buffer>> {
  const { project } = await post<{
    project: { artifactCollectionMembership: { files: { edges: Array<{ node: FileNode }> } } };
  }>(`${hub.url}/wandb/graphql`, {
    query: `query ($name: String!) { project(name: "${PROJECT}", entityName: "main") {
      artifactCollectionMembership(name: $name) {
        files(first: 10) { edges { node { name directUrl } } }
      }
    } }`,
    variables: { name },
  });
  const files: Record<string, Buffer> = {};
  for (const { node } of project.artifactCollectionMembership.files.edges) {
    const address = `${hub.url}${new URL(node.directUrl).pathname}`;
    files[node.name] = Buffer.from(await (await fetch(address)).arrayBuffer());
  }
  return files;
}

interface FileNode {
  readonly name: string;
  readonly directUrl: string;
}

async function expectWhole(hub: HubProcess, name: string, bytes: number): Promise<void> {
  expect(await versionsOf(hub, name)).toEqual([`${name}:v0`]);
  const { 'big.bin': big, 'small.txt': small } = await download(hub, `${name}:v0`);
  expect(big?.equals(madeBytes(name, bytes))).toBe(true);
  expect(small?.toString()).toBe('small');
}

const incoming = ({ dataDir }: World) => readdir(join(dataDir, 'objects', 'incoming'));

describe('an upload of the real SDK', { timeout: TEST_MS_MAX }, () => {
  it('is one whole version after the network was cut twenty times', async (context) => {
    const cut = await world({ count: CUTS, afterBytes: MIB });
    const hub = await cut.start();
    const upload = { name: 'cut', bytes: 4 * MIB + 17, retries: CUTS };
    const { reports, output } = await (await client(context, cut, upload)).ended();
    expect(reports.at(-1), output).toEqual({ step: 'done', version: 'v0' });
    expect(cut.proxy.cut()).toBe(CUTS);
    await expectWhole(hub, 'cut', upload.bytes);
    expect(await incoming(cut)).toEqual([]);
  });

  it('is no version when its client is killed, and whole when sent again', async (context) => {
    const cut = await world({ count: 3, afterBytes: MIB });
    const hub = await cut.start();
    const upload = { name: 'killed', bytes: 4 * MIB, retries: 30 };
    const script = await client(context, cut, upload);
    const { pid, children } = (await script.reached('begun')) as {
      pid: number;
      children: number[];
    };
    while (cut.proxy.cut() < 1) await new Promise((wake) => setTimeout(wake, 5));
    for (const each of [...children, pid]) process.kill(each, 'SIGKILL');
    await script.ended();
    expect(await versionsOf(hub, 'killed')).toEqual([]);
    await expect.poll(() => incoming(cut)).toEqual([]);
    const again = await (await client(context, cut, upload)).ended();
    expect(again.reports.at(-1), again.output).toEqual({ step: 'done', version: 'v0' });
    await expectWhole(hub, 'killed', upload.bytes);
  });

  it('is no version on a full disk, and whole when there is room again', async (context) => {
    const full = await world({ count: 0, afterBytes: MIB });
    const hub = await full.start(FULL_DISK);
    const upload = { name: 'full', bytes: 20 * MIB, retries: 1 };
    const { reports, output } = await (await client(context, full, upload)).ended();
    expect(reports.at(-1)?.step, output).toBe('refused');
    expect(await versionsOf(hub, 'full')).toEqual([]);
    expect(await incoming(full)).toEqual([]);
    await hub.stop();
    const roomy = await full.start();
    const again = await (await client(context, full, upload)).ended();
    expect(again.reports.at(-1), again.output).toEqual({ step: 'done', version: 'v0' });
    await expectWhole(roomy, 'full', upload.bytes);
  });
});
