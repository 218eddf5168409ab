import { collectionId } from '../../domain/lineage/names.ts';
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
 * as a part of its own. Must run in turn with the others of the same key.
 */
export async function joinShared(
  joining: PendingArtifact,
  key: string,
  pendings: PendingArtifacts,
): Promise<PendingArtifact> {
  const shared = await pendings.sharedUpload(key);
  const joined = shared === null ? joining : merged(shared, joining);
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
