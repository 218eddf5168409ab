import {
  type VersionPersonalField,
  type VersionUpdate,
  versionUpdated,
} from '../domain/audit/facts/version-said.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { isVersionKind, type VersionKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { tagsOf } from '../domain/lineage/tags.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { Json } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { checkVersionTags, mergedTags, type TagChanges } from './merged-tags.ts';
import { notDeleted, registered } from './placing.ts';

export interface UpdateVersionInput extends CommandInput, TagChanges {
  readonly version: NodeId;
  /** What is to be another value from now on; what is left out stays. Metadata is encoded. */
  readonly set: VersionUpdate;
  /** Personal fields to take away. */
  readonly clear: readonly VersionPersonalField[];
}

/** Changes what is said of a version, never what it consists of. Personal field: `description`. */
export const updateVersion: Command<UpdateVersionInput> = {
  operation: 'updateVersion',
  wants: ({ version }) => ({ nodes: [version] }),
  requires: ({ version }) => [{ permission: 'record.write', of: version }],
  decide: (input, { view }) => {
    const { version: id, clear, personal, occurredAt } = input;
    const row = view.node(id);
    if (!row || !isVersionKind(row.kind)) {
      throw new DomainError('NOT_FOUND', `there is no version with the id ${id}`);
    }
    registered(notDeleted(row));
    const set = changedOf(row, input);
    const cleared = clear.filter((field) => row.props[field] !== undefined);
    if (Object.keys(set).length + cleared.length === 0 && !personal?.length) return unchanged(row);
    const project = row.project as NodeId;
    const kind: VersionKind = row.kind;
    return fact(versionUpdated, {
      data: { version: { id, kind, name: row.name, project }, set, cleared },
      projects: [project],
      subject: subjectOf(row),
      occurredAt,
    });
  },
};

function changedOf(row: NodeRow, { set, ...changes }: UpdateVersionInput): VersionUpdate {
  const { metadata, tags = mergedTags(tagsOf(row.props), changes) } = set;
  const differs = (value: Json, known: Json) => canonicalJson(value) !== canonicalJson(known);
  const wanted = tags && checkVersionTags(tags);
  return {
    ...(metadata && differs(metadata, row.props.metadata ?? {}) ? { metadata } : {}),
    ...(wanted && differs(wanted, [...tagsOf(row.props)]) ? { tags: wanted } : {}),
  };
}
