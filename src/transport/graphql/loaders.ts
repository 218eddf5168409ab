import DataLoader from 'dataloader';
import type { ActorRef } from '../../domain/actor.ts';
import type { Digest } from '../../domain/digest.ts';
import type { EdgeRow, LogIndex, NodeRow } from '../../domain/lineage/graph-rows.ts';
import { VERSION_KINDS } from '../../domain/lineage/kinds.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import {
  type EdgeQuery,
  type FactRow,
  GET_IDS_MAX,
  type LineageStore,
  PAGE_ROWS_MAX,
} from '../../ports/lineage-store.ts';
import { mayRead, type Reader } from '../../projections/readable-by.ts';
import type { Hub } from '../hub.ts';
import {
  type MetricKeyLoader,
  type MetricLoader,
  metricKeyLoader,
  metricLoader,
} from './metric-loader.ts';
import { PAGE_DEFAULT } from './paging.ts';
import type { RequestWork } from './request-work.ts';
import { SharedAnswers } from './shared-answers.ts';

/** Edges of some kinds at a node, at a point in the two times. */
export interface EdgeAsk extends Pick<EdgeQuery, 'asOf' | 'knownAt'> {
  readonly id: NodeId;
  readonly direction: 'IN' | 'OUT';
  readonly kinds: NonNullable<EdgeQuery['kinds']>;
}

/** The first versions of a content, in the order of their ids. */
export interface FirstVersions {
  readonly rows: readonly NodeRow[];
  /** Whether there may be more of them. */
  readonly more: boolean;
}

/** Versions that are read of a content whose versions do not all fit into one answer. */
const FIRST_VERSIONS = PAGE_DEFAULT + 1;

/** Made for each request, so that nothing is remembered longer and no right outlives its reader. */
export interface Loaders {
  /** Rows that the reader may see; null for those that they may not, and for unknown ids. */
  readonly node: DataLoader<NodeId, NodeRow | null>;
  /** What `node` has loaded that the reader may see, for who need not wait for it. */
  readonly known: Map<NodeId, NodeRow>;
  /** Facts whoever may see them: what is shown of them is decided where they are shown. */
  readonly fact: DataLoader<LogIndex, FactRow | null>;
  readonly personKey: DataLoader<ActorRef, Uint8Array | null>;
  /** The first edges of a node in the order of their keys, at most PAGE_ROWS_MAX. */
  readonly edges: DataLoader<EdgeAsk, readonly EdgeRow[], string>;
  /** Versions by the digest of their content, those alone that the reader may see. */
  readonly content: DataLoader<Digest, FirstVersions>;
  readonly metricKeys: MetricKeyLoader;
  readonly metrics: MetricLoader;
  /** What is worked out once and asked for in several places. */
  readonly answers: SharedAnswers;
}

export function loadersFor(hub: Hub, reader: Reader, work: RequestWork): Loaders {
  const { store, personKeys, telemetry } = hub;
  const known = new Map<NodeId, NodeRow>();
  const nodes = async (ids: readonly NodeId[]) => {
    const rows = readableRows(await store.get(ids), reader);
    for (const row of rows) if (row) known.set(row.id, row);
    return rows;
  };
  return {
    node: new DataLoader(nodes, { maxBatchSize: GET_IDS_MAX }),
    known,
    fact: new DataLoader((indexes) => factsAt(indexes, store), { maxBatchSize: PAGE_ROWS_MAX }),
    personKey: new DataLoader((persons) =>
      Promise.all(persons.map((person) => personKeys.find(person))),
    ),
    edges: new DataLoader((asks) => edgesAt(asks, store), { cacheKeyFn: JSON.stringify }),
    content: new DataLoader((digests) => versionsOf(digests, { store, reader }), {
      maxBatchSize: GET_IDS_MAX,
    }),
    metricKeys: metricKeyLoader(telemetry),
    metrics: metricLoader(telemetry, work),
    answers: new SharedAnswers(),
  };
}

function readableRows(rows: ReadonlyArray<NodeRow | null>, reader: Reader) {
  return rows.map((row) => (row && mayRead(reader, row) ? row : null));
}

async function factsAt(indexes: readonly LogIndex[], store: LineageStore) {
  const rows = await store.facts({
    indexes,
    order: 'oldest',
    limit: PAGE_ROWS_MAX,
    scope: { all: true },
  });
  const byIndex = new Map(rows.map((row) => [row.index, row]));
  return indexes.map((index) => byIndex.get(index) ?? null);
}

async function edgesAt(asks: readonly EdgeAsk[], store: LineageStore): Promise<EdgeRow[][]> {
  const groups = new Map<string, EdgeAsk[]>();
  for (const ask of asks) {
    const { id: _, ...shared } = ask;
    const key = JSON.stringify(shared);
    groups.set(key, [...(groups.get(key) ?? []), ask]);
  }
  const found = new Map<EdgeAsk, EdgeRow[]>();
  for (const group of groups.values()) {
    for (const [ask, rows] of await edgesOfGroup(group, store)) found.set(ask, rows);
  }
  return asks.map((ask) => found.get(ask) ?? []);
}

/** All at once; only when they do not fit into one answer, each for itself. */
async function edgesOfGroup(
  group: readonly EdgeAsk[],
  store: LineageStore,
): Promise<ReadonlyArray<readonly [EdgeAsk, EdgeRow[]]>> {
  const { id: _, ...shared } = group[0] as EdgeAsk;
  const limit = PAGE_ROWS_MAX;
  const rows = await store.edges({ ...shared, at: group.map(({ id }) => id), limit });
  if (rows.length === limit && group.length > 1) {
    const each = group.map((ask) => store.edges({ ...shared, at: [ask.id], limit }));
    return (await Promise.all(each)).map((own, at) => [group[at] as EdgeAsk, [...own]]);
  }
  const end = shared.direction === 'OUT' ? 'from' : 'to';
  const byNode = new Map<NodeId, EdgeRow[]>(group.map(({ id }) => [id, []]));
  for (const row of rows) byNode.get(row[end])?.push(row);
  return group.map((ask) => [ask, byNode.get(ask.id) ?? []]);
}

/** All at once; only when they do not fit into one answer, each for itself. */
async function versionsOf(
  digests: readonly Digest[],
  { store, reader }: { readonly store: LineageStore; readonly reader: Reader },
): Promise<FirstVersions[]> {
  const { scope } = reader;
  const query = { scope, kinds: VERSION_KINDS, order: 'id' } as const;
  const rows = await store.list({ ...query, identifiers: digests, limit: PAGE_ROWS_MAX });
  if (rows.length < PAGE_ROWS_MAX) {
    return digests.map((digest) => ({
      rows: rows.filter(({ identifiers }) => identifiers.includes(digest)),
      more: false,
    }));
  }
  const limit = FIRST_VERSIONS;
  const each = digests.map((digest) => store.list({ ...query, identifiers: [digest], limit }));
  return (await Promise.all(each)).map((own) => ({ rows: own, more: own.length === limit }));
}
