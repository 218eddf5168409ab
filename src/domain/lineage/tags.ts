import type { JsonObject } from '../values/value.ts';

/**
 * The tags of a version or a collection: those that were set since it was registered, or else
 * those that a client's library registered it with, which stand in that library's part.
 */
export function tagsOf(props: JsonObject): readonly string[] {
  if (Array.isArray(props.tags)) return props.tags as string[];
  const parts = Object.values((props.client ?? {}) as Readonly<Record<string, JsonObject | null>>);
  return [...new Set(parts.flatMap((part) => (part?.tags ?? []) as string[]))];
}
