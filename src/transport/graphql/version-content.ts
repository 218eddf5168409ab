import type { RegisterVersionInput as Input } from '../../commands/register-version.ts';
import { invalidInput } from '../../domain/errors.ts';
import {
  isStoredFile,
  type ManifestFile,
  type SealedManifest,
  sealManifest,
} from '../../domain/lineage/manifest.ts';
import type { GraphContext } from './graph-context.ts';
import type { FileInput } from './inputs/file-input.ts';
import type { RegisterVersionInput } from './inputs/register-version-input.ts';

export interface VersionContent {
  readonly stated: Pick<Input, 'identity' | 'digest' | 'bytes' | 'sizeBytes' | 'fileCount'>;
  /** The manifest that must be durable before a fact names it; null when there is none. */
  readonly manifest: SealedManifest | null;
}

/** What a version consists of. Nothing is kept of it yet. */
export async function contentOf(
  input: RegisterVersionInput,
  context: GraphContext,
): Promise<VersionContent> {
  const { files, digest, sizeBytes } = input;
  if (files == null) {
    return {
      manifest: null,
      stated: {
        identity: 'content',
        digest: digest ?? null,
        bytes: 'declared',
        sizeBytes: checkedSize(sizeBytes),
        fileCount: null,
      },
    };
  }
  const sealed = sealManifest(files.map(manifestFile));
  if (digest != null && digest !== sealed.digest) {
    throw invalidInput(`the files make the manifest ${sealed.digest}, not ${digest}`);
  }
  return {
    manifest: sealed,
    stated: {
      identity: 'manifest',
      digest: sealed.digest,
      bytes: await whereBytesAre(sealed, context),
      sizeBytes: sealed.totalSize,
      fileCount: sealed.manifest.files.length,
    },
  };
}

function manifestFile({ path, sizeBytes, digest, ref, refDigest }: FileInput): ManifestFile {
  if ((digest == null) === (ref == null)) {
    throw invalidInput(`${JSON.stringify(path)} needs either a digest or a ref`);
  }
  if (ref != null) return { path, size: sizeBytes ?? null, ref, refDigest: refDigest ?? '' };
  if (sizeBytes == null) throw invalidInput(`${JSON.stringify(path)} needs its size in bytes`);
  return { path, size: sizeBytes, sha256: digest as `sha256:${string}` };
}

/**
 * Stored, when the hub holds all the bytes that are not referenced elsewhere. That is told only
 * to who reads everything anyway: to anybody else it would tell which bytes others have, and a
 * digest would buy them.
 */
async function whereBytesAre(
  { manifest }: SealedManifest,
  { hub, reader }: GraphContext,
): Promise<Input['bytes']> {
  if (!reader.scope.all) return 'declared';
  for (const file of manifest.files) {
    if (!isStoredFile(file)) continue;
    if ((await hub.objects.size(file.sha256)) !== file.size) return 'declared';
  }
  return 'stored';
}

function checkedSize(sizeBytes: number | null | undefined): number | null {
  if (sizeBytes == null) return null;
  if (Number.isSafeInteger(sizeBytes) && sizeBytes >= 0) return sizeBytes;
  throw invalidInput(`sizeBytes is a whole number of bytes, not ${sizeBytes}`);
}
