import type { AliasMove } from '../domain/audit/version-parts.ts';
import { invalidInput } from '../domain/errors.ts';
import { aliasId, ordinalOf } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type Instant, laterOf } from '../domain/time.ts';
import { checkPathName } from '../domain/values/text.ts';
import type { CommandWants, GraphView } from '../ledger/command.ts';

/** Most aliases in one request. */
export const ALIASES_MAX = 100;

/** What must be loaded to move these aliases of a collection. */
export function wantsOfAliases(
  org: string,
  collection: NodeId,
  names: readonly string[],
): Required<Pick<CommandWants, 'nodes' | 'out'>> {
  const nodes = names.map((name) => aliasId(org, collection, name));
  return { nodes, out: nodes.map((from) => ({ kind: 'ALIASES' as const, from })) };
}

export interface AliasTarget {
  readonly org: string;
  readonly collection: NodeId;
  /** Null takes the aliases away. */
  readonly to: NodeId | null;
  readonly digest: string | null;
  /** World time of the move. */
  readonly at: Instant;
}

/** The moves that bring the aliases to their target; those that are there already need none. */
export function decideAliasMoves(
  view: GraphView,
  names: readonly string[],
  { org, collection, to, digest, at }: AliasTarget,
): AliasMove[] {
  if (names.length > ALIASES_MAX) throw invalidInput(`at most ${ALIASES_MAX} aliases at once`);
  return [...new Set(names.map(checkAlias))].flatMap((name) => {
    const alias = aliasId(org, collection, name);
    const [open] = view.openOut('ALIASES', alias);
    if (open ? open.to === to : to === null) return [];
    const closes = open ? { to: open.to, since: open.since } : null;
    // A move that is told late cannot have been before the one that it follows.
    const when = open ? laterOf(at, open.validFrom) : at;
    const created = view.node(alias) === undefined;
    return [{ alias, name, created, to, digest, at: when, closes }];
  });
}

/** `v7` names a version for ever, so no alias may look like one. */
function checkAlias(name: string): string {
  if (ordinalOf(name) !== undefined) {
    throw invalidInput(`the alias ${JSON.stringify(name)} looks like a version number`);
  }
  return checkPathName(name, 'an alias');
}
