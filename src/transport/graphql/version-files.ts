import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { ManifestFile } from '../../domain/lineage/manifest.ts';
import type { GraphContext } from './graph-context.ts';

/** The files of a version that the reader may read, as far as one request may read manifests. */
export async function versionFiles(
  version: NodeRow,
  { kept, work }: GraphContext,
): Promise<readonly ManifestFile[]> {
  work.takeManifest(version);
  return kept.manifests.filesOf(version);
}
