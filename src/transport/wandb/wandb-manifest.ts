import { createHash } from 'node:crypto';
import { invalidInput } from '../../domain/errors.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import type { Value, ValueObject } from '../../domain/values/value.ts';
import { isValueObject, jsonTextOf } from './json-text.ts';

/** Largest manifest in wandb's form that is taken or served, in bytes: a hundred thousand files. */
export const MANIFEST_BYTES_MAX = 32 * 1024 * 1024;

const MANIFEST_KEYS: readonly string[] = ['version', 'storagePolicy', 'storagePolicyConfig'];
/** What is kept of an entry; `local_path`, for one, is a path on somebody's disk. */
const ENTRY_KEYS: readonly string[] = ['digest', 'size', 'ref', 'birthArtifactID', 'extra'];
const DIGEST_HEADER = 'wandb-artifact-manifest-v1\n';
const VERSION = 1;
const HEAD = {
  version: VERSION,
  storagePolicy: 'wandb-storage-policy-v1',
  storagePolicyConfig: { storageLayout: 'V2' },
};

/** One file of a manifest in wandb's form. */
export interface WandbFile {
  readonly path: string;
  /** Base64 MD5 of the bytes; of a reference, what the other place says of its content. */
  readonly digest: string;
  readonly size: number | null;
  /** Address of bytes that stay elsewhere; null for bytes that were uploaded. */
  readonly ref: string | null;
  /** Id of the artifact that these bytes were uploaded with. */
  readonly birthArtifact: string | null;
}

export interface WandbManifest {
  /** In the order of their paths' UTF-8 bytes. */
  readonly files: readonly WandbFile[];
  /** What is kept of each entry, by path. */
  readonly contents: ReadonlyMap<string, ValueObject>;
  /** The manifest as it is kept and served: without paths of the client's own disk. */
  readonly text: string;
}

/** One manifest of several; for a path that several list, the last of them counts. */
export function mergeWandbManifests(manifests: readonly WandbManifest[]): WandbManifest {
  const contents = new Map(manifests.flatMap((manifest) => [...manifest.contents]));
  return manifestOf(HEAD, contents);
}

/** Reads the JSON that the SDK uploads as `wandb_manifest.json`. */
export function parseWandbManifest(bytes: Uint8Array): WandbManifest {
  const manifest = parseLosslessJson(Buffer.from(bytes).toString('utf8'));
  if (!isValueObject(manifest) || !isValueObject(manifest.contents)) {
    throw invalidInput('the manifest is no JSON object with contents');
  }
  if (manifest.version !== VERSION) throw invalidInput('the manifest is not of version 1');
  const entries = Object.entries(manifest.contents).map(
    ([path, entry]) => [path, cleanEntry(path, entry)] as const,
  );
  return manifestOf(only(manifest, MANIFEST_KEYS), new Map(entries));
}

function manifestOf(head: ValueObject, contents: ReadonlyMap<string, ValueObject>): WandbManifest {
  const files = [...contents].map(([path, entry]) => fileOf(path, entry)).sort(byPathBytes);
  const text = jsonTextOf({ ...head, contents: Object.fromEntries(contents) });
  return { files, contents, text };
}

/** The SDK's own digest of an artifact: hex MD5 over the names and digests of its files. */
export function wandbDigest(files: readonly Pick<WandbFile, 'path' | 'digest'>[]): string {
  const hash = createHash('md5').update(DIGEST_HEADER);
  for (const { path, digest } of [...files].sort(byPathBytes)) hash.update(`${path}:${digest}\n`);
  return hash.digest('hex');
}

/** A manifest in wandb's form for a version that another client registered. */
export function writeWandbManifest(files: readonly WandbFile[]): string {
  const contents = files.map(({ path, digest, size, ref }) => [
    path,
    { digest, size: size ?? 0, ...(ref === null ? {} : { ref }) },
  ]);
  return jsonTextOf({ ...HEAD, contents: Object.fromEntries(contents) });
}

function cleanEntry(path: string, entry: Value): ValueObject {
  if (!isValueObject(entry)) {
    throw invalidInput(`the entry of ${JSON.stringify(path)} is no object`);
  }
  return only(entry, ENTRY_KEYS);
}

function only(object: ValueObject, keys: readonly string[]): ValueObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

function fileOf(path: string, entry: ValueObject): WandbFile {
  const { digest, size, ref, birthArtifactID } = entry;
  if (typeof digest !== 'string' || digest === '') {
    throw invalidInput(`the entry of ${JSON.stringify(path)} has no digest`);
  }
  return {
    path,
    digest,
    size: typeof size === 'number' ? size : null,
    ref: typeof ref === 'string' ? ref : null,
    birthArtifact: typeof birthArtifactID === 'string' ? birthArtifactID : null,
  };
}

/** The order of code points, which Python sorts by, is the order of UTF-8 bytes. */
function byPathBytes(a: { readonly path: string }, b: { readonly path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}
