import type { Digest } from '../../domain/digest.ts';
import { DomainError, invalidInput, isDomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import { deletedAtOf } from '../../domain/lineage/tombstone.ts';
import type { Hub } from '../hub.ts';
import type {
  Patch,
  PendingArtifact,
  PendingArtifacts,
  UploadedFile,
} from './pending-artifacts.ts';
import { uploaderOf } from './uploader.ts';
import { existingVersion } from './version-lookup.ts';
import type { VersionManifests } from './version-manifest.ts';
import type { WandbContext } from './wandb-context.ts';
import {
  MANIFEST_BYTES_MAX,
  mergeWandbManifests,
  parseWandbManifest,
  type WandbFile,
  type WandbManifest,
  wandbDigest,
} from './wandb-manifest.ts';

/** Paths that an error names; the rest are counted. */
const NAMED_PATHS_MAX = 5;

/** What a version is to consist of, as its clients list it. */
export interface ArtifactContent {
  readonly manifest: WandbManifest;
  /** The runs that made it, each once; of several, those that were not deleted. */
  readonly runs: readonly NodeId[];
  /** Digests of files that stay as they are in the version that this one adds to, by path. */
  readonly base: ReadonlyMap<string, Digest>;
  /** Who listed a file: what that one may read may be carried over. Null: the key has ended. */
  readonly listedBy: (path: string) => Promise<WandbContext | null>;
}

export interface ContentSource {
  readonly context: WandbContext;
  readonly pendings: PendingArtifacts;
  readonly manifests: VersionManifests;
}

/** Puts the content together from the manifests that were uploaded. */
export async function contentOf(
  pending: PendingArtifact,
  source: ContentSource,
): Promise<ArtifactContent> {
  if (pending.distributedID !== null) return mergedPatches(pending, source);
  const manifest = await uploadedManifest(pending, source);
  const runs = pending.run === null ? [] : [pending.run];
  const own = { manifest, runs, base: new Map(), listedBy: async () => source.context };
  const increment = await source.pendings.increment(pending.uuid);
  return increment === null || increment.base === null ? own : addedTo(increment.base, own, source);
}

/** The manifest as it was uploaded; it must make the digest that the upload began with. */
async function uploadedManifest(
  pending: PendingArtifact,
  { context: { hub }, pendings }: ContentSource,
): Promise<WandbManifest> {
  const manifest = await readManifest(await pendings.manifest(pending.uuid), hub);
  const digest = wandbDigest(manifest.files);
  if (digest === pending.digest) return manifest;
  throw invalidInput(
    `the files of the manifest make the digest ${digest}, not ${pending.digest} as the upload said`,
  );
}

async function readManifest(
  uploaded: UploadedFile | null,
  { objects }: Pick<Hub, 'objects'>,
): Promise<WandbManifest> {
  const bytes = uploaded && (await objects.read(uploaded.sha256, MANIFEST_BYTES_MAX));
  if (!bytes) throw invalidInput('the manifest was not uploaded, so nothing was committed');
  return parseWandbManifest(bytes);
}

/** An increment lists what is new: everything else stays as it is in the version before. */
async function addedTo(
  baseId: string,
  own: ArtifactContent,
  { context, manifests }: ContentSource,
): Promise<ArtifactContent> {
  const version = await existingVersion(context, baseId);
  const before = parseWandbManifest(Buffer.from(await manifests.text(version), 'utf8'));
  const manifest = mergeWandbManifests([before, own.manifest]);
  return { ...own, manifest: checkSize(manifest), base: await basePaths(version, own, manifests) };
}

async function basePaths(
  version: NodeRow,
  { manifest }: ArtifactContent,
  manifests: VersionManifests,
): Promise<Map<string, Digest>> {
  const kept = (await manifests.files(version)).filter(({ path }) => !manifest.contents.has(path));
  return new Map(kept.flatMap(({ path, sha256 }) => (sha256 ? [[path, sha256] as const] : [])));
}

/**
 * The parts of several processes together. Of one run the later part counts; between runs there
 * is no order that means anything, so a path that two of them list has to have equal content.
 */
async function mergedPatches(
  { uuid }: PendingArtifact,
  { context, pendings }: ContentSource,
): Promise<ArtifactContent> {
  const patches = (await pendings.patches(uuid)).filter(({ file }) => file !== null);
  if (patches.length === 0) {
    throw invalidInput('no part of the distributed artifact was uploaded: nothing was committed');
  }
  checkTotal(patches);
  const writers = await partsByWriter(patches, context);
  const listed = new Map<string, Listed>();
  const clashes = new Set<string>();
  for (const { manifest, patchOf } of writers) {
    for (const file of manifest.files) {
      const other = listed.get(file.path);
      if (other && !isSame(other.file, file)) clashes.add(file.path);
      listed.set(file.path, { file, patch: patchOf.get(file.path) as Patch });
    }
  }
  refuseClashes(clashes);
  const senders = new Senders(context);
  const runs = new Set(patches.flatMap(({ run }) => run ?? []));
  const makers = await context.hub.store.get([...runs]);
  return {
    manifest: checkSize(mergeWandbManifests(writers.map(({ manifest }) => manifest))),
    runs: makers.flatMap((run) => (run && deletedAtOf(run) === undefined ? run.id : [])),
    base: new Map(),
    listedBy: async (path) => {
      const patch = listed.get(path)?.patch;
      return patch ? senders.contextOf(patch) : null;
    },
  };
}

interface WriterPart {
  readonly manifest: WandbManifest;
  /** The part that a path was listed in last. */
  readonly patchOf: ReadonlyMap<string, Patch>;
}

/** What each run listed, in the end; a part of no run stands for itself. */
async function partsByWriter(
  patches: readonly Patch[],
  { hub }: WandbContext,
): Promise<WriterPart[]> {
  const writers = new Map<string, { manifest: WandbManifest; patchOf: Map<string, Patch> }>();
  for (const patch of patches) {
    const part = await readManifest(patch.file, hub);
    const writer = patch.run ?? patch.uuid;
    const before = writers.get(writer);
    const patchOf = before?.patchOf ?? new Map<string, Patch>();
    for (const path of part.contents.keys()) patchOf.set(path, patch);
    const manifest = before ? mergeWandbManifests([before.manifest, part]) : part;
    writers.set(writer, { manifest, patchOf });
  }
  return [...writers.values()];
}

interface Listed {
  readonly file: WandbFile;
  readonly patch: Patch;
}

function isSame(a: WandbFile, b: WandbFile): boolean {
  return a.digest === b.digest && a.size === b.size && a.ref === b.ref;
}

function refuseClashes(clashes: ReadonlySet<string>): void {
  if (clashes.size === 0) return;
  const named = [...clashes].slice(0, NAMED_PATHS_MAX).map((path) => JSON.stringify(path));
  throw invalidInput(
    `several runs added different content under one path (${clashes.size} in all), ` +
      `so nothing was committed: ${named.join(', ')}`,
  );
}

type Sender = Pick<Patch, 'actor' | 'key'>;

/**
 * Those who sent the parts, with their rights as they are now. They are asked for only where a part
 * carries a file over: what was uploaded is there whatever became of the key that sent it.
 */
class Senders {
  readonly #context: WandbContext;
  readonly #known = new Map<string, Promise<WandbContext | null>>();

  constructor(context: WandbContext) {
    this.#context = context;
  }

  /** Null for one whose key has ended. */
  contextOf({ actor, key }: Sender): Promise<WandbContext | null> {
    const { ref, via } = this.#context.reader.actor;
    if (actor === ref && key === via) return Promise.resolve(this.#context);
    const name = `${actor} ${key}`;
    const known = this.#known.get(name) ?? contextOfSender({ actor, key }, this.#context);
    this.#known.set(name, known);
    return known;
  }
}

const KEY_ENDED: readonly string[] = ['FORBIDDEN', 'KEY_REVOKED', 'KEY_EXPIRED'];

async function contextOfSender(
  sender: Sender,
  context: WandbContext,
): Promise<WandbContext | null> {
  const claims = { ...sender, purpose: '', expiresMs: 0 };
  try {
    const { reader } = await uploaderOf(claims, context.hub);
    return { ...context, reader };
  } catch (error) {
    if (isDomainError(error) && KEY_ENDED.includes(error.code)) return null;
    throw error;
  }
}

function checkTotal(patches: readonly Patch[]): void {
  const bytes = patches.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
  if (bytes > MANIFEST_BYTES_MAX) throw tooLarge();
}

function checkSize(manifest: WandbManifest): WandbManifest {
  if (Buffer.byteLength(manifest.text) > MANIFEST_BYTES_MAX) throw tooLarge();
  return manifest;
}

function tooLarge(): DomainError {
  return new DomainError(
    'LIMIT_EXCEEDED',
    `the manifest of the whole version would have more than ${MANIFEST_BYTES_MAX} bytes`,
  );
}
