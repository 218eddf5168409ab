import { createHash } from 'node:crypto';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { OBJECT_PARTS_MAX } from '../../ports/object-store.ts';
import { UPLOAD_ARTIFACT_PART } from './addresses.ts';
import type { FileInParts, PendingArtifacts } from './pending-artifacts.ts';
import { uploadAddress } from './uploader.ts';
import type { WandbContext } from './wandb-context.ts';
import { textOfWireId } from './wire-ids.ts';

/** Largest part of a file, in bytes. The SDK sends 100 MiB, and more of files above 1 TB. */
export const PART_BYTES_MAX = 1024 ** 3;
/**
 * Most addresses for parts in one answer. A file beyond them gets one address for the whole, which
 * the SDK uses as well.
 */
export const PARTS_AT_ONCE_MAX = 20_000;

const MD5_HEX = /^[0-9a-f]{32}$/;
const UPLOAD_LENGTH = 32;

export interface PartInput {
  readonly partNumber: number;
  readonly hexMD5: string;
}

interface FileInput {
  readonly artifactID: string;
  readonly name: string;
  readonly md5: string;
  readonly uploadPartsInput?: readonly PartInput[] | null;
}

/** Notes which files come in parts; answers the addresses of their parts, by file. */
export async function beginParts(
  files: readonly FileInput[],
  context: WandbContext,
  pendings: PendingArtifacts,
) {
  const answers = new Map<FileInput, ReturnType<typeof partsShape>>();
  let left = PARTS_AT_ONCE_MAX;
  for (const file of files) {
    const parts = file.uploadPartsInput ?? [];
    if (parts.length === 0) continue;
    const wanted = fileInParts(file, parts);
    if (parts.length > left) continue;
    left -= parts.length;
    const uuid = textOfWireId('Artifact', file.artifactID) as string;
    const upload = uploadName(wanted);
    await pendings.keepFileInParts(uuid, upload, wanted);
    answers.set(file, partsShape({ uuid, upload }, wanted, context));
  }
  return answers;
}

/** Name in the object store of the parts of one file. */
export function stagedName(uuid: string, upload: string): string {
  return `${uuid}-${upload}`;
}

function fileInParts({ name: path, md5 }: FileInput, parts: readonly PartInput[]): FileInParts {
  if (parts.length > OBJECT_PARTS_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `a file comes in at most ${OBJECT_PARTS_MAX} parts`);
  }
  for (const [at, { partNumber, hexMD5 }] of parts.entries()) {
    if (partNumber !== at + 1) throw invalidInput('the parts of a file are numbered 1, 2, 3, ...');
    if (!MD5_HEX.test(hexMD5)) throw invalidInput(`the MD5 of part ${partNumber} is not in hex`);
  }
  return { path, md5, parts: parts.map(({ hexMD5 }) => hexMD5) };
}

/** The same file asked for again is the same upload: parts that came are not lost. */
function uploadName(file: FileInParts): string {
  const { path, md5, parts } = file;
  const hash = createHash('sha256').update(JSON.stringify([path, md5, parts]));
  return hash.digest('hex').slice(0, UPLOAD_LENGTH);
}

function partsShape(
  of: { readonly uuid: string; readonly upload: string },
  { parts }: FileInParts,
  context: WandbContext,
) {
  return {
    uploadID: of.upload,
    uploadUrlParts: parts.map((hex, at) => ({
      partNumber: at + 1,
      uploadUrl: uploadAddress(context, UPLOAD_ARTIFACT_PART, { ...of, part: at + 1, md5: hex }),
    })),
  };
}
