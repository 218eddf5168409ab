import { createHash } from 'node:crypto';
import { type HubProcess, post } from './hub-process.ts';

/** The steps in which the wandb SDK uploads an artifact, without the SDK. */
export interface UploadedArtifact {
  readonly id: string;
  readonly files: Readonly<Record<string, Buffer>>;
}

export interface UploadTarget {
  readonly project: string;
  readonly run: string;
  readonly name: string;
}

const CREATE = `mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) { artifact { id state } }
}`;
const FILES = `mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) { files { edges { node { uploadUrl uploadHeaders } } } }
}`;
const MANIFEST = `mutation CreateArtifactManifest($artifactID: ID!, $digest: String!,
  $entityName: String!, $projectName: String!, $runName: String!, $includeUpload: Boolean!) {
  createArtifactManifest(input: {artifactID: $artifactID, name: "wandb_manifest.json",
    digest: $digest, entityName: $entityName, projectName: $projectName, runName: $runName,
    type: FULL}) {
    artifactManifest { id file { id uploadUrl @include(if: $includeUpload) } }
  }
}`;
const COMMIT = `mutation CommitArtifact($artifactID: ID!) {
  commitArtifact(input: {artifactID: $artifactID}) { artifact { id digest } }
}`;

/** Uploads and commits one artifact of the type model; resolves when the hub acknowledged it. */
export async function uploadArtifact(
  hub: Pick<HubProcess, 'url'>,
  target: UploadTarget,
  files: Readonly<Record<string, Buffer>>,
): Promise<UploadedArtifact> {
  const wandb = (query: string, variables: object) =>
    post<never>(`${hub.url}/wandb/graphql`, { query, variables, operationName: null });
  const place = { entityName: 'main', projectName: target.project, runName: target.run };
  const created = await wandb(CREATE, {
    input: {
      ...place,
      artifactTypeName: 'model',
      artifactCollectionName: target.name,
      digest: digestOf(files),
      digestAlgorithm: 'MANIFEST_MD5',
      aliases: [{ artifactCollectionName: target.name, alias: 'latest' }],
      enableDigestDeduplication: true,
      clientID: createHash('sha512').update(JSON.stringify(target)).digest('hex'),
      sequenceClientID: createHash('sha512').update(target.name).digest('hex'),
    },
  });
  const { id } = (created as Created).createArtifact.artifact;
  const manifest = { artifactID: id, ...place };
  const first = await wandb(MANIFEST, { ...manifest, digest: '', includeUpload: false });
  const artifactManifestID = (first as Manifested).createArtifactManifest.artifactManifest.id;
  const names = Object.keys(files);
  const asked = await wandb(FILES, {
    input: {
      artifactFiles: names.map((name) => ({
        artifactID: id,
        name,
        md5: md5(files[name] as Buffer),
        artifactManifestID,
      })),
      storageLayout: 'V2',
    },
  });
  const addresses = (asked as Asked).createArtifactFiles.files.edges.map(({ node }) => node);
  await Promise.all(
    addresses.map(({ uploadUrl }, at) => put(uploadUrl, files[names[at] as string] as Buffer)),
  );
  const bytes = Buffer.from(JSON.stringify(manifestOf(id, files)));
  const second = await wandb(MANIFEST, { ...manifest, digest: md5(bytes), includeUpload: true });
  const { uploadUrl } = (second as Manifested).createArtifactManifest.artifactManifest.file;
  await put(uploadUrl, bytes);
  await wandb(COMMIT, { artifactID: id });
  return { id, files };
}

interface Created {
  readonly createArtifact: { readonly artifact: { readonly id: string } };
}
interface Manifested {
  readonly createArtifactManifest: {
    readonly artifactManifest: {
      readonly id: string;
      readonly file: { readonly uploadUrl: string };
    };
  };
}
interface Asked {
  readonly createArtifactFiles: {
    readonly files: { readonly edges: ReadonlyArray<{ readonly node: { uploadUrl: string } }> };
  };
}

async function put(address: string, bytes: Buffer): Promise<void> {
  const response = await fetch(address, { method: 'PUT', body: new Uint8Array(bytes) });
  if (!response.ok) throw new Error(`PUT answered ${response.status}: ${await response.text()}`);
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}

function digestOf(files: Readonly<Record<string, Buffer>>): string {
  const hash = createHash('md5').update('wandb-artifact-manifest-v1\n');
  for (const name of Object.keys(files).sort())
    hash.update(`${name}:${md5(files[name] as Buffer)}\n`);
  return hash.digest('hex');
}

function manifestOf(birthArtifactID: string, files: Readonly<Record<string, Buffer>>): object {
  const contents = Object.entries(files).map(([name, bytes]) => [
    name,
    { digest: md5(bytes), size: bytes.length, birthArtifactID, skip_cache: false },
  ]);
  return {
    version: 1,
    storagePolicy: 'wandb-storage-policy-v1',
    storagePolicyConfig: { storageLayout: 'V2' },
    contents: Object.fromEntries(contents),
  };
}
