import { createHash } from 'node:crypto';
import { type FastifyInstance, fastify } from 'fastify';
import { expect, onTestFinished } from 'vitest';
import type { Hub } from '../../src/transport/hub.ts';
import type { RunActivity } from '../../src/transport/wandb/run-activity.ts';
import { wandbDoor } from '../../src/transport/wandb/wandb-door.ts';
import { ADMIN_KEY, openTestHub } from '../support/open-hub.ts';

export const md5 = (text: string) => createHash('md5').update(text).digest('base64');

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  // The tests look into answers of many forms.
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
  readonly body: any;
}

/** The door over a real hub, spoken to as the SDK does. */
export class Door {
  readonly hub: Hub;
  readonly app: FastifyInstance;
  readonly #key: string;

  constructor(hub: Hub, app: FastifyInstance, key = ADMIN_KEY) {
    this.hub = hub;
    this.app = app;
    this.#key = key;
  }

  /** The same door, for somebody else. */
  as(key: string): Door {
    return new Door(this.hub, this.app, key);
  }

  async post(url: string, payload: string | Buffer, headers: Record<string, string> = {}) {
    const authorization = `Basic ${Buffer.from(`api:${this.#key}`).toString('base64')}`;
    const answer = await this.app.inject({
      method: 'POST',
      url: `/wandb${url}`,
      headers: { authorization, 'content-type': 'application/json', ...headers },
      payload,
    });
    const { statusCode: status, headers: got } = answer;
    return { status, retryAfter: got['retry-after'], body: answer.json() } as Answer;
  }

  /** One GraphQL operation. */
  graphql(query: string, variables: object = {}): Promise<Answer> {
    return this.post('/graphql', JSON.stringify({ query, variables, operationName: '' }));
  }

  /** The data of an operation that must succeed. */
  async data(query: string, variables: object = {}): Promise<Answer['body']> {
    const { status, body } = await this.graphql(query, variables);
    expect([status, body.errors]).toEqual([200, undefined]);
    return body.data;
  }

  stream(run: string, body: unknown): Promise<Answer> {
    return this.post(`/files/main/p/${run}/file_stream`, JSON.stringify(body));
  }

  put(url: string, payload: string, headers: Record<string, string> = {}) {
    return this.app.inject({ method: 'PUT', url: new URL(url).pathname, payload, headers });
  }

  get(url: string, headers: Record<string, string> = {}) {
    return this.app.inject({ method: 'GET', url: new URL(url).pathname, headers });
  }

  async facts(): Promise<string[]> {
    const scope = { all: true } as const;
    const rows = await this.hub.store.facts({ order: 'oldest', limit: 1_000, scope });
    return rows.map(({ type }) => type);
  }
}

export async function openDoor(): Promise<Door> {
  return serveDoor((await openTestHub()).hub);
}

/** The door over a hub that the test opened. */
export async function serveDoor(hub: Hub, activity?: RunActivity): Promise<Door> {
  const app = fastify({ routerOptions: { maxParamLength: 32_768 } });
  await app.register((scope) => wandbDoor(scope, hub, activity), { prefix: '/wandb' });
  onTestFinished(() => app.close());
  return new Door(hub, app);
}

const UPSERT = `mutation ($input: UpsertBucketInput!) {
  upsertBucket(input: $input) {
    bucket { id name displayName config historyLineCount project { name entity { name } } }
    inserted
  }
}`;

/** Makes or changes a run in main/p as a training process does. */
export function upsertRun(door: Door, name: string, more: object = {}) {
  const input = { name, modelName: 'p', entityName: null, config: '{}', ...more };
  return door.graphql(UPSERT, { input });
}

export interface Upload {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly project?: string;
  readonly run?: string;
  readonly aliases?: readonly string[];
  readonly description?: string;
  readonly clientID?: string;
}

/** The SDK's digest of files; `of` makes a file's own digest of its text. */
export const digestOf = (files: Readonly<Record<string, string>>, of = md5) => {
  const lines = Object.keys(files)
    .sort()
    .map((path) => `${path}:${of(files[path] as string)}\n`);
  return createHash('md5')
    .update(`wandb-artifact-manifest-v1\n${lines.join('')}`)
    .digest('hex');
};

/** Begins the upload of a dataset; answers its id, and whether it was there already. */
export async function begin(door: Door, what: Upload) {
  const { createArtifact } = await door.data(CREATE, { input: creation(what) });
  return createArtifact.artifact as { id: string; state: string; artifactSequence: unknown };
}

export const CREATE = `mutation ($input: CreateArtifactInput!) {
  createArtifact(input: $input) {
    artifact { id state digest artifactSequence { latestArtifact { id } } }
  }
}`;

export function creation(what: Upload) {
  const { name, files, run, project = 'p', aliases = ['latest'] } = what;
  return {
    entityName: 'main',
    projectName: project,
    runName: run ?? null,
    artifactTypeName: 'dataset',
    artifactCollectionName: name,
    digest: digestOf(files),
    digestAlgorithm: 'MANIFEST_MD5',
    aliases: aliases.map((alias) => ({ alias, artifactCollectionName: name })),
    enableDigestDeduplication: true,
    clientID: what.clientID ?? `client-of-${name}`,
    description: what.description ?? null,
  };
}

/** Addresses for the files of an upload, in the order of their names. */
export async function addresses(door: Door, id: string, files: Upload['files']) {
  const artifactFiles = Object.entries(files).map(([name, text]) => ({
    artifactID: id,
    name,
    md5: md5(text),
  }));
  const { createArtifactFiles } = await door.data(
    `mutation ($input: CreateArtifactFilesInput!) {
      createArtifactFiles(input: $input) {
        files { edges { node { uploadUrl artifact { id } uploadMultipartUrls { uploadID } } } }
      }
    }`,
    { input: { artifactFiles } },
  );
  const { edges } = createArtifactFiles.files;
  return edges.map(({ node }: { node: { uploadUrl: string } }) => node.uploadUrl) as string[];
}

/** Uploads a manifest that lists these files as born with `birth`. */
export async function putManifest(door: Door, id: string, listed: object) {
  const text = JSON.stringify({ version: 1, storagePolicy: 'p', contents: listed });
  const input = {
    artifactID: id,
    name: 'wandb_manifest.json',
    digest: md5(text),
    entityName: 'main',
    projectName: 'p',
    runName: '',
    type: 'FULL',
  };
  const { createArtifactManifest } = await door.data(
    `mutation ($input: CreateArtifactManifestInput!) {
      createArtifactManifest(input: $input) { artifactManifest { id file { uploadUrl } } }
    }`,
    { input },
  );
  const answer = await door.put(createArtifactManifest.artifactManifest.file.uploadUrl, text);
  expect(answer.statusCode).toBe(200);
}

export function listing(files: Upload['files'], birthArtifactID: string) {
  const entries = Object.entries(files).map(([path, text]) => [
    path,
    { digest: md5(text), size: Buffer.byteLength(text), birthArtifactID, local_path: '/home/x' },
  ]);
  return Object.fromEntries(entries);
}

export function commit(door: Door, artifactID: string): Promise<Answer> {
  return door.graphql(
    'mutation ($id: ID!) { commitArtifact(input: {artifactID: $id}) { artifact { id digest } } }',
    { id: artifactID },
  );
}

/** The whole way of one dataset. */
export async function upload(door: Door, what: Upload): Promise<string> {
  const { id } = await begin(door, what);
  const urls = await addresses(door, id, what.files);
  for (const [at, text] of Object.values(what.files).entries()) {
    expect((await door.put(urls[at] as string, text)).statusCode).toBe(200);
  }
  await putManifest(door, id, listing(what.files, id));
  const { status, body } = await commit(door, id);
  expect([status, body.errors]).toEqual([200, undefined]);
  return id;
}
