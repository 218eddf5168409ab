import { recordLineage } from '../../commands/record-lineage.ts';
import { registerVersion } from '../../commands/register-version.ts';
import { type Digest, sha256 } from '../../domain/digest.ts';
import { DomainError, invalidInput, isDomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import {
  isStoredFile,
  type ManifestFile,
  type SealedManifest,
  sealManifest,
} from '../../domain/lineage/manifest.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { type ArtifactContent, contentOf } from './artifact-content.ts';
import { pendingOfWireId } from './artifact-uploads.ts';
import { sharingKey } from './distributed-artifacts.ts';
import { stagedName } from './multipart-uploads.ts';
import {
  keyOfFile,
  type PendingArtifact,
  type PendingArtifacts,
  type UploadedFile,
} from './pending-artifacts.ts';
import { openDescription } from './pending-description.ts';
import { CLIENT_KEY } from './run-config.ts';
import type { Turns } from './turns.ts';
import {
  ARTIFACT_SCHEME,
  CLIENT_SCHEME,
  DIGEST_SCHEME,
  versionOfUpload,
  versionOfWireId,
} from './version-lookup.ts';
import { isStored, type VersionManifests, type WandbPart } from './version-manifest.ts';
import { type Shape, submit, type WandbContext } from './wandb-context.ts';
import { type WandbFile, wandbDigest } from './wandb-manifest.ts';
import { textOfWireId } from './wire-ids.ts';

/** Missing files that an error names; the rest are counted. */
const NAMED_FILES_MAX = 5;

interface Committing {
  readonly pendings: PendingArtifacts;
  readonly manifests: VersionManifests;
  /** In which the uploads that processes share are joined and committed. */
  readonly sharing: Turns;
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
  const begun = await pendings.find(textOfWireId('Artifact', id) ?? '');
  const commit = () => commitOnce(id, context, committing);
  // Processes that share an upload must neither join it nor commit it in the middle of a commit.
  const version =
    begun && begun.distributedID !== null
      ? await committing.sharing.take(sharingKey(begun, context), commit)
      : await commit();
  return context.shapes.version(version, context);
}

async function commitOnce(
  id: string,
  context: WandbContext,
  committing: Committing,
): Promise<NodeRow> {
  const { pendings, manifests } = committing;
  const committed = await committedVersion(id, context, pendings);
  if (committed) return committed;
  const pending = await pendingOfWireId(id, context, { pendings, operation: 'commitArtifact' });
  const content = await contentOf(pending, { context, pendings, manifests });
  const files = await heldFiles(pending, content, committing);
  await register(pending, { content, sealed: sealManifest(files) }, context);
  const version = await versionOfUpload(context, pending);
  if (!version) throw new DomainError('INTERNAL', 'the version that was committed is not there');
  await endUpload(pending, { version, runs: content.runs }, { context, pendings });
  return version;
}

interface Outcome {
  readonly version: NodeRow;
  readonly runs: readonly NodeId[];
}

/** What follows the registration; done again where a hub was killed in the middle of it. */
async function endUpload(
  { uuid }: PendingArtifact,
  { version, runs }: Outcome,
  { context, pendings }: Pick<Committing, 'pendings'> & Pick<Searching, 'context'>,
): Promise<void> {
  // The first run went on record with the version.
  for (const run of runs.slice(1)) await recordMaker(run, version, context);
  for (const upload of await pendings.uploadsInParts(uuid)) {
    await context.hub.objects.discard(stagedName(uuid, upload));
  }
  await pendings.end(uuid);
}

/** A run that was deleted meanwhile is left out: the others made the version all the same. */
async function recordMaker(run: NodeId, { id }: NodeRow, context: WandbContext): Promise<void> {
  try {
    await submit(context, recordLineage, { run, inputs: [], outputs: [id] });
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'NOT_FOUND') throw error;
  }
}

/** The version that this upload became already; an upload that goes on has become none. */
async function committedVersion(
  id: string,
  context: WandbContext,
  pendings: PendingArtifacts,
): Promise<NodeRow | null> {
  const pending = await pendings.find(textOfWireId('Artifact', id) ?? '');
  if (!pending) return versionOfWireId(context, id);
  const version = await versionOfUpload(context, pending);
  if (!version) return null;
  const patches = await pendings.patches(pending.uuid);
  const runs = new Set(patches.flatMap(({ run, file }) => (file && run ? [run] : [])));
  await endUpload(pending, { version, runs: [...runs] }, { context, pendings });
  return version;
}

interface Searching {
  readonly context: WandbContext;
  readonly committing: Committing;
}

/** Every file of the manifest, with its bytes found; or an error that names what is missing. */
async function heldFiles(
  pending: PendingArtifact,
  content: ArtifactContent,
  committing: Committing,
): Promise<ManifestFile[]> {
  const uploaded = await committing.pendings.files(pending.uuid);
  const carriers = new Map<WandbContext, CarriedFiles>();
  const carried = async (file: WandbFile) => {
    const by = await content.listedBy(file.path);
    if (by === null) return null;
    const files = carriers.get(by) ?? new CarriedFiles({ context: by, committing });
    carriers.set(by, files);
    return files.find(file);
  };
  const held: ManifestFile[] = [];
  const missing: string[] = [];
  const { files } = content.manifest;
  for (const file of files) {
    const found = await manifestFileOf(file, { uploaded, base: content.base, carried });
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
  readonly base: ReadonlyMap<string, Digest>;
  /** The digest of a file that an earlier version brought; null when its bytes are nowhere. */
  readonly carried: (file: WandbFile) => Promise<Digest | null>;
}

async function manifestFileOf(
  file: WandbFile,
  { uploaded, base, carried }: Sources,
): Promise<ManifestFile | null> {
  const { path, size, ref, digest } = file;
  if (ref !== null) return { path, size, ref, refDigest: digest };
  const own = uploaded.get(keyOfFile({ path, md5: digest }));
  if (own?.md5 === digest && own.size === size) return { path, size, sha256: own.sha256 };
  const sha256Of = base.get(path) ?? (await carried(file));
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
  readonly content: ArtifactContent;
  readonly sealed: SealedManifest;
}

/**
 * Puts both forms of the manifest into the object store, and then the version on record. Its bytes
 * are stored: each file is held and came for this version or from a stored one that its writer
 * may read, and what stays elsewhere is not the hub's to hold.
 */
async function register(
  pending: PendingArtifact,
  { content: { manifest, runs }, sealed }: Uploaded,
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
  const digest = wandbDigest(manifest.files);
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
    client: { [CLIENT_KEY]: clientPart(pending, { digest, manifest: sha256(text), references }) },
    identifiers: [],
    doorIdentifiers: identifiersOf(pending, digest),
    aliases,
    generatedBy: runs[0] ?? null,
    personal: description === null ? [] : [{ person: actor, values: { description } }],
  });
}

function clientPart(
  { historyStep, tags }: PendingArtifact,
  listed: Pick<WandbPart, 'digest' | 'manifest' | 'references'>,
): JsonObject {
  const part: WandbPart = { ...listed, historyStep, tags };
  return part as unknown as JsonObject;
}

function identifiersOf({ uuid, clientID }: PendingArtifact, digest: string): string[] {
  const own = [`${ARTIFACT_SCHEME}${uuid}`, `${DIGEST_SCHEME}${digest}`];
  return clientID === null ? own : [...own, `${CLIENT_SCHEME}${clientID}`];
}
