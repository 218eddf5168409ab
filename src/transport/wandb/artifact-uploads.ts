import type { Readable } from 'node:stream';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { FILE_PATH_BYTES_MAX } from '../../domain/lineage/manifest.ts';
import { checkText } from '../../domain/values/text.ts';
import { UPLOAD_ARTIFACT_FILE } from './addresses.ts';
import { beginParts, type PartInput } from './multipart-uploads.ts';
import type { PendingArtifact, PendingArtifacts, UploadedFile } from './pending-artifacts.ts';
import { requireWrite } from './require-write.ts';
import { type Uploader, uploadAddress } from './uploader.ts';
import { visibleNode, type WandbContext } from './wandb-context.ts';
import { textOfWireId, wireId } from './wire-ids.ts';

/** Most files that one request asks addresses for. The SDK asks for up to 2,000. */
export const ARTIFACT_FILES_AT_ONCE_MAX = 10_000;
/** Largest file of a version that comes as one upload, in bytes. */
export const ARTIFACT_FILE_BYTES_MAX = 1024 ** 4;
export const UPLOAD_HEADERS = ['Content-Type:application/octet-stream'];

interface FilesArguments {
  readonly artifactFiles: ReadonlyArray<{
    readonly artifactID: string;
    readonly name: string;
    readonly md5: string;
    readonly uploadPartsInput?: readonly PartInput[] | null;
  }>;
}

/** Root fields that hand out addresses for the bytes of a pending version. */
export function artifactUploadFields(pendings: PendingArtifacts) {
  return {
    createArtifactFiles: async (
      { input }: { readonly input: FilesArguments },
      context: WandbContext,
    ) => {
      const { artifactFiles } = input;
      if (artifactFiles.length > ARTIFACT_FILES_AT_ONCE_MAX) {
        throw new DomainError(
          'LIMIT_EXCEEDED',
          `at most ${ARTIFACT_FILES_AT_ONCE_MAX} files at once`,
        );
      }
      const ids = new Set(artifactFiles.map(({ artifactID }) => artifactID));
      const asked = { pendings, operation: 'createArtifactFiles' };
      for (const id of ids) await pendingOfWireId(id, context, asked);
      const inParts = await beginParts(artifactFiles, context, pendings);
      const edges = artifactFiles.map((file) => ({
        node: { ...uploadShape(file, context), uploadMultipartUrls: inParts.get(file) ?? null },
      }));
      return { files: { edges } };
    },
  };
}

interface AskedOfUpload {
  readonly pendings: PendingArtifacts;
  /** What is to be done with the upload, as the record names it. */
  readonly operation: string;
}

/** The upload behind a wire id, for those who may write to its project. */
export async function pendingOfWireId(
  id: string,
  context: WandbContext,
  { pendings, operation }: AskedOfUpload,
): Promise<PendingArtifact> {
  const uuid = textOfWireId('Artifact', id);
  const pending = uuid === undefined ? null : await pendings.find(uuid);
  const project = pending && (await visibleNode(context, pending.project));
  if (!pending || !project) {
    throw new DomainError('NOT_FOUND', `there is no upload under way with the id ${id}`);
  }
  await requireWrite(context, { operation, what: 'an upload', project });
  return pending;
}

/** Where uploads go: the bytes into the object store, what they are for beside it. */
export interface UploadTarget {
  readonly uploader: Uploader;
  readonly pendings: PendingArtifacts;
}

/** Keeps the bytes of one file, if they are what the client said they would be. */
export async function keepArtifactFile(
  target: UploadTarget,
  claims: { readonly uuid: string; readonly path: string; readonly md5: string },
  bytes: Readable | Uint8Array,
): Promise<void> {
  const { uuid, path, md5 } = claims;
  const { uploader, pendings } = target;
  await requirePending(uuid, target, 'putArtifactFile');
  const sizeMax = ARTIFACT_FILE_BYTES_MAX;
  const stored = await uploader.hub.objects.put(bytes, { md5: 'compute', sizeMax });
  const file = checkMd5(stored, md5, path);
  await pendings.keepFile(uuid, path, file);
}

/** Asks again for the right that the address was given out for. */
export async function requirePending(
  uuid: string,
  { uploader, pendings }: UploadTarget,
  operation: string,
): Promise<void> {
  const pending = await pendings.find(uuid);
  if (!pending) {
    throw new DomainError('NOT_FOUND', 'the upload is over: it was committed, or it took too long');
  }
  const [project] = await uploader.hub.store.get([pending.project]);
  if (!project) throw new DomainError('NOT_FOUND', 'the project of the upload is gone');
  await requireWrite(uploader, { operation, what: 'an upload', project });
}

export function checkMd5(
  stored: { readonly digest: UploadedFile['sha256']; size: number; md5: string | null },
  declared: string,
  what: string,
): UploadedFile {
  const md5 = stored.md5 as string;
  if (declared !== '' && md5 !== declared) {
    throw invalidInput(`the bytes of ${what} have the MD5 ${md5}, not ${declared} as declared`);
  }
  return { sha256: stored.digest, size: stored.size, md5 };
}

/** A file that comes in parts needs the address for the whole too: null there means `held`. */
function uploadShape(file: FilesArguments['artifactFiles'][number], context: WandbContext) {
  const { artifactID, name: path, md5 } = file;
  checkText(path, "a file's path");
  if (path === '' || Buffer.byteLength(path) > FILE_PATH_BYTES_MAX) {
    throw invalidInput(`a file's path has 1 to ${FILE_PATH_BYTES_MAX} bytes`);
  }
  const uuid = textOfWireId('Artifact', artifactID) as string;
  return {
    __typename: 'File',
    id: wireId('File', `${uuid}:${md5}`),
    storagePath: `wandb/${uuid}/${path}`,
    uploadUrl: uploadAddress(context, UPLOAD_ARTIFACT_FILE, { uuid, path, md5 }),
    uploadHeaders: UPLOAD_HEADERS,
    artifact: { __typename: 'Artifact', id: artifactID },
  };
}
