import { versionDeleted } from '../domain/audit/facts/deletion.ts';
import type { DeletedVersion, LeftCollection } from '../domain/audit/version-parts.ts';
import { DomainError } from '../domain/errors.ts';
import { isVersionKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { deletedAtOf } from '../domain/lineage/tombstone.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { decideGoing, edgesForEach, wantsOfGoing } from './going-versions.ts';
import { keepersOf, refuseIfKept } from './what-keeps.ts';

export interface DeleteVersionInput extends CommandInput {
  readonly version: NodeId;
  /** Whether aliases other than `latest` keep it, or go with it. */
  readonly aliases: 'keep' | 'delete';
}

/** Leaves a tombstone of a version that nothing depends on. Personal field: `reason`. */
export const deleteVersion: Command<DeleteVersionInput> = {
  operation: 'deleteVersion',
  wants: ({ version }, view, { org, may }) =>
    may('record.delete', version) ? wantsOfGoing([version], view, org) : { nodes: [version] },
  requires: ({ version }) => [{ permission: 'record.delete', of: version }],
  decide: ({ version: id, aliases }, context) => {
    const row = context.view.node(id);
    if (!row || !isVersionKind(row.kind)) {
      throw new DomainError('NOT_FOUND', `there is no version with the id ${id}`);
    }
    if (deletedAtOf(row) !== undefined) return unchanged(row);
    const question = { going: new Set([id]), aliases, most: edgesForEach(1) };
    refuseIfKept(row.name, keepersOf(row, question, context), context);
    const { versions, collections } = decideGoing([row], context);
    const [version, collection] = [versions[0], collections[0]];
    return fact(versionDeleted, {
      data: { version: version as DeletedVersion, collection: collection as LeftCollection },
      projects: [row.project as NodeId],
      subject: subjectOf(row),
    });
  },
};
