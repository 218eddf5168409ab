import { z } from 'zod';
import type { Change } from '../../lineage/change.ts';
import { type FactView, factType, id, leaf, personal, personalProps } from '../fact-type.ts';
import { putRun, namedRun as run } from '../run-parts.ts';
import {
  buryVersion,
  leftCollection as collection,
  deletedVersion,
  leaveCollection,
} from '../version-parts.ts';

/** A version was deleted: a tombstone stays, with its lineage. */
export const versionDeleted = factType({
  type: 'version.deleted',
  version: 1,
  fields: {
    version: leaf(deletedVersion),
    collection: leaf(collection),
    reason: personal(),
  },
  changes: (fact): Change[] => {
    const { version, collection: left } = fact.data;
    return [...buryVersion(version, tombstone(fact)), ...leaveCollection(left)];
  },
});

/** A run was deleted, and with it those of the versions it had made that were there. */
export const runDeleted = factType({
  type: 'run.deleted',
  version: 1,
  fields: {
    run: leaf(run),
    /** The run that had this name first, and which incarnation a new run of the name is. */
    anew: leaf(z.strictObject({ id, incarnation: z.number().int().positive() })),
    versions: leaf(z.array(deletedVersion)),
    collections: leaf(z.array(collection)),
    reason: personal(),
  },
  changes: (fact): Change[] => {
    const { run: own, anew, versions, collections } = fact.data;
    const set = tombstone(fact);
    const next = { nextIncarnation: anew.incarnation };
    const isFirst = anew.id === own.id;
    const changes = [putRun(fact, isFirst ? { ...set, ...next } : set)];
    if (!isFirst) changes.push({ op: 'put', kind: 'RUN', ...own, id: anew.id, set: next });
    changes.push(...versions.flatMap((version) => buryVersion(version, set)));
    return [...changes, ...collections.flatMap(leaveCollection)];
  },
});

function tombstone(fact: FactView<unknown>) {
  const { reason } = personalProps(fact, ['reason']);
  return { deletedAt: fact.recordedAt, deletionReason: reason };
}
