import { DomainError } from '../domain/errors.ts';
import { checkName } from '../domain/values/text.ts';

/** Most tags of one version or collection. */
export const VERSION_TAGS_MAX = 256;

/** Tags that come and go, whatever other tags there are by then. */
export interface TagChanges {
  readonly tagsToAdd?: readonly string[] | undefined;
  readonly tagsToRemove?: readonly string[] | undefined;
}

/** The tags as they are to be; undefined when nothing is said of them. */
export function mergedTags(
  known: readonly string[],
  { tagsToAdd = [], tagsToRemove = [] }: TagChanges,
): string[] | undefined {
  if (tagsToAdd.length + tagsToRemove.length === 0) return undefined;
  const gone = new Set(tagsToRemove.map(checkTag));
  return [...new Set([...known.filter((tag) => !gone.has(tag)), ...tagsToAdd.map(checkTag)])];
}

export function checkVersionTags(tags: readonly string[]): string[] {
  if (tags.length > VERSION_TAGS_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `a version has at most ${VERSION_TAGS_MAX} tags`);
  }
  return [...new Set(tags.map(checkTag))];
}

function checkTag(tag: string): string {
  return checkName(tag, 'a tag');
}
