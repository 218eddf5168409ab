import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type HubProcess, post, startHub } from '../test/support/hub-process.ts';
import { figure, machine, rounded } from './figures.ts';

const BENCH = 'stream';
const GIB_DEFAULT = 5;
const MIB = 1024 * 1024;
const BLOCK_BYTES = MIB;
const PART_BYTES = 100 * MIB;
const SAMPLE_EVERY_MS = 100;
/** How often a file that is put together is asked for; the hub goes on meanwhile. */
const COMPLETE_TRIES_MAX = 60;

interface Digests {
  readonly md5: string;
  readonly sha256: string;
}

/**
 * Streams a file of so many GiB (`npm run bench -- stream 5`) into a hub and out of it again, once
 * in one piece and once in parts, through the addresses that the wandb door hands out. The client
 * makes and hashes the bytes on the same machine, so the rates are a lower bound.
 */
export async function benchStream(): Promise<void> {
  const bytes = Math.round(Number(process.argv[3] ?? GIB_DEFAULT) * 1024 * MIB);
  machine(BENCH);
  const dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-stream-'));
  const hub = await startHub({ dataDir });
  try {
    for (const way of ['whole', 'parts'] as const) await measure({ hub, way, bytes });
  } finally {
    await hub.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Measured {
  readonly hub: HubProcess;
  readonly way: 'whole' | 'parts';
  readonly bytes: number;
}

async function measure({ hub, way, bytes }: Measured): Promise<void> {
  const file = new MadeFile(bytes, way);
  const made = await file.digests();
  const upload = await begin(hub, { way }, made);
  const memory = new MemorySamples(hub.process.pid as number);
  const startedIn = performance.now();
  if (way === 'whole') await put(await addressOf(upload), file.read(0, bytes), bytes);
  else await putParts(upload, file);
  const inS = (performance.now() - startedIn) / 1_000;
  const rssIn = memory.peakMiB();
  const address = await commit(upload, { file, made });
  const startedOut = performance.now();
  const got = await get(address);
  const outS = (performance.now() - startedOut) / 1_000;
  const rssPeakMiB = memory.stop();
  figure(BENCH, {
    way,
    GiB: rounded(bytes / (1024 * MIB)),
    inMBps: rounded(bytes / 1e6 / inS),
    outMBps: rounded(bytes / 1e6 / outS),
    rssBeforeMiB: memory.firstMiB,
    rssPeakInMiB: rssIn,
    rssPeakMiB,
    sha256Equal: got.sha256 === made.sha256,
  });
}

/** Bytes that are made anew each time they are read: no two blocks are equal. */
class MadeFile {
  readonly bytes: number;
  readonly #seed: string;

  constructor(bytes: number, seed: string) {
    this.bytes = bytes;
    this.#seed = seed;
  }

  read(start: number, bytes: number): Readable {
    return Readable.from(this.#blocks(start, bytes), { objectMode: false });
  }

  get parts(): number {
    return Math.ceil(this.bytes / PART_BYTES);
  }

  part(number: number): { readonly start: number; readonly bytes: number } {
    const start = (number - 1) * PART_BYTES;
    return { start, bytes: Math.min(PART_BYTES, this.bytes - start) };
  }

  async digests(): Promise<Digests> {
    return digestsOf(this.read(0, this.bytes));
  }

  *#blocks(start: number, bytes: number): Generator<Buffer> {
    const pattern = createHash('sha512').update(this.#seed).digest();
    for (let at = start; at < start + bytes; at += BLOCK_BYTES) {
      const block = Buffer.alloc(Math.min(BLOCK_BYTES, start + bytes - at), pattern);
      block.writeDoubleBE(at, 0);
      yield block;
    }
  }
}

async function digestsOf(stream: Readable): Promise<Digests> {
  const hashes: Hash[] = [createHash('md5'), createHash('sha256')];
  for await (const chunk of stream) for (const hash of hashes) hash.update(chunk as Buffer);
  const [md5, sha256] = hashes as [Hash, Hash];
  return { md5: md5.digest('base64'), sha256: sha256.digest('hex') };
}

/** Samples the resident memory of the hub's process. */
class MemorySamples {
  readonly #timer: NodeJS.Timeout;
  firstMiB = 0;
  #peak = 0;

  constructor(pid: number) {
    const sample = async () => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const mib = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      if (this.firstMiB === 0) this.firstMiB = mib;
      this.#peak = Math.max(this.#peak, mib);
    };
    this.#timer = setInterval(() => void sample(), SAMPLE_EVERY_MS);
  }

  peakMiB(): number {
    return this.#peak;
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.#peak;
  }
}

interface Upload {
  readonly hub: HubProcess;
  readonly id: string;
  readonly name: string;
  readonly md5: string;
}

const ask = <T>(hub: HubProcess, query: string, variables: object) =>
  post<T>(`${hub.url}/wandb/graphql`, { query, variables, operationName: null });

const PLACE = { entityName: 'main', projectName: 'stream' };

async function begin(
  hub: HubProcess,
  { way }: Pick<Measured, 'way'>,
  { md5 }: Digests,
): Promise<Upload> {
  const digest = createHash('md5').update(`wandb-artifact-manifest-v1\nfile.bin:${md5}\n`);
  const input = {
    ...PLACE,
    artifactTypeName: 'model',
    artifactCollectionName: way,
    digest: digest.digest('hex'),
    aliases: [{ alias: 'latest' }],
  };
  const { createArtifact } = await ask<{ createArtifact: { artifact: { id: string } } }>(
    hub,
    `mutation ($input: CreateArtifactInput!) {
      createArtifact(input: $input) { artifact { id } }
    }`,
    { input },
  );
  return { hub, id: createArtifact.artifact.id, name: way, md5 };
}

interface FileNode {
  readonly uploadUrl: string;
  readonly uploadMultipartUrls: {
    readonly uploadID: string;
    readonly uploadUrlParts: ReadonlyArray<{ readonly uploadUrl: string }>;
  };
}

async function nodeOf({ hub, id, md5 }: Upload, uploadPartsInput: object[] | null) {
  const { createArtifactFiles } = await ask<{
    createArtifactFiles: { files: { edges: ReadonlyArray<{ node: FileNode }> } };
  }>(
    hub,
    `mutation ($input: CreateArtifactFilesInput!) {
      createArtifactFiles(input: $input) { files { edges { node {
        uploadUrl uploadMultipartUrls { uploadID uploadUrlParts { uploadUrl } }
      } } } }
    }`,
    { input: { artifactFiles: [{ artifactID: id, name: 'file.bin', md5, uploadPartsInput }] } },
  );
  return createArtifactFiles.files.edges[0]?.node as FileNode;
}

async function addressOf(upload: Upload): Promise<string> {
  return (await nodeOf(upload, null)).uploadUrl;
}

async function putParts(upload: Upload, file: MadeFile): Promise<void> {
  const md5s: string[] = [];
  for (let number = 1; number <= file.parts; number += 1) {
    const { start, bytes } = file.part(number);
    const { md5 } = await digestsOf(file.read(start, bytes));
    md5s.push(Buffer.from(md5, 'base64').toString('hex'));
  }
  const wanted = md5s.map((hexMD5, at) => ({ partNumber: at + 1, hexMD5 }));
  const { uploadMultipartUrls } = await nodeOf(upload, wanted);
  const tags: Array<{ partNumber: number; hexMD5: string }> = [];
  for (const [at, { uploadUrl }] of uploadMultipartUrls.uploadUrlParts.entries()) {
    const { start, bytes } = file.part(at + 1);
    tags.push({ partNumber: at + 1, hexMD5: await put(uploadUrl, file.read(start, bytes), bytes) });
  }
  const input = {
    completeMultipartAction: 'Complete',
    completedParts: tags,
    artifactID: upload.id,
    storagePath: 'file.bin',
    uploadID: uploadMultipartUrls.uploadID,
  };
  const query = `mutation ($input: CompleteMultipartUploadArtifactInput!) {
    completeMultipartUploadArtifact(input: $input) { digest }
  }`;
  for (let tries = 1; ; tries += 1) {
    try {
      await ask(upload.hub, query, { input });
      return;
    } catch (error) {
      if (tries === COMPLETE_TRIES_MAX) throw error;
    }
  }
}

/** Sends bytes; answers the entity tag. */
async function put(address: string, bytes: Readable, length: number): Promise<string> {
  const sent = request(address, { method: 'PUT', headers: { 'content-length': length } });
  bytes.pipe(sent);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  if (answer.statusCode !== 200) throw new Error(`PUT answered ${answer.statusCode}`);
  return String(answer.headers.etag);
}

interface Content {
  readonly file: MadeFile;
  readonly made: Digests;
}

/** Commits the version; answers the address of its file. */
async function commit({ hub, id, name }: Upload, { file, made }: Content): Promise<string> {
  const listed = { digest: made.md5, size: file.bytes, birthArtifactID: id };
  const text = JSON.stringify({ version: 1, contents: { 'file.bin': listed } });
  const input = {
    ...PLACE,
    artifactID: id,
    name: 'wandb_manifest.json',
    digest: createHash('md5').update(text).digest('base64'),
    runName: '',
  };
  const { createArtifactManifest } = await ask<{
    createArtifactManifest: { artifactManifest: { file: { uploadUrl: string } } };
  }>(
    hub,
    `mutation ($input: CreateArtifactManifestInput!) {
      createArtifactManifest(input: $input) { artifactManifest { file { uploadUrl } } }
    }`,
    { input },
  );
  const { uploadUrl } = createArtifactManifest.artifactManifest.file;
  await put(uploadUrl, Readable.from([Buffer.from(text)]), Buffer.byteLength(text));
  const query = `mutation ($id: ID!) {
    commitArtifact(input: { artifactID: $id }) { artifact { id } }
  }`;
  await ask(hub, query, { id });
  const { project } = await ask<{ project: Membership }>(
    hub,
    `query ($name: String!) { project(name: "stream", entityName: "main") {
      artifactCollectionMembership(name: $name) {
        files(first: 1) { edges { node { directUrl } } }
      }
    } }`,
    { name },
  );
  return project.artifactCollectionMembership.files.edges[0]?.node.directUrl as string;
}

interface Membership {
  readonly artifactCollectionMembership: {
    readonly files: { readonly edges: ReadonlyArray<{ readonly node: { directUrl: string } }> };
  };
}

async function get(address: string): Promise<Digests> {
  const asked = request(address);
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return digestsOf(answer);
}
