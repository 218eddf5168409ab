import type { Readable } from 'node:stream';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import {
  ARTIFACT_FILE_BYTES_MAX,
  checkMd5,
  pendingOfWireId,
  requirePending,
  type UploadTarget,
} from './artifact-uploads.ts';
import { PART_BYTES_MAX, type PartInput, stagedName } from './multipart-uploads.ts';
import type { FileInParts, PendingArtifacts } from './pending-artifacts.ts';
import type { WandbContext } from './wandb-context.ts';

interface CompleteArguments {
  readonly artifactID: string;
  readonly uploadID: string;
  readonly completedParts: readonly PartInput[];
}

interface PartClaims {
  readonly uuid: string;
  readonly upload: string;
  readonly part: number;
  /** Hex. */
  readonly md5: string;
}

/** Keeps one part; answers its entity tag, which the SDK names at the end. */
export async function keepPart(
  target: UploadTarget,
  { uuid, upload, part: number, md5 }: PartClaims,
  bytes: Readable,
): Promise<string> {
  await requirePending(uuid, target, 'putArtifactPart');
  const base64 = Buffer.from(md5, 'hex').toString('base64');
  const part = { upload: stagedName(uuid, upload), number, md5: base64 };
  await target.uploader.hub.objects.stage(part, bytes, { sizeMax: PART_BYTES_MAX });
  return tagOf(md5);
}

/** The root field that makes one file of its parts. */
export function completeMultipartFields(pendings: PendingArtifacts) {
  const assemblies = new Assemblies(pendings);
  return {
    completeMultipartUploadArtifact: async (
      { input }: { readonly input: CompleteArguments },
      context: WandbContext,
    ) => {
      const { artifactID, uploadID, completedParts } = input;
      const asked = { pendings, operation: 'completeMultipartUploadArtifact' };
      const { uuid } = await pendingOfWireId(artifactID, context, asked);
      const file = await pendings.fileInParts(uuid, uploadID);
      if (!file) {
        throw new DomainError('NOT_FOUND', `there is no upload in parts with the id ${uploadID}`);
      }
      checkCompleted(file, completedParts);
      return { digest: await assemblies.join({ uuid, upload: uploadID }, file, context) };
    },
  };
}

interface Assembly {
  readonly uuid: string;
  readonly upload: string;
}

/**
 * Files that are being made of their parts. Reading gigabytes takes longer than the SDK waits for
 * an answer: it asks again, and joins the work that is under way or finds it done.
 */
class Assemblies {
  readonly #pendings: PendingArtifacts;
  readonly #running = new Map<string, Promise<string>>();

  constructor(pendings: PendingArtifacts) {
    this.#pendings = pendings;
  }

  /** Base64 MD5 of the whole file, when it is held. */
  async join(of: Assembly, file: FileInParts, context: WandbContext): Promise<string> {
    const name = stagedName(of.uuid, of.upload);
    const running = this.#running.get(name);
    if (running) return running;
    const own = this.#assemble(of, file, context).finally(() => this.#running.delete(name));
    this.#running.set(name, own);
    return own;
  }

  async #assemble({ uuid, upload }: Assembly, file: FileInParts, { hub }: WandbContext) {
    const { path, md5, parts } = file;
    if (await this.#pendings.file(uuid, path, md5)) return md5;
    const name = stagedName(uuid, upload);
    const sizeMax = ARTIFACT_FILE_BYTES_MAX;
    const options = { md5: 'compute', sizeMax } as const;
    const stored = await hub.objects.assemble(name, parts.length, options);
    // Parts that make another file than was stated would do so each time they are joined.
    if (stored.md5 !== md5) await hub.objects.discard(name);
    const kept = checkMd5(stored, md5, path);
    await this.#pendings.keepFile(uuid, path, kept);
    await hub.objects.discard(name);
    return kept.md5;
  }
}

function checkCompleted({ parts }: FileInParts, completed: readonly PartInput[]): void {
  if (completed.length !== parts.length) {
    throw invalidInput(`${completed.length} parts are named of a file of ${parts.length}`);
  }
  for (const { partNumber, hexMD5: tag } of completed) {
    const md5 = parts[partNumber - 1];
    if (md5 === undefined) throw invalidInput(`the file has no part ${partNumber}`);
    if (tag === tagOf(md5) || tag === md5) continue;
    throw invalidInput(`part ${partNumber} has the tag ${tagOf(md5)}, not ${tag.slice(0, 40)}`);
  }
  if (new Set(completed.map(({ partNumber }) => partNumber)).size === parts.length) return;
  throw invalidInput('a part is named twice');
}

function tagOf(md5: string): string {
  return `"${md5}"`;
}
