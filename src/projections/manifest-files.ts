import { isDigest } from '../domain/digest.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import {
  MANIFEST_BYTES_MAX,
  type ManifestFile,
  parseManifest,
} from '../domain/lineage/manifest.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/**
 * The files of a version, in the order of their paths. A version that was registered by a
 * digest or an address alone lists none: its digest is no manifest's.
 */
export async function filesOfVersion(
  version: Pick<NodeRow, 'name' | 'props'>,
  objects: ObjectStore,
): Promise<readonly ManifestFile[]> {
  const { digest, fileCount } = version.props;
  if (typeof digest !== 'string' || !isDigest(digest) || fileCount === undefined) return [];
  const bytes = await objects.read(digest, MANIFEST_BYTES_MAX);
  if (bytes === null) {
    throw new DomainError('INTERNAL', `the manifest ${digest} of ${version.name} is missing`);
  }
  return parseManifest(bytes).files;
}
