import { DomainError } from '../domain/errors.ts';
import type { Place } from '../domain/governance/permissions.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { GraphView } from '../ledger/command.ts';

/** The place that a project is, for the permission check; nowhere when there is no project. */
export function placeOfProject(view: GraphView, id: NodeId): Place {
  const project = view.knows(id) ? view.node(id) : undefined;
  if (!project) return {};
  return { team: String(project.props.teamName), project: project.name };
}

/** The node, when it exists and is of this kind; NOT_FOUND otherwise. */
export function existing(view: GraphView, id: NodeId, kind: NodeRow['kind']): NodeRow {
  const row = view.node(id);
  if (!row || row.kind !== kind) {
    throw new DomainError('NOT_FOUND', `there is no ${wordOf(kind)} with the id ${id}`);
  }
  return row;
}

/** The project that a node belongs to, when the node was found. */
export function projectOf(view: GraphView, id: NodeId): NodeId | null {
  return (view.knows(id) ? view.node(id)?.project : null) ?? null;
}

function wordOf(kind: NodeRow['kind']): string {
  return kind.toLowerCase().replaceAll('_', ' ');
}
