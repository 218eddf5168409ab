import { checkVersionTags } from '../../commands/merged-tags.ts';
import { type RegisterVersionInput, registerVersion } from '../../commands/register-version.ts';
import type { Digest } from '../../domain/digest.ts';
import { DomainError, invalidInput, isDomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { collectionId, ordinalOf } from '../../domain/lineage/names.ts';
import { instantFromMs } from '../../domain/time.ts';
import { checkName, checkPathName } from '../../domain/values/text.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { encodedMetadata } from './artifact-metadata.ts';
import { checkTypeOfName, kindOfType, wireTypeOf } from './collection-lookup.ts';
import { joinShared, sharingKey } from './distributed-artifacts.ts';
import type { PendingArtifact, PendingArtifacts } from './pending-artifacts.ts';
import { sealDescription } from './pending-description.ts';
import { pendingShape } from './pending-shape.ts';
import { ensureProject } from './project-lookup.ts';
import { findRun } from './run-lookup.ts';
import { refuseTimeToLive } from './time-to-live.ts';
import type { Turns } from './turns.ts';
import { isWhole, versionsByDigest } from './version-lookup.ts';
import { type Shape, submit, type WandbContext } from './wandb-context.ts';

const MD5_HEX = /^[0-9a-f]{32}$/;
const MD5_ALGORITHM = 'MANIFEST_MD5';

type Nullable<T> = T | null | undefined;

export interface CreateArtifactArguments {
  readonly artifactTypeName: string;
  readonly artifactCollectionName?: Nullable<string>;
  readonly artifactCollectionNames?: Nullable<readonly string[]>;
  readonly entityName: string;
  readonly projectName: string;
  readonly runName?: Nullable<string>;
  readonly description?: Nullable<string>;
  readonly digest: string;
  readonly digestAlgorithm?: Nullable<string>;
  readonly aliases?: Nullable<ReadonlyArray<{ readonly alias: string }>>;
  readonly tags?: Nullable<ReadonlyArray<{ readonly tagName: string }>>;
  readonly metadata?: Nullable<string>;
  readonly historyStep?: Nullable<number>;
  readonly ttlDurationSeconds?: Nullable<number>;
  readonly distributedID?: Nullable<string>;
  readonly enableDigestDeduplication?: Nullable<boolean>;
  readonly clientID?: Nullable<string>;
}

interface BegunUploads {
  readonly pendings: PendingArtifacts;
  /** In which the uploads that processes share are joined and committed. */
  readonly sharing: Turns;
}

/** Root fields that begin an upload. */
export function createArtifactFields(begun: BegunUploads) {
  return {
    createArtifact: async (
      { input }: { readonly input: CreateArtifactArguments },
      context: WandbContext,
    ) => ({ artifact: await createArtifact(input, context, begun) }),
  };
}

async function createArtifact(
  input: CreateArtifactArguments,
  asking: WandbContext,
  begun: BegunUploads,
): Promise<Shape> {
  const { entityName, projectName: name } = input;
  const write = { operation: 'createArtifact', what: 'an artifact' };
  const { project, context } = await ensureProject(asking, { entityName, name }, write);
  if (input.distributedID) return createShared(input, project, { context, ...begun });
  const { pendings } = begun;
  const pending = await pendingOf(input, project, { context, uuid: context.hub.ids.uuid() });
  await checkTypeOfName(context, project, pending);
  const same = input.enableDigestDeduplication === false ? null : await sameOf(pending, context);
  if (same && (await addToExisting(same, pending, context))) {
    await pendings.nameByClient(pending, same.id);
    return context.shapes.version(same, context);
  }
  await pendings.begin(pending);
  await pendings.nameByClient(pending, pending.uuid);
  return pendingShape(pending, project, context);
}

/**
 * The upload of a version by several processes: the first begins it, the others join. A digest
 * is of one process's part here, so it tells nothing of the version and finds no other.
 */
async function createShared(
  input: CreateArtifactArguments,
  project: NodeRow,
  { context, pendings, sharing }: BegunUploads & { readonly context: WandbContext },
): Promise<Shape> {
  const place = placeOf(input, project);
  await checkTypeOfName(context, project, place);
  const key = sharingKey(place, context);
  return sharing.take(key, async () => {
    const uuid = (await pendings.sharedUpload(key))?.uuid ?? context.hub.ids.uuid();
    const joining = await pendingOf(input, project, { context, uuid });
    const joined = await joinShared(joining, key, pendings);
    await pendings.nameByClient(joining, joined.uuid);
    return pendingShape(joined, project, context);
  });
}

function placeOf(input: CreateArtifactArguments, project: NodeRow) {
  const type = checkName(input.artifactTypeName, 'the type');
  const { distributedID } = input;
  return {
    project: project.id,
    kind: kindOfType(type),
    name: collectionNameOf(input),
    type,
    distributedID: distributedID ? checkName(distributedID, 'the distributed id') : null,
  };
}

async function pendingOf(
  input: CreateArtifactArguments,
  project: NodeRow,
  { context, uuid }: { readonly context: WandbContext; readonly uuid: string },
): Promise<PendingArtifact> {
  checkDigest(input);
  refuseTimeToLive(input.ttlDurationSeconds);
  const { hub, reader } = context;
  const run = input.runName ? await findRun(context, project, input.runName) : null;
  if (input.runName && !run) {
    throw new DomainError('NOT_FOUND', `there is no run ${input.runName} in ${project.name}`);
  }
  const { description, clientID } = input;
  const actor = reader.actor.ref;
  return {
    uuid,
    ...placeOf(input, project),
    digest: input.digest,
    run: run?.id ?? null,
    actor,
    aliases: (input.aliases ?? []).map(({ alias }) => checkAlias(alias)),
    tags: tagsOf(input),
    metadata: encodedMetadata(input.metadata),
    sealedDescription: description
      ? await sealDescription(hub, { uuid, actor }, description)
      : null,
    historyStep: input.historyStep ?? null,
    clientID: clientID ? checkName(clientID, "the client's id") : null,
    createdAt: instantFromMs(hub.clock.nowMs()),
  };
}

/**
 * A version of the same collection that has these files already, by the SDK's digest. That digest
 * speaks of names and MD5s alone, so only bytes that the hub has hashed itself stand for it: a
 * list of references could claim any.
 */
async function sameOf(pending: PendingArtifact, context: WandbContext): Promise<NodeRow | null> {
  const { project, kind, name, digest } = pending;
  const id = collectionId(context.hub.org, { project, kind, name });
  const [found] = await versionsByDigest(context, { id, kind, project }, digest);
  return found && isWhole(found) ? found : null;
}

/**
 * The same files again: the names move, and the run is one more that made them. False when the
 * version was deleted just now: its bytes are nobody's then, and have to be uploaded anew.
 */
async function addToExisting(
  row: NodeRow,
  pending: PendingArtifact,
  context: WandbContext,
): Promise<boolean> {
  try {
    await submit(context, registerVersion, sameAgain(row, pending));
    return true;
  } catch (error) {
    if (isDomainError(error) && error.code === 'CONFLICT') return false;
    throw error;
  }
}

function sameAgain(row: NodeRow, pending: PendingArtifact): RegisterVersionInput {
  const { props } = row;
  const { project, kind, name, aliases, run } = pending;
  return {
    expect: row.id,
    project,
    kind,
    name,
    type: wireTypeOf(row),
    identity: 'manifest',
    digest: props.digest as Digest,
    uri: null,
    bytes: 'stored',
    sizeBytes: props.sizeBytes as number,
    fileCount: props.fileCount as number,
    metadata: props.metadata as JsonObject,
    client: null,
    identifiers: [],
    aliases,
    generatedBy: run,
  };
}

function checkDigest({ digest, digestAlgorithm }: CreateArtifactArguments): void {
  if ((digestAlgorithm ?? MD5_ALGORITHM) !== MD5_ALGORITHM) {
    throw invalidInput(`artifacts come with the digest ${MD5_ALGORITHM}, not ${digestAlgorithm}`);
  }
  if (!MD5_HEX.test(digest)) throw invalidInput('the digest of an artifact is MD5 in hex');
}

function collectionNameOf(input: CreateArtifactArguments): string {
  const name = input.artifactCollectionName ?? input.artifactCollectionNames?.[0];
  if (!name) throw invalidInput('an artifact has a name');
  return checkPathName(name, "the artifact's name");
}

function checkAlias(alias: string): string {
  if (ordinalOf(alias) === undefined) return checkPathName(alias, 'an alias');
  throw invalidInput(`the alias ${JSON.stringify(alias)} looks like a version number`);
}

function tagsOf({ tags }: CreateArtifactArguments): string[] {
  return checkVersionTags((tags ?? []).map(({ tagName }) => tagName));
}
