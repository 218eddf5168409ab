import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { GraphView } from '../ledger/command.ts';

/** The node, when it exists and is of this kind; NOT_FOUND otherwise. */
export function existing(view: GraphView, id: NodeId, kind: NodeRow['kind']): NodeRow {
  const row = view.node(id);
  if (!row || row.kind !== kind) {
    throw new DomainError('NOT_FOUND', `there is no ${wordOf(kind)} with the id ${id}`);
  }
  return row;
}

function wordOf(kind: NodeRow['kind']): string {
  return kind.toLowerCase().replaceAll('_', ' ');
}
