import type { Digest } from '../../domain/digest.ts';
import { DomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { isStoredFile, type ManifestFile, parseManifest } from '../../domain/lineage/manifest.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import type { Hub } from '../hub.ts';
import { md5OfObject } from './object-md5.ts';
import { RecentlyUsed } from './recently-used.ts';
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
}

export function wandbPartOf(version: NodeRow): WandbPart | null {
  const part = (version.props.client as JsonObject | undefined)?.wandb;
  return (part as unknown as WandbPart | undefined) ?? null;
}

/** Lists the files of versions, whichever door they came by. */
export class VersionManifests {
  readonly #hub: Hub;
  readonly #kept = new RecentlyUsed<readonly VersionFile[]>(KEPT_MAX);

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** The files in the order of their paths. */
  async files(version: NodeRow): Promise<readonly VersionFile[]> {
    const kept = this.#kept.get(version.id);
    if (kept) return kept;
    const files = await this.#read(version);
    if (files.length <= KEPT_FILES_MAX) this.#kept.set(version.id, files);
    return files;
  }

  /** The manifest as the SDK reads it. */
  async text(version: NodeRow): Promise<string> {
    const part = wandbPartOf(version);
    if (part === null) return writeWandbManifest(await this.files(version));
    return (await this.#object(part.manifest)).toString('utf8');
  }

  async #read(version: NodeRow): Promise<VersionFile[]> {
    const stored = await this.#storedFiles(version);
    const part = wandbPartOf(version);
    if (part === null) return Promise.all(stored.map((file) => this.#asWandbFile(file)));
    const digests = new Map(
      stored.map((file) => [file.path, isStoredFile(file) ? file.sha256 : null]),
    );
    const { files } = parseWandbManifest(await this.#object(part.manifest));
    return files.map((file) => ({ ...file, sha256: digests.get(file.path) ?? null }));
  }

  async #storedFiles({ props }: NodeRow): Promise<readonly ManifestFile[]> {
    if (typeof props.digest !== 'string' || props.fileCount === undefined) return [];
    return parseManifest(await this.#object(props.digest as Digest)).files;
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
