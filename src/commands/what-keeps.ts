import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { EdgeKind } from '../domain/lineage/kinds.ts';
import { aliasId, LATEST } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { deletedAtOf } from '../domain/lineage/tombstone.ts';
import type { DecisionContext } from '../ledger/command.ts';
import { OPEN_EDGES_MAX } from '../ports/lineage-store.ts';
import { DEPENDING } from './going-versions.ts';

/** Most things that a refusal to delete names; the others that may be seen are counted. */
export const KEEPERS_NAMED_MAX = 5;

/** What keeps something from being deleted. */
export interface Keeper {
  /** What depends on it; null for an alias, which whoever sees the version may see. */
  readonly node: NodeId | null;
  /** How a refusal names it to who may read it. */
  readonly text: string;
}

export interface KeptQuestion {
  /** What is deleted together, which keeps nothing of it. */
  readonly going: ReadonlySet<NodeId>;
  readonly aliases: 'keep' | 'delete';
  /** How many edges of a kind are looked at. */
  readonly most: number;
}

type Place = Pick<DecisionContext, 'view' | 'org' | 'may'>;

/** What keeps a version: aliases, registered models, and what used it or came from it. */
export function keepersOf(
  version: NodeRow,
  { going, aliases, most }: KeptQuestion,
  { view, org }: Place,
): Keeper[] {
  const latest = aliasId(org, String(version.props.collection), LATEST);
  const leading = view.openInto('ALIASES', version.id).slice(0, most);
  const named = leading.filter(({ from }) => from !== latest);
  const keepers: Keeper[] = (aliases === 'delete' ? [] : named).map(({ from }) => {
    return {
      node: null,
      text: `the alias ${shown(view.node(from)?.name)} leads to ${version.name}`,
    };
  });
  for (const kind of DEPENDING) {
    const edges = view.openInto(kind, version.id).slice(0, most);
    const there = edges.flatMap(({ from }) => {
      const row = going.has(from) ? undefined : view.node(from);
      return row && deletedAtOf(row) === undefined ? [row] : [];
    });
    keepers.push(...there.map((row) => ({ node: row.id, text: textOf(kind, row, version) })));
    if (there.length === 0 && edges.length >= most) keepers.push(tooMany(version, most));
  }
  return keepers;
}

/** What cannot be looked at keeps a version; by itself more of it is looked at. */
export function tooMany({ name }: NodeRow, most: number): Keeper {
  const advice = most < OPEN_EDGES_MAX ? '; delete it by itself' : '';
  const text = `${name} was used so often that not all of its users can be looked at${advice}`;
  return { node: null, text };
}

/**
 * Refuses while something keeps it. What the asker may not read is told of as one thing, however
 * much there is: a walk through lineage shows as much.
 */
export function refuseIfKept(what: string, keepers: readonly Keeper[], { may }: Place): void {
  if (keepers.length === 0) return;
  const seen = keepers.filter(({ node }) => node === null || may('record.read', node));
  const parts = seen.slice(0, KEEPERS_NAMED_MAX).map(({ text }) => text);
  const more = seen.length - parts.length;
  if (more > 0) parts.push(`and ${more} more`);
  if (seen.length < keepers.length) parts.push('something that you may not see depends on it');
  throw new DomainError('CONFLICT', `${what} cannot be deleted: ${parts.join('; ')}`);
}

function textOf(kind: EdgeKind, { name }: NodeRow, version: NodeRow): string {
  if (kind === 'REGISTERS') return `the registered model ${name} holds ${version.name}`;
  if (kind === 'USED') return `the run ${name} used ${version.name}`;
  return `${name} was derived from ${version.name}`;
}

function shown(name: string | undefined): string {
  return JSON.stringify(name ?? '');
}
