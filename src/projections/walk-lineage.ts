import { DomainError, invalidInput } from '../domain/errors.ts';
import type { LogIndex, ThinNode } from '../domain/lineage/graph-rows.ts';
import { LINEAGE_EDGES, type NodeKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import {
  type AsKnown,
  type LineageStore,
  WALK_DEPTH_MAX,
  WALK_NODES_MAX,
  type WalkQuery,
} from '../ports/lineage-store.ts';
import { cutWalk } from './cut-walk.ts';
import type { KeptWalks } from './kept-walks.ts';
import { nodeOfOpaqueId, opaqueIdOf } from './opaque-ids.ts';
import { mayRead, type Reader } from './readable-by.ts';
import { type ReadableWalk, restrictWalk } from './restrict-walk.ts';

/** Most nodes that one question about lineage is answered with. */
export const LINEAGE_NODES_MAX = 1_000;

/** Kinds that stand beside the graph of lineage and can be no part of a walk. */
const OTHER_KINDS: readonly NodeKind[] = ['TEAM', 'PROJECT', 'AGENT', 'ALIAS'];

export interface LineageQuestion {
  readonly direction: WalkQuery['direction'];
  readonly depth: number;
  readonly first: number;
  /** Kinds that the answer holds; the walk goes through all of them. */
  readonly kinds?: readonly NodeKind[] | undefined;
  readonly times: AsKnown;
  /** Where the page before this one ended. */
  readonly after?: WalkPlace | undefined;
}

/** A place within a walk: the log index that it was made at, and how many nodes were shown. */
export type WalkPlace = readonly [knownAt: LogIndex, shown: number];

/** One page of a walk, and where the next one goes on. */
export interface LineagePage extends ReadableWalk {
  readonly next: WalkPlace | null;
}

export interface WalkSource {
  readonly store: LineageStore;
  readonly reader: Reader;
  /** Secret of the hub for the ids of Restricted elements. */
  readonly secret: Uint8Array;
  readonly kept: KeptWalks;
}

/**
 * The node that a walk is to start from. An id that the reader may not see answers exactly as
 * an unknown one does; the opaque id of a Restricted element leads on from there.
 */
export async function rootOf(
  id: string,
  times: AsKnown,
  { store, reader, secret }: WalkSource,
): Promise<NodeId> {
  const behind = nodeOfOpaqueId(id, { reader: reader.actor.ref, secret });
  const [row] = await store.get([behind ?? id]);
  const known = row && (times.knownAt === undefined || row.since <= times.knownAt);
  const walkable = known && !OTHER_KINDS.includes(row.kind);
  if (walkable && (behind !== null || mayRead(reader, row))) return row.id;
  throw new DomainError('NOT_FOUND', `there is no node with the id ${JSON.stringify(id)}`);
}

/** What a node came from, or what came from it, as far as the reader may see it. */
export async function walkLineage(
  id: string,
  question: LineageQuestion,
  source: WalkSource,
): Promise<LineagePage> {
  checkReach('depth', question.depth, WALK_DEPTH_MAX);
  checkReach('first', question.first, LINEAGE_NODES_MAX);
  return walkFrom(await rootOf(id, question.times, source), question, source);
}

/**
 * The same from a node that the reader was shown already. All pages of an answer are cut from
 * the walk as it was at one log index, so that none skips or repeats a node while facts come in.
 */
export async function walkFrom(
  root: NodeId,
  question: LineageQuestion,
  source: WalkSource,
): Promise<LineagePage> {
  const { depth, first, kinds, after } = question;
  checkReach('depth', depth, WALK_DEPTH_MAX);
  checkReach('first', first, LINEAGE_NODES_MAX);
  const knownAt = after?.[0] ?? question.times.knownAt ?? (await newest(source.store));
  const pinned = { ...question, times: { ...question.times, knownAt } };
  // A first page that leaves nothing out is a walk of its own size; others are cut from the whole.
  const plain = kinds === undefined && source.reader.scope.all && after === undefined;
  const walk = plain
    ? await walkAt(root, pinned, { limit: first, source })
    : await source.kept.walk(keyOf(root, pinned, source), () =>
        walkAt(root, pinned, { limit: WALK_NODES_MAX, source }),
      );
  const page = cutWalk(walk, { kinds, from: after?.[1] ?? 0, first });
  const isCut = plain && walk.truncated && walk.nodes.length >= first;
  const next = isCut ? first : page.next;
  return { ...page, next: next === null ? null : [knownAt, next] };
}

async function newest(store: LineageStore): Promise<LogIndex> {
  const { size } = await store.head();
  return size - 1;
}

/** Everything that a walk's answer depends on; equal keys may share one. */
function keyOf(root: NodeId, question: LineageQuestion, { reader }: WalkSource): string {
  const { direction, depth, times } = question;
  return JSON.stringify([reader.actor.ref, reader.scope, root, direction, depth, times]);
}

async function walkAt(
  root: NodeId,
  { direction, depth, times }: LineageQuestion,
  { limit, source }: { readonly limit: number; readonly source: WalkSource },
): Promise<ReadableWalk> {
  const kinds = LINEAGE_EDGES;
  const query = { roots: [root], direction, kinds, depth, limit, ...times };
  return restrict(await source.store.walk(query), direction, source);
}

/** Everything that came from a node, nearest first, whatever it leads through. */
export async function walkImpact(
  root: NodeId,
  times: AsKnown,
  source: WalkSource,
): Promise<{ readonly nodes: readonly ReachedNode[]; readonly truncated: boolean }> {
  const walk = await source.store.walk({
    roots: [root],
    direction: 'DOWNSTREAM',
    kinds: LINEAGE_EDGES,
    depth: WALK_DEPTH_MAX,
    limit: WALK_NODES_MAX,
    ...times,
  });
  const { nodes, truncated } = restrict(walk, 'DOWNSTREAM', source);
  const readable = nodes.filter((node) => node.depth > 0 && !('restricted' in node));
  return { nodes: readable as ReachedNode[], truncated };
}

export type ReachedNode = ThinNode & { readonly depth: number };

function restrict(
  walk: Awaited<ReturnType<LineageStore['walk']>>,
  direction: WalkQuery['direction'],
  { reader, secret }: WalkSource,
): ReadableWalk {
  const key = { reader: reader.actor.ref, secret };
  return restrictWalk(walk, {
    direction,
    mayRead: (node) => mayRead(reader, node),
    opaqueId: (id) => opaqueIdOf(id, key),
  });
}

function checkReach(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw invalidInput(`${name} is a whole number from 1 to ${max}, not ${value}`);
}
