import { aliasesChanged } from '../domain/audit/facts/version.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { collectionKindOf, isVersionKind } from '../domain/lineage/kinds.ts';
import { LATEST } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { GraphView } from '../ledger/command.ts';
import { type Command, type CommandInput, fact, subjectOf, unchanged } from '../ledger/command.ts';
import { decideAliasMoves, wantsOfAliases } from './move-aliases.ts';
import { existing, notDeleted, registered } from './placing.ts';

export interface SetAliasesInput extends CommandInput {
  readonly version: NodeId;
  /** Aliases that are to lead to this version. */
  readonly add: readonly string[];
  /** Aliases that are to lead nowhere, if they lead to this version now. */
  readonly remove: readonly string[];
}

export const setAliases: Command<SetAliasesInput> = {
  operation: 'setAliases',
  wants: ({ version, add, remove }, view, { org }) => {
    const collection = collectionOf(view, version);
    if (collection === undefined) return { nodes: [version] };
    const { nodes, out } = wantsOfAliases(org, collection, [...add, ...remove]);
    return { nodes: [version, collection, ...nodes], out };
  },
  requires: ({ version }) => [{ permission: 'record.write', of: version }],
  decide: ({ version, add, remove, occurredAt }, { org, view, recordedAt }) => {
    const row = versionRow(view, version);
    if (add.length > 0) registered(row);
    if (remove.includes(LATEST)) throw invalidInput(`the alias ${LATEST} cannot be taken away`);
    const kind = collectionKindOf(row.kind as never);
    const collection = existing(view, String(row.props.collection), kind);
    const digest = (row.props.digest ?? null) as string | null;
    const at = { org, collection: collection.id, at: occurredAt ?? recordedAt };
    const here = remove.filter(
      (name) => !add.includes(name) && leadsTo(view, { ...at, name, version }),
    );
    const moves = [
      ...decideAliasMoves(view, add, { ...at, to: version, digest }),
      ...decideAliasMoves(view, here, { ...at, to: null, digest: null }),
    ];
    if (moves.length === 0) {
      const aliases = wantsOfAliases(org, collection.id, add).nodes;
      const opened = aliases.flatMap((alias) => view.openOut('ALIASES', alias));
      return unchanged(row, opened.map(({ since }) => since).sort((a, b) => b - a)[0]);
    }
    const project = row.project as NodeId;
    return fact(aliasesChanged, {
      data: { collection: { id: collection.id, kind, name: collection.name, project }, moves },
      projects: [project],
      subject: subjectOf(row),
      occurredAt,
    });
  },
};

function collectionOf(view: GraphView, version: NodeId): NodeId | undefined {
  const row = view.knows(version) ? view.node(version) : undefined;
  return row && isVersionKind(row.kind) ? String(row.props.collection) : undefined;
}

function versionRow(view: GraphView, id: NodeId): NodeRow {
  const row = view.node(id);
  if (!row || !isVersionKind(row.kind)) {
    throw new DomainError('NOT_FOUND', `there is no version with the id ${id}`);
  }
  return notDeleted(row);
}

interface AliasQuestion {
  readonly org: string;
  readonly collection: NodeId;
  readonly name: string;
  readonly version: NodeId;
}

function leadsTo(view: GraphView, { org, collection, name, version }: AliasQuestion): boolean {
  const [alias] = wantsOfAliases(org, collection, [name]).nodes;
  return view.openOut('ALIASES', alias as NodeId).some(({ to }) => to === version);
}
