import { z } from 'zod';
import type { Change } from '../../lineage/change.ts';
import { COLLECTION_KINDS, VERSION_KINDS } from '../../lineage/kinds.ts';
import {
  encodedObject,
  type FactView,
  factType,
  id,
  leaf,
  personal,
  personalProps,
} from '../fact-type.ts';

const SAID = ['description'] as const;
export type VersionPersonalField = (typeof SAID)[number];
const cleared = leaf(z.array(z.enum(SAID)));

/** Strict: what a version consists of cannot be set by this way. */
const versionUpdate = z
  .strictObject({ metadata: encodedObject, tags: z.array(z.string()) })
  .partial();
export type VersionUpdate = z.infer<typeof versionUpdate>;

/** What is said of a version; its content never changes. Only what changed is in `set`. */
export const versionUpdated = factType({
  type: 'version.updated',
  version: 1,
  fields: {
    version: leaf(
      z.strictObject({ id, kind: z.enum(VERSION_KINDS), name: z.string(), project: id }),
    ),
    set: leaf(versionUpdate),
    /** Personal fields that were taken away. */
    cleared,
    description: personal(),
  },
  changes: (fact): Change[] => {
    const { version, set } = fact.data;
    return [{ op: 'put', ...version, set: { ...set, ...personalChanges(fact) } }];
  },
});

const collectionUpdate = z.strictObject({ tags: z.array(z.string()) }).partial();
export type CollectionUpdate = z.infer<typeof collectionUpdate>;

/** What is said of the versions of one name together. */
export const collectionUpdated = factType({
  type: 'collection.updated',
  version: 1,
  fields: {
    collection: leaf(
      z.strictObject({ id, kind: z.enum(COLLECTION_KINDS), name: z.string(), project: id }),
    ),
    set: leaf(collectionUpdate),
    cleared,
    description: personal(),
  },
  changes: (fact): Change[] => {
    const { collection, set } = fact.data;
    return [{ op: 'put', ...collection, set: { ...set, ...personalChanges(fact) } }];
  },
});

function personalChanges(fact: FactView<{ readonly cleared: readonly VersionPersonalField[] }>) {
  const gone = fact.data.cleared.map((field) => [field, null] as const);
  return { ...Object.fromEntries(gone), ...personalProps(fact, SAID) };
}
