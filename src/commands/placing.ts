import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { isRegistered } from '../domain/lineage/named-dataset.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { deletedAtOf, incarnationOf } from '../domain/lineage/tombstone.ts';
import type { GraphView } from '../ledger/command.ts';

/** The node, when it exists and is of this kind; NOT_FOUND otherwise. */
export function existing(view: GraphView, id: NodeId, kind: NodeRow['kind']): NodeRow {
  const row = view.node(id);
  if (!row || row.kind !== kind) {
    throw new DomainError('NOT_FOUND', `there is no ${wordOf(kind)} with the id ${id}`);
  }
  return notDeleted(row);
}

/** Refuses a tombstone: nothing is done any more to what was deleted. */
export function notDeleted(row: NodeRow): NodeRow {
  const deletedAt = deletedAtOf(row);
  if (deletedAt === undefined) return row;
  throw new DomainError('NOT_FOUND', `${wordOf(row.kind)} ${row.name} was deleted at ${deletedAt}`);
}

/** Refuses a version that was only named in lineage: whoever registers it says what it is. */
export function registered(row: NodeRow): NodeRow {
  if (isRegistered(row)) return row;
  const text = `${wordOf(row.kind)} ${row.name} was only named in lineage; register it first`;
  throw new DomainError('CONFLICT', text);
}

/** The id that a natural name has now: of the incarnation that is there, or is to be made. */
export function currentId(view: GraphView, idOf: (incarnation: number) => NodeId): NodeId {
  const first = idOf(0);
  return idOf(incarnationOf(view.knows(first) ? view.node(first) : undefined));
}

function wordOf(kind: NodeRow['kind']): string {
  return kind.toLowerCase().replaceAll('_', ' ');
}
