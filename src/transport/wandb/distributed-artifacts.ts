import { checkVersionTags } from '../../commands/merged-tags.ts';
import { ALIASES_MAX } from '../../commands/move-aliases.ts';
import { DomainError } from '../../domain/errors.ts';
import { collectionId, LATEST } from '../../domain/lineage/names.ts';
import { OPERATIONAL_VALUE_BYTES_MAX } from '../../ports/operational-store.ts';
import type { PendingArtifact, PendingArtifacts } from './pending-artifacts.ts';
import type { WandbContext } from './wandb-context.ts';

type Place = Pick<PendingArtifact, 'project' | 'kind' | 'name' | 'distributedID'>;

/** What processes that upload one version together share it by. */
export function sharingKey(
  { project, kind, name, distributedID }: Place,
  { hub }: Pick<WandbContext, 'hub'>,
): string {
  return `${collectionId(hub.org, { project, kind, name })}/${distributedID ?? ''}`;
}

/**
 * Begins the upload that processes share, or adds to it what one more of them says: its names, its
 * tags, its metadata key by key, and its description in place of an earlier one. Its files come
 * as a part of its own. One who says more than a version holds does not join, since no commit could
 * bring that on record. Must run in turn with the others of the same key.
 */
export async function joinShared(
  joining: PendingArtifact,
  key: string,
  pendings: PendingArtifacts,
): Promise<PendingArtifact> {
  const shared = await pendings.sharedUpload(key);
  const joined = shared === null ? joining : merged(shared, joining);
  refuseTooMuch(joined);
  await pendings.begin(joined);
  await pendings.share(key, joined.uuid);
  return joined;
}

function merged(shared: PendingArtifact, joining: PendingArtifact): PendingArtifact {
  const { aliases, tags, metadata, sealedDescription, actor } = joining;
  return {
    ...shared,
    ...(sealedDescription === null ? {} : { sealedDescription, actor }),
    aliases: [...new Set([...shared.aliases, ...aliases])],
    tags: [...new Set([...shared.tags, ...tags])],
    metadata: { ...shared.metadata, ...metadata },
    historyStep: joining.historyStep ?? shared.historyStep,
  };
}

/** One value of the operational store keeps what processes say, far below what a fact holds. */
function refuseTooMuch(joined: PendingArtifact): void {
  checkVersionTags(joined.tags);
  const all = 'the version of all processes';
  if (new Set([...joined.aliases, LATEST]).size > ALIASES_MAX) {
    const text = `${all} has at most ${ALIASES_MAX} aliases, ${LATEST} among them`;
    throw new DomainError('LIMIT_EXCEEDED', text);
  }
  const bytes = Buffer.byteLength(JSON.stringify(joined));
  if (bytes <= OPERATIONAL_VALUE_BYTES_MAX) return;
  throw new DomainError(
    'LIMIT_EXCEEDED',
    `${all} has at most ${OPERATIONAL_VALUE_BYTES_MAX} bytes of names, tags, metadata ` +
      `and description, not ${bytes}`,
  );
}
