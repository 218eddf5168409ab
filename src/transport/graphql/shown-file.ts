import { isStoredFile, type ManifestFile } from '../../domain/lineage/manifest.ts';

/** A file of a manifest as readers see it. */
export function showFile(file: ManifestFile) {
  const { path, size: sizeBytes } = file;
  if (isStoredFile(file)) {
    return { path, sizeBytes, digest: file.sha256, ref: null, refDigest: null };
  }
  return { path, sizeBytes, digest: null, ref: file.ref, refDigest: file.refDigest };
}
