import { sha256 } from '../../domain/digest.ts';

/** Files of a version as the hub is told of them: paths, sizes and digests of small texts. */
export function manifestOf(files: Readonly<Record<string, string>>) {
  return Object.entries(files).map(([path, text]) => ({
    path,
    sizeBytes: Buffer.byteLength(text),
    digest: sha256(text),
  }));
}
