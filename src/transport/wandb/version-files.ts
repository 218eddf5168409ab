import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { DOWNLOAD_MANIFEST, DOWNLOAD_OBJECT, signedAddress } from './addresses.ts';
import { connection, type PageArguments, pageOf } from './connections.ts';
import type { VersionFile, VersionManifests } from './version-manifest.ts';
import type { Shape, WandbContext } from './wandb-context.ts';
import { wireId } from './wire-ids.ts';
import { wireTime } from './wire-time.ts';

export interface VersionFileArguments extends PageArguments {
  readonly names?: readonly string[] | null | undefined;
}

interface VersionFileSource {
  readonly context: WandbContext;
  readonly manifests: VersionManifests;
}

/** The files of a version, each with an address to fetch it from: ours, or where it stays. */
export async function versionFileConnection(
  version: NodeRow,
  args: VersionFileArguments,
  { context, manifests }: VersionFileSource,
) {
  const names = args.names?.length ? new Set(args.names) : null;
  const files = (await manifests.files(version)).filter(
    ({ path }) => names === null || names.has(path),
  );
  return {
    ...connection(
      pageOf(files, args, ({ path }) => path),
      (file) => fileShape(version, file, context),
    ),
    totalCount: files.length,
  };
}

/** The manifest as a file: its address leads to the JSON in wandb's form. */
export async function manifestShape(
  version: NodeRow,
  { context, manifests }: VersionFileSource,
): Promise<Shape> {
  await manifests.requireServed(version);
  const id = wireId('ArtifactManifest', version.id);
  const name = 'wandb_manifest.json';
  const directUrl = signedAddress(context.hub, DOWNLOAD_MANIFEST, { version: version.id });
  const file = { __typename: 'File', id, name, displayName: name, directUrl, sizeBytes: 0 };
  return { __typename: 'ArtifactManifest', id, file };
}

/** An address for a file is handed out when it is asked for, and that is noted. */
function fileShape(version: NodeRow, file: VersionFile, { hub, notes }: WandbContext): Shape {
  const { path, digest: md5, size, sha256, ref } = file;
  const directUrl = () => {
    notes.handedOut(version);
    const claims = { digest: sha256 ?? '', name: path, of: version.id };
    return ref ?? signedAddress(hub, DOWNLOAD_OBJECT, claims);
  };
  return {
    __typename: 'File',
    id: wireId('File', `${version.id}:${md5}`),
    name: path,
    displayName: path,
    url: directUrl,
    directUrl,
    sizeBytes: size ?? 0,
    storagePath: null,
    mimetype: 'application/octet-stream',
    updatedAt: wireTime(version.recordedAt),
    digest: md5,
    md5,
  };
}
