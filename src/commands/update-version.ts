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
import { checkName } from '../domain/values/text.ts';
import type { Json } from '../domain/values/value.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { notDeleted } from './placing.ts';

/** Most tags of one version or collection. */
export const VERSION_TAGS_MAX = 256;

export interface UpdateVersionInput extends CommandInput {
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
  decide: ({ version: id, set: asked, clear, personal, occurredAt }, { view }) => {
    const row = view.node(id);
    if (!row || !isVersionKind(row.kind)) {
      throw new DomainError('NOT_FOUND', `there is no version with the id ${id}`);
    }
    notDeleted(row);
    const set = changedOf(row, asked);
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

function changedOf(row: NodeRow, { metadata, tags }: VersionUpdate): VersionUpdate {
  const differs = (value: Json, known: Json) => canonicalJson(value) !== canonicalJson(known);
  const wanted = tags && checkVersionTags(tags);
  return {
    ...(metadata && differs(metadata, row.props.metadata ?? {}) ? { metadata } : {}),
    ...(wanted && differs(wanted, [...tagsOf(row.props)]) ? { tags: wanted } : {}),
  };
}

export function checkVersionTags(tags: readonly string[]): string[] {
  if (tags.length > VERSION_TAGS_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `a version has at most ${VERSION_TAGS_MAX} tags`);
  }
  return [...new Set(tags.map((tag) => checkName(tag, 'a tag')))];
}
