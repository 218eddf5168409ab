import type { Digest } from '../../domain/digest.ts';
import { DomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { isStoredFile, type ManifestFile, parseManifest } from '../../domain/lineage/manifest.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import type { Hub } from '../hub.ts';
import { md5OfObject } from './object-md5.ts';
import { RecentlyUsed } from './recently-used.ts';
import { requireThere } from './wandb-context.ts';
import {
  MANIFEST_BYTES_MAX,
  parseWandbManifest,
  type WandbFile,
  writeWandbManifest,
} from './wandb-manifest.ts';

/** Manifests that are kept ready: the SDK lists the files of one version page by page. */
const KEPT_MAX = 8;
/** Manifests of more files are read anew each time, so that a few cannot fill the memory. */
const KEPT_FILES_MAX = 100_000;

/** A file of a version as this door serves it. */
export interface VersionFile extends WandbFile {
  /** Digest of the bytes that the hub holds; null for a reference. */
  readonly sha256: Digest | null;
}

/** What a version keeps for this door. */
export interface WandbPart {
  /** The object that holds the manifest in wandb's form. */
  readonly manifest: Digest;
  readonly digest: string;
  readonly historyStep: number | null;
  readonly tags: readonly string[];
  /** How many of its files stay elsewhere. */
  readonly references: number;
}

export function wandbPartOf(version: NodeRow): WandbPart | null {
  const part = (version.props.client as JsonObject | undefined)?.wandb;
  return (part as unknown as WandbPart | undefined) ?? null;
}

/** Whether every byte of the version that is not referenced elsewhere was given to the hub. */
export function isStored({ props }: NodeRow): boolean {
  return props.bytes === 'stored';
}

/**
 * Lists the files of versions, whichever door they came by. A digest is no right to the bytes it
 * names: a version that only declares digests is not served, whether the hub happens to hold
 * bytes that fit or not, and both look the same.
 */
export class VersionManifests {
  readonly #hub: Hub;
  readonly #kept = new RecentlyUsed<readonly VersionFile[]>(KEPT_MAX);

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** The files in the order of their paths. NOT_FOUND for what is only declared. */
  async files(version: NodeRow): Promise<readonly VersionFile[]> {
    requireThere(version);
    const kept = this.#kept.get(version.id);
    if (kept) return kept;
    const files = await this.#read(version);
    if (files.length <= KEPT_FILES_MAX) this.#kept.set(version.id, files);
    return files;
  }

  /** Fails with NOT_FOUND when the version's files cannot be had from the hub. */
  async requireServed(version: NodeRow): Promise<void> {
    requireThere(version);
    if (!isStored(version)) await this.#servedFiles(version);
  }

  /** The manifest as the SDK reads it. NOT_FOUND for what is only declared. */
  async text(version: NodeRow): Promise<string> {
    await this.requireServed(version);
    const part = wandbPartOf(version);
    if (part === null) return writeWandbManifest(await this.files(version));
    return (await this.#object(part.manifest)).toString('utf8');
  }

  async #read(version: NodeRow): Promise<VersionFile[]> {
    const stored = await this.#servedFiles(version);
    const part = wandbPartOf(version);
    if (part === null) return Promise.all(stored.map((file) => this.#asWandbFile(file)));
    const digests = new Map(
      stored.map((file) => [file.path, isStoredFile(file) ? file.sha256 : null]),
    );
    const { files } = parseWandbManifest(await this.#object(part.manifest));
    return files.map((file) => ({ ...file, sha256: digests.get(file.path) ?? null }));
  }

  /** The hub's own list of the files: they are held for this version, or stay elsewhere. */
  async #servedFiles(version: NodeRow): Promise<readonly ManifestFile[]> {
    const { digest, identity } = version.props;
    if (identity !== 'manifest') throw notHeld(version);
    const { files } = parseManifest(await this.#object(digest as Digest));
    if (!isStored(version) && files.some(isStoredFile)) throw notHeld(version);
    return files;
  }

  async #asWandbFile(file: ManifestFile): Promise<VersionFile> {
    const { path, size } = file;
    if (!isStoredFile(file)) {
      const { ref, refDigest: digest } = file;
      return { path, size, ref, digest, birthArtifact: null, sha256: null };
    }
    const digest = await md5OfObject(this.#hub, file.sha256);
    return { path, size, ref: null, digest, birthArtifact: null, sha256: file.sha256 };
  }

  async #object(digest: Digest): Promise<Buffer> {
    const bytes = await this.#hub.objects.read(digest, MANIFEST_BYTES_MAX);
    if (bytes) return bytes;
    throw new DomainError('INTERNAL', `the manifest ${digest} is not in the object store`);
  }
}

function notHeld({ name }: NodeRow): DomainError {
  return new DomainError(
    'NOT_FOUND',
    `the files of ${name} cannot be had from the hub: whoever registered it stated what it ` +
      'consists of and uploaded nothing',
  );
}
