import { registerVersion } from '../../commands/register-version.ts';
import { type Digest, sha256 } from '../../domain/digest.ts';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import {
  isStoredFile,
  type ManifestFile,
  type SealedManifest,
  sealManifest,
} from '../../domain/lineage/manifest.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { pendingOfWireId } from './artifact-uploads.ts';
import type { PendingArtifact, PendingArtifacts, UploadedFile } from './pending-artifacts.ts';
import { openDescription } from './pending-description.ts';
import { CLIENT_KEY } from './run-config.ts';
import {
  ARTIFACT_SCHEME,
  CLIENT_SCHEME,
  DIGEST_SCHEME,
  versionOfUpload,
  versionOfWireId,
} from './version-lookup.ts';
import { isStored, type VersionManifests, type WandbPart } from './version-manifest.ts';
import { type Shape, submit, type WandbContext } from './wandb-context.ts';
import {
  MANIFEST_BYTES_MAX,
  parseWandbManifest,
  type WandbFile,
  type WandbManifest,
  wandbDigest,
} from './wandb-manifest.ts';
import { textOfWireId } from './wire-ids.ts';

/** Missing files that an error names; the rest are counted. */
const NAMED_FILES_MAX = 5;

interface Committing {
  readonly pendings: PendingArtifacts;
  readonly manifests: VersionManifests;
}

/** The root field that makes a version of what was uploaded. */
export function commitArtifactFields(committing: Committing) {
  return {
    commitArtifact: async (
      { input }: { readonly input: { readonly artifactID: string } },
      context: WandbContext,
    ) => ({ artifact: await commitArtifact(input.artifactID, context, committing) }),
  };
}

async function commitArtifact(
  id: string,
  context: WandbContext,
  committing: Committing,
): Promise<Shape> {
  const { pendings } = committing;
  const committed = await committedVersion(id, context, pendings);
  if (committed) return context.shapes.version(committed, context);
  const pending = await pendingOfWireId(id, context, { pendings, operation: 'commitArtifact' });
  const manifest = await uploadedManifest(pending, context, pendings);
  const files = await heldFiles(pending, manifest, { context, committing });
  await register(pending, { manifest, sealed: sealManifest(files) }, context);
  await pendings.end(pending.uuid);
  const version = await versionOfUpload(context, pending);
  if (!version) throw new DomainError('INTERNAL', 'the version that was committed is not there');
  return context.shapes.version(version, context);
}

/** The version that this upload became already; an upload that goes on has become none. */
async function committedVersion(
  id: string,
  context: WandbContext,
  pendings: PendingArtifacts,
): Promise<NodeRow | null> {
  const pending = await pendings.find(textOfWireId('Artifact', id) ?? '');
  return pending ? versionOfUpload(context, pending) : versionOfWireId(context, id);
}

/** The manifest as it was uploaded; it must make the digest that the upload began with. */
async function uploadedManifest(
  pending: PendingArtifact,
  { hub }: WandbContext,
  pendings: PendingArtifacts,
): Promise<WandbManifest> {
  const uploaded = await pendings.manifest(pending.uuid);
  const bytes = uploaded && (await hub.objects.read(uploaded.sha256, MANIFEST_BYTES_MAX));
  if (!bytes) throw invalidInput('the manifest was not uploaded, so nothing was committed');
  const manifest = parseWandbManifest(bytes);
  const digest = wandbDigest(manifest.files);
  if (digest === pending.digest) return manifest;
  throw invalidInput(
    `the files of the manifest make the digest ${digest}, not ${pending.digest} as the upload said`,
  );
}

interface Searching {
  readonly context: WandbContext;
  readonly committing: Committing;
}

/** Every file of the manifest, with its bytes found; or an error that names what is missing. */
async function heldFiles(
  pending: PendingArtifact,
  { files }: WandbManifest,
  searching: Searching,
): Promise<ManifestFile[]> {
  const uploaded = await searching.committing.pendings.files(pending.uuid);
  const carried = new CarriedFiles(searching);
  const held: ManifestFile[] = [];
  const missing: string[] = [];
  for (const file of files) {
    const found = await manifestFileOf(file, { uploaded, carried });
    if (found === null) missing.push(file.path);
    else held.push(found);
  }
  if (missing.length === 0) return held;
  const named = missing.slice(0, NAMED_FILES_MAX).map((path) => JSON.stringify(path));
  throw invalidInput(
    `${missing.length} of ${files.length} files did not arrive as the manifest lists them, ` +
      `so nothing was committed: ${named.join(', ')}`,
  );
}

interface Sources {
  readonly uploaded: ReadonlyMap<string, UploadedFile>;
  readonly carried: CarriedFiles;
}

async function manifestFileOf(
  file: WandbFile,
  { uploaded, carried }: Sources,
): Promise<ManifestFile | null> {
  const { path, size, ref, digest } = file;
  if (ref !== null) return { path, size, ref, refDigest: digest };
  const own = uploaded.get(path);
  if (own?.md5 === digest && own.size === size) return { path, size, sha256: own.sha256 };
  const sha256Of = await carried.find(file);
  return sha256Of === null || size === null ? null : { path, size, sha256: sha256Of };
}

/** Files that were uploaded with an earlier version and are listed again without their bytes. */
class CarriedFiles {
  readonly #searching: Searching;
  readonly #known = new Map<string, ReadonlyMap<string, Digest>>();

  constructor(searching: Searching) {
    this.#searching = searching;
  }

  /** Only a version that the client may read and that was uploaded gives its bytes away. */
  async find({ birthArtifact, digest, size }: WandbFile): Promise<Digest | null> {
    if (birthArtifact === null) return null;
    const known = this.#known.get(birthArtifact) ?? (await this.#digestsOf(birthArtifact));
    this.#known.set(birthArtifact, known);
    return known.get(keyOf({ digest, size })) ?? null;
  }

  async #digestsOf(birthArtifact: string): Promise<ReadonlyMap<string, Digest>> {
    const { context, committing } = this.#searching;
    const version = await versionOfWireId(context, birthArtifact);
    if (!version || !isStored(version)) return new Map();
    const files = await committing.manifests.files(version);
    const digests = files.flatMap((file) =>
      file.sha256 === null ? [] : [[keyOf(file), file.sha256] as const],
    );
    return new Map(digests);
  }
}

function keyOf({ digest, size }: Pick<WandbFile, 'digest' | 'size'>): string {
  return `${digest} ${size}`;
}

interface Uploaded {
  readonly manifest: WandbManifest;
  readonly sealed: SealedManifest;
}

/**
 * Puts both forms of the manifest into the object store, and then the version on record. Its bytes
 * are stored: each file is held and came for this version or from a stored one that its writer
 * may read, and what stays elsewhere is not the hub's to hold.
 */
async function register(
  pending: PendingArtifact,
  { manifest, sealed }: Uploaded,
  context: WandbContext,
): Promise<void> {
  const { hub } = context;
  const text = Buffer.from(manifest.text, 'utf8');
  await Promise.all([
    hub.objects.put(text, { expect: sha256(text) }),
    hub.objects.put(sealed.bytes, { expect: sealed.digest }),
  ]);
  const { project, kind, name, type, metadata, aliases, actor } = pending;
  const { files } = sealed.manifest;
  const references = files.filter((file) => !isStoredFile(file)).length;
  const description = await openDescription(hub, pending);
  await submit(context, registerVersion, {
    project,
    kind,
    name,
    type,
    identity: 'manifest',
    digest: sealed.digest,
    uri: null,
    bytes: 'stored',
    sizeBytes: sealed.totalSize,
    fileCount: files.length,
    metadata,
    client: { [CLIENT_KEY]: clientPart(pending, { manifest: sha256(text), references }) },
    identifiers: [],
    doorIdentifiers: identifiersOf(pending),
    aliases,
    generatedBy: pending.run,
    personal: description === null ? [] : [{ person: actor, values: { description } }],
  });
}

function clientPart(
  { digest, historyStep, tags }: PendingArtifact,
  listed: Pick<WandbPart, 'manifest' | 'references'>,
): JsonObject {
  const part: WandbPart = { ...listed, digest, historyStep, tags };
  return part as unknown as JsonObject;
}

function identifiersOf({ uuid, digest, clientID }: PendingArtifact): string[] {
  const own = [`${ARTIFACT_SCHEME}${uuid}`, `${DIGEST_SCHEME}${digest}`];
  return clientID === null ? own : [...own, `${CLIENT_SCHEME}${clientID}`];
}
