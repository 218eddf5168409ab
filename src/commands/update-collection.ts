import {
  type CollectionUpdate,
  collectionUpdated,
  type VersionPersonalField,
} from '../domain/audit/facts/version-said.ts';
import { DomainError } from '../domain/errors.ts';
import { isCollectionKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { tagsOf } from '../domain/lineage/tags.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { checkVersionTags, mergedTags, type TagChanges } from './merged-tags.ts';

export interface UpdateCollectionInput extends CommandInput, TagChanges {
  readonly collection: NodeId;
  /** What is to be another value from now on; what is left out stays. */
  readonly set: CollectionUpdate;
  /** Personal fields to take away. */
  readonly clear: readonly VersionPersonalField[];
}

/** Changes what is said of the versions of one name together. Personal field: `description`. */
export const updateCollection: Command<UpdateCollectionInput> = {
  operation: 'updateCollection',
  wants: ({ collection }) => ({ nodes: [collection] }),
  requires: ({ collection }) => [{ permission: 'record.write', of: collection }],
  decide: (input, { view }) => {
    const { collection: id, clear, personal, occurredAt } = input;
    const row = view.node(id);
    if (!row || !isCollectionKind(row.kind)) {
      throw new DomainError('NOT_FOUND', `there is no collection with the id ${id}`);
    }
    const known = tagsOf(row.props);
    const asked = input.set.tags ?? mergedTags(known, input);
    const tags = asked && checkVersionTags(asked);
    const differ = tags && canonicalJson(tags) !== canonicalJson([...known]);
    const cleared = clear.filter((field) => row.props[field] !== undefined);
    if (!differ && cleared.length === 0 && !personal?.length) return unchanged(row);
    const project = row.project as NodeId;
    const { kind, name } = row;
    return fact(collectionUpdated, {
      data: { collection: { id, kind, name, project }, set: differ ? { tags } : {}, cleared },
      projects: [project],
      subject: subjectOf(row),
      occurredAt,
    });
  },
};
