import { type Digest, isDigest, sha256 } from '../digest.ts';
import { DomainError, invalidInput } from '../errors.ts';
import { canonicalJson } from '../values/canonical-json.ts';
import { checkText } from '../values/text.ts';
import type { JsonObject } from '../values/value.ts';

/** Most files that one version may list. */
export const MANIFEST_FILES_MAX = 1_000_000;
/** Largest manifest, in bytes: more cannot be read back at once without holding others up. */
export const MANIFEST_BYTES_MAX = 32 * 1024 * 1024;
/** Longest path of a file, in UTF-8 bytes. */
export const FILE_PATH_BYTES_MAX = 4_096;

/** One file has one path: no way up, no second spelling by "." or by empty parts. */
const NOT_A_PART: readonly string[] = ['', '.', '..'];

/** A file whose bytes are known by their digest. */
export interface StoredFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: Digest;
}

/** A file that stays elsewhere, known by its address and what that place says of its content. */
export interface ReferencedFile {
  readonly path: string;
  readonly size: number | null;
  readonly ref: string;
  readonly refDigest: string;
}

export type ManifestFile = StoredFile | ReferencedFile;

/** The list of a version's files, in the order of their paths' UTF-8 bytes. */
export interface Manifest {
  readonly v: 1;
  readonly files: readonly ManifestFile[];
}

export interface SealedManifest {
  readonly manifest: Manifest;
  /** Canonical JSON of the manifest; its SHA-256 is the version's identity. */
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly totalSize: number;
}

export function isStoredFile(file: ManifestFile): file is StoredFile {
  return 'sha256' in file;
}

/** Checks and orders the files and computes the identity of the version that they make. */
export function sealManifest(files: readonly ManifestFile[]): SealedManifest {
  if (files.length > MANIFEST_FILES_MAX) {
    throw invalidInput(`a version lists at most ${MANIFEST_FILES_MAX} files`);
  }
  const ordered = inOrderOfPathBytes(files.map(checkFile));
  for (let at = 1; at < ordered.length; at += 1) {
    if (ordered[at]?.path === ordered[at - 1]?.path) {
      throw invalidInput(`two files have the path ${JSON.stringify(ordered[at]?.path)}`);
    }
  }
  const manifest: Manifest = { v: 1, files: ordered };
  const bytes = Buffer.from(canonicalJson(manifest as unknown as JsonObject), 'utf8');
  if (bytes.length > MANIFEST_BYTES_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `the list of files has ${bytes.length} bytes, at most ${MANIFEST_BYTES_MAX} fit`,
    );
  }
  const totalSize = ordered.reduce((sum, file) => sum + (file.size ?? 0), 0);
  if (!Number.isSafeInteger(totalSize)) {
    throw invalidInput('the sizes of the files add up to more than 2^53 bytes');
  }
  return { manifest, bytes, digest: sha256(bytes), totalSize };
}

export function parseManifest(bytes: Uint8Array): Manifest {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Manifest;
}

function checkFile(file: ManifestFile): ManifestFile {
  checkPath(file.path);
  const sizeMayLack = !isStoredFile(file) && file.size === null;
  if (!sizeMayLack && !(Number.isSafeInteger(file.size) && Number(file.size) >= 0)) {
    throw invalidInput(`the size of ${JSON.stringify(file.path)} is no byte count`);
  }
  if (isStoredFile(file)) {
    if (!isDigest(file.sha256)) {
      throw invalidInput(`the digest of ${JSON.stringify(file.path)} is not sha256:<64 hex>`);
    }
    return { path: file.path, size: file.size, sha256: file.sha256 };
  }
  const { path, size, ref, refDigest } = file;
  checkText(ref, 'a reference');
  checkText(refDigest, "a reference's digest");
  return { path, size, ref, refDigest };
}

function checkPath(path: string): void {
  checkText(path, 'a path');
  const bytes = Buffer.byteLength(path);
  if (bytes === 0 || bytes > FILE_PATH_BYTES_MAX) {
    throw invalidInput(`a path has 1 to ${FILE_PATH_BYTES_MAX} bytes, not ${bytes}`);
  }
  if (path.split('/').some((part) => NOT_A_PART.includes(part))) {
    throw invalidInput(`not a relative path within the version: ${JSON.stringify(path)}`);
  }
}

function inOrderOfPathBytes(files: readonly ManifestFile[]): ManifestFile[] {
  return files
    .map((file) => ({ file, bytes: Buffer.from(file.path) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ file }) => file);
}
