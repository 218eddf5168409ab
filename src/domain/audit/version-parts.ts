import { z } from 'zod';
import type { Change } from '../lineage/change.ts';
import { COLLECTION_KINDS, VERSION_KINDS } from '../lineage/kinds.ts';
import type { Json } from '../values/value.ts';
import { id, index, instant, nullableText } from './fact-type.ts';

/** An alias that moves: where it is, where it goes, and the edge that this closes. */
export const aliasMove = z.strictObject({
  alias: id,
  name: z.string(),
  created: z.boolean(),
  /** Null takes the alias away. */
  to: id.nullable(),
  /** Digest of the version that it leads to from now on, if that has one. */
  digest: nullableText,
  /** World time of the move; never before the move that it follows. */
  at: instant,
  closes: z.strictObject({ to: id, since: index }).nullable(),
});
export type AliasMove = z.infer<typeof aliasMove>;

/** The collection that a fact is about, as facts name it. */
export const namedCollection = z.strictObject({
  id,
  kind: z.enum(COLLECTION_KINDS),
  name: z.string(),
  project: id,
});
export type NamedCollection = z.infer<typeof namedCollection>;

/** What moving the aliases of a collection does to the graph. */
export function moveAliases(moves: readonly AliasMove[], of: NamedCollection): Change[] {
  return moves.flatMap(({ alias, name, created, to, closes, at }) => {
    const changes: Change[] = [];
    const set = { collection: of.id };
    if (created) {
      changes.push({ op: 'put', id: alias, kind: 'ALIAS', project: of.project, name, set });
    }
    if (closes) {
      changes.push({ op: 'close', kind: 'ALIASES', from: alias, ...closes, validTo: at });
    }
    if (to !== null) changes.push({ op: 'open', kind: 'ALIASES', from: alias, to, validFrom: at });
    return changes;
  });
}

/** A version that is deleted. Its edges of lineage stay, and with them what it came from. */
export const deletedVersion = z.strictObject({
  id,
  kind: z.enum(VERSION_KINDS),
  name: z.string(),
  project: id,
  collection: id,
  /** The fact that made it a version of its collection; null when it was only named in lineage. */
  since: index.nullable(),
  /** World time of the deletion; never before it was a version of its collection. */
  at: instant,
  /** The version that had this content first, and which incarnation comes when it comes again. */
  anew: z.strictObject({ id, name: z.string(), incarnation: z.number().int().positive() }),
});
export type DeletedVersion = z.infer<typeof deletedVersion>;

/** A collection that versions were deleted of. */
export const leftCollection = z.strictObject({
  ...namedCollection.shape,
  /** How many of its versions are deleted from now on. */
  deletedCount: index,
  /** Aliases that led to what is deleted: `latest` goes to the newest that is left. */
  moves: z.array(aliasMove),
});
export type LeftCollection = z.infer<typeof leftCollection>;

/** What is left of a node that was deleted, and how the name it had can be used again. */
export function buryVersion(
  { id: own, anew, collection, since, at: validTo, ...rest }: DeletedVersion,
  set: Readonly<Record<string, Json | undefined>>,
): Change[] {
  const next = { nextIncarnation: anew.incarnation };
  const isFirst = anew.id === own;
  const changes: Change[] = [
    { op: 'put', id: own, ...rest, set: isFirst ? { ...set, ...next } : set },
  ];
  if (since !== null) {
    const edge = { kind: 'VERSION_OF', from: own, to: collection, since } as const;
    changes.push({ op: 'close', ...edge, validTo });
  }
  if (!isFirst) changes.push({ op: 'put', ...rest, id: anew.id, name: anew.name, set: next });
  return changes;
}

/** What a collection is without the versions that were deleted. */
export function leaveCollection({ deletedCount, moves, ...of }: LeftCollection): Change[] {
  return [{ op: 'put', ...of, set: { deletedCount } }, ...moveAliases(moves, of)];
}
