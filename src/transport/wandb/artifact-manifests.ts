import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { sha256 } from '../../domain/digest.ts';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import { UPLOAD_ARTIFACT_MANIFEST } from './addresses.ts';
import {
  checkMd5,
  pendingOfWireId,
  requirePending,
  UPLOAD_HEADERS,
  type UploadTarget,
} from './artifact-uploads.ts';
import {
  PATCHES_MAX,
  type Patch,
  type PendingArtifact,
  type PendingArtifacts,
} from './pending-artifacts.ts';
import { findRun } from './run-lookup.ts';
import { uploadAddress } from './uploader.ts';
import { visibleNode, type WandbContext } from './wandb-context.ts';
import { MANIFEST_BYTES_MAX, parseWandbManifest } from './wandb-manifest.ts';
import { textOfWireId, wireId } from './wire-ids.ts';

interface ManifestArguments {
  readonly artifactID: string;
  readonly baseArtifactID?: string | null;
  readonly digest: string;
  readonly runName?: string | null;
  readonly type?: 'FULL' | 'INCREMENTAL' | 'PATCH' | null;
}

/** A manifest that is to come: that of an upload, or of one process's part in it. */
interface ManifestPlace {
  readonly uuid: string;
  /** Empty for the manifest of the whole upload. */
  readonly patch: string;
}

/** Root fields that hand out addresses for the manifests of a pending version. */
export function artifactManifestFields(pendings: PendingArtifacts) {
  return {
    /**
     * Whole manifests are asked for twice, first for an id and then for the address; both answer
     * the same id. The part of a process gets an id of its own.
     */
    createArtifactManifest: async (
      { input }: { readonly input: ManifestArguments },
      context: WandbContext,
    ) => {
      const { artifactID, digest, type } = input;
      const asked = { pendings, operation: 'createArtifactManifest' };
      const pending = await pendingOfWireId(artifactID, context, asked);
      const { uuid } = pending;
      checkType(pending, type ?? 'FULL');
      if (type === 'INCREMENTAL') {
        await pendings.keepIncrement(uuid, { base: input.baseArtifactID ?? null });
      }
      const patch = type === 'PATCH' ? await beginPatch(pending, input, { context, pendings }) : '';
      return manifestPayload(context, { uuid, patch }, digest);
    },

    updateArtifactManifest: async (
      { input }: { readonly input: { artifactManifestID: string; digest?: string | null } },
      context: WandbContext,
    ) => {
      const text = textOfWireId('ArtifactManifest', input.artifactManifestID) ?? '';
      const [uuid = '', patch = ''] = text.split('/', 2);
      const asked = { pendings, operation: 'updateArtifactManifest' };
      await pendingOfWireId(wireId('Artifact', uuid), context, asked);
      return manifestPayload(context, { uuid, patch }, input.digest ?? '');
    },
  };
}

/** A version of several processes consists of parts, and one of a single process does not. */
function checkType({ distributedID }: PendingArtifact, type: string): void {
  if ((distributedID === null) === (type !== 'PATCH')) return;
  throw invalidInput(
    distributedID === null
      ? 'a manifest of the type PATCH belongs to a distributed artifact'
      : `a distributed artifact takes manifests of the type PATCH, not ${type}`,
  );
}

interface Beginning {
  readonly context: WandbContext;
  readonly pendings: PendingArtifacts;
}

/** Notes that a process adds its part, on behalf of which run, and in whose name. */
async function beginPatch(
  pending: PendingArtifact,
  { runName }: ManifestArguments,
  { context, pendings }: Beginning,
): Promise<string> {
  if ((await pendings.patches(pending.uuid)).length >= PATCHES_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `a distributed artifact has at most ${PATCHES_MAX} parts`,
    );
  }
  const { hub, reader } = context;
  const project = runName ? await visibleNode(context, pending.project) : null;
  const run = runName && project ? await findRun(context, project, runName) : null;
  const patch: Patch = {
    uuid: hub.ids.uuid(),
    run: run?.id ?? null,
    actor: reader.actor.ref,
    key: reader.actor.via,
    begunAt: instantFromMs(hub.clock.nowMs()),
    file: null,
  };
  await pendings.keepPatch(pending.uuid, patch);
  return patch.uuid;
}

/** Keeps a manifest, without the paths of the disk that it came from. */
export async function keepManifest(
  target: UploadTarget,
  claims: ManifestPlace & { readonly md5: string },
  bytes: Readable | Uint8Array,
): Promise<void> {
  const { uuid, patch, md5 } = claims;
  const { uploader, pendings } = target;
  await requirePending(uuid, target, 'putArtifactManifest');
  const sent = await wholeOf(bytes);
  const sentMd5 = createHash('md5').update(sent).digest('base64');
  checkMd5({ digest: sha256(sent), size: sent.length, md5: sentMd5 }, md5, 'the manifest');
  // Only the cleaned form rests in the store: what was sent names folders of somebody's disk.
  const kept = Buffer.from(parseWandbManifest(sent).text, 'utf8');
  const { digest, size } = await uploader.hub.objects.put(kept);
  const file = { sha256: digest, size, md5: sentMd5 };
  if (!patch) return pendings.keepManifest(uuid, file);
  const begun = await pendings.patch(uuid, patch);
  if (!begun) throw new DomainError('NOT_FOUND', 'this part of the artifact was not begun');
  await pendings.keepPatch(uuid, { ...begun, file });
}

/** The bytes of a manifest, which fits into memory. */
async function wholeOf(bytes: Readable | Uint8Array): Promise<Buffer> {
  if (bytes instanceof Uint8Array) return Buffer.from(bytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > MANIFEST_BYTES_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `a manifest has at most ${MANIFEST_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function manifestPayload(context: WandbContext, { uuid, patch }: ManifestPlace, md5: string) {
  const text = patch ? `${uuid}/${patch}` : uuid;
  return {
    artifactManifest: {
      id: wireId('ArtifactManifest', text),
      file: {
        id: wireId('File', `${text}:manifest`),
        uploadUrl: uploadAddress(context, UPLOAD_ARTIFACT_MANIFEST, { uuid, patch, md5 }),
        uploadHeaders: UPLOAD_HEADERS,
      },
    },
  };
}
