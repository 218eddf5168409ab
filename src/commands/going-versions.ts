import type { AliasMove, DeletedVersion, LeftCollection } from '../domain/audit/version-parts.ts';
import type { Digest } from '../domain/digest.ts';
import { DomainError } from '../domain/errors.ts';
import type { EdgeRow, NodeRow } from '../domain/lineage/graph-rows.ts';
import { type CollectionKind, collectionKindOf, isVersionKind } from '../domain/lineage/kinds.ts';
import { isRegistered, isToldIdentity, namedIdentity } from '../domain/lineage/named-dataset.ts';
import { aliasId, identityOf, LATEST, versionId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { incarnationOf } from '../domain/lineage/tombstone.ts';
import { type Instant, laterOf } from '../domain/time.ts';
import type { CommandWants, DecisionContext, GraphView } from '../ledger/command.ts';
import { type EdgesInto, OPEN_EDGES_MAX } from '../ports/lineage-store.ts';

/** Kinds of edge by which something may depend on a version. */
export const DEPENDING = ['REGISTERS', 'USED', 'WAS_DERIVED_FROM'] as const;

/** Edges of one kind that are looked at for all versions that are deleted together. */
const GOING_EDGES_MAX = 1_000;

/** How many edges of one kind are looked at for each of so many that are deleted together. */
export function edgesForEach(count: number): number {
  return Math.floor(GOING_EDGES_MAX / Math.max(count, 1));
}

/** What must be known of versions before it can be said whether they may be deleted. */
export function wantsOfGoing(
  ids: readonly NodeId[],
  view: GraphView,
  org: string,
): Required<Pick<CommandWants, 'nodes' | 'out' | 'into'>> {
  const rows = ids.flatMap((id) => rowOf(view, id) ?? []);
  const most = edgesForEach(ids.length);
  const into = ids.flatMap((to) =>
    (['ALIASES', ...DEPENDING] as const).map((kind) => ({ kind, to, most })),
  );
  const dependents = into.flatMap((place) => edgesInto(view, place)).map(({ from }) => from);
  const latest = [...new Set(rows.map((row) => latestOf(row, org)))];
  const moving = collectionsLosing(rows, view, org);
  const left = moving.flatMap((of) => newestLeft(of, new Set(ids), view)?.from ?? []);
  return {
    nodes: [
      ...ids,
      ...rows.map(({ props }) => String(props.collection)),
      ...rows.flatMap((row) => firstOf(row, view, org) ?? []),
      ...dependents,
      ...dependents.flatMap((id) => rowOf(view, id)?.project ?? []),
      ...latest,
      ...left,
    ],
    out: [
      ...ids.map((from) => ({ kind: 'VERSION_OF' as const, from })),
      ...latest.map((from) => ({ kind: 'ALIASES' as const, from })),
    ],
    into: [
      ...into,
      ...moving.map((to) => {
        const going = rows.filter(({ props }) => props.collection === to).length;
        // One more than go finds the newest that is left.
        const enough = Math.max(going + 1, edgesForEach(moving.length));
        return { kind: 'VERSION_OF' as const, to, most: Math.min(enough, OPEN_EDGES_MAX) };
      }),
    ],
  };
}

/** How versions that nothing keeps are put on record as deleted. */
export function decideGoing(
  rows: readonly NodeRow[],
  context: Pick<DecisionContext, 'view' | 'org' | 'recordedAt'>,
): { readonly versions: DeletedVersion[]; readonly collections: LeftCollection[] } {
  const { view } = context;
  const going = new Set(rows.map(({ id }) => id));
  const collections = [...new Set(rows.map(({ props }) => String(props.collection)))].sort();
  return {
    versions: rows.map((row) => deletedVersionOf(row, context)),
    collections: collections.map((id) => {
      const collection = view.node(id) as NodeRow;
      const own = rows.filter(({ props }) => props.collection === id);
      return {
        id,
        kind: collection.kind as CollectionKind,
        name: collection.name,
        project: collection.project as NodeId,
        deletedCount: Number(collection.props.deletedCount ?? 0) + own.filter(isRegistered).length,
        moves: own.flatMap((version) => movesFrom(version, going, context)),
      };
    }),
  };
}

function deletedVersionOf(
  row: NodeRow,
  { view, org, recordedAt }: Pick<DecisionContext, 'view' | 'org' | 'recordedAt'>,
): DeletedVersion {
  const { id, kind, name, props } = row;
  const first = view.node(firstOf(row, view, org) ?? id) as NodeRow;
  const [membership] = view.openOut('VERSION_OF', id);
  if (!isVersionKind(kind)) throw new Error(`${id} is no version`);
  return {
    id,
    kind,
    name,
    project: row.project as NodeId,
    collection: String(props.collection),
    since: membership?.since ?? null,
    at: membership ? laterOf(recordedAt, membership.validFrom) : recordedAt,
    anew: { id: first.id, name: first.name, incarnation: incarnationOf(first) + 1 },
  };
}

/**
 * `latest` goes to the newest version that is left; other aliases lead nowhere from now on. It is
 * looked up by itself: being the oldest alias, it is the last of those that lead to a version.
 */
function movesFrom(
  version: NodeRow,
  going: ReadonlySet<NodeId>,
  { view, org, recordedAt }: Pick<DecisionContext, 'view' | 'org' | 'recordedAt'>,
): AliasMove[] {
  const collection = String(version.props.collection);
  const aliases = view.openInto('ALIASES', version.id);
  if (aliases.length >= OPEN_EDGES_MAX) {
    const text = `${OPEN_EDGES_MAX} aliases or more lead to ${version.name}; remove some first`;
    throw new DomainError('LIMIT_EXCEEDED', text);
  }
  const latest = latestOf(version, org);
  const others = aliases.filter(({ from }) => from !== latest);
  const moves = others.map((edge) => moveOf(edge, { view, recordedAt, to: null }));
  const own = view.openOut('ALIASES', latest).filter(({ to }) => to === version.id);
  return [
    ...moves,
    ...own.map((edge) => moveOf(edge, { view, recordedAt, to: newestOf(collection, going, view) })),
  ];
}

/** Null when no version is left. */
function newestOf(id: NodeId, going: ReadonlySet<NodeId>, view: GraphView): NodeId | null {
  const newest = newestLeft(id, going, view);
  if (newest) return newest.from;
  const collection = view.node(id) as NodeRow;
  const { versionCount = 0, deletedCount = 0 } = collection.props;
  const own = [...going].filter((each) => view.node(each)?.props.collection === id);
  if (Number(versionCount) - Number(deletedCount) <= own.length) return null;
  // Only the newest were looked at, and all of those go or went just now.
  const text = `too many versions of ${collection.name} are deleted at once; try again soon`;
  throw new DomainError('BACKPRESSURE', text);
}

function moveOf(
  { from, to: left, since, validFrom }: EdgeRow,
  go: { readonly view: GraphView; readonly recordedAt: Instant; readonly to: NodeId | null },
): AliasMove {
  const { view, recordedAt, to } = go;
  const alias = view.node(from) as NodeRow;
  const digest = to === null ? null : ((view.node(to)?.props.digest ?? null) as string | null);
  const at = laterOf(recordedAt, validFrom);
  return {
    alias: from,
    name: alias.name,
    created: false,
    to,
    digest,
    at,
    closes: { to: left, since },
  };
}

/** Collections whose alias `latest` leads to one of these versions. */
function collectionsLosing(rows: readonly NodeRow[], view: GraphView, org: string): NodeId[] {
  const losing = rows.flatMap((row) => {
    const latest = latestOf(row, org);
    if (!view.knowsOut('ALIASES', latest)) return [];
    const leads = view.openOut('ALIASES', latest).some(({ to }) => to === row.id);
    return leads ? [String(row.props.collection)] : [];
  });
  return [...new Set(losing)];
}

function newestLeft(
  collection: NodeId,
  going: ReadonlySet<NodeId>,
  view: GraphView,
): EdgeRow | undefined {
  if (!view.knowsInto('VERSION_OF', collection)) return undefined;
  return view.openInto('VERSION_OF', collection).find(({ from }) => !going.has(from));
}

/** The version that had this content first; undefined as long as its collection is not known. */
function firstOf({ id, kind, props }: NodeRow, view: GraphView, org: string): NodeId | undefined {
  // What pipelines tell of comes no second time under its name: it stays deleted.
  if (isToldIdentity(props.identity)) return id;
  const collection = rowOf(view, String(props.collection));
  if (!collection || !isVersionKind(kind)) return undefined;
  const digest = (props.digest ?? null) as Digest | null;
  const uri = (props.uri ?? null) as string | null;
  const how = props.identity as 'manifest' | 'content' | 'address';
  const isNamed = collection.props.namespace !== undefined;
  const identity = isNamed
    ? namedIdentity({ digest, uri })
    : identityOf({ identity: how, digest, uri });
  return versionId(org, collection.id, { kind: collectionKindOf(kind), identity });
}

/** Others of the batch may have asked for more of them. */
function edgesInto(view: GraphView, { kind, to, most }: Required<EdgesInto>): readonly EdgeRow[] {
  return view.knowsInto(kind, to) ? view.openInto(kind, to).slice(0, most) : [];
}

function latestOf({ props }: NodeRow, org: string): NodeId {
  return aliasId(org, String(props.collection), LATEST);
}

function rowOf(view: GraphView, id: NodeId): NodeRow | undefined {
  return view.knows(id) ? view.node(id) : undefined;
}
