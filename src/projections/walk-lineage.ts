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
import type { KeptWalks, KnownWalk } from './kept-walks.ts';
import { nodeOfOpaqueId, opaqueIdOf } from './opaque-ids.ts';
import { mayRead, type Reader } from './readable-by.ts';
import { type ReadableWalk, restrictWalk } from './restrict-walk.ts';

/** Most nodes that one question about lineage is answered with. */
export const LINEAGE_NODES_MAX = 1_000;

/**
 * Sizes of the walks that pages behind the first one are cut from: the least that holds the page,
 * so that the second of many small pages is no walk through everything.
 */
const WALK_SIZES: readonly number[] = [500, 2_000, WALK_NODES_MAX];
/** A reader who asks for so many nodes at once may well want all there are. */
const LARGE_PAGE_NODES = 500;

/** Kinds that stand beside the graph of lineage and can be no part of a walk. */
const OTHER_KINDS: readonly NodeKind[] = ['TEAM', 'PROJECT', 'AGENT', 'ALIAS', 'REGISTRATION'];

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
 * an unknown one does; the opaque id of a Restricted element leads on from there. The times may
 * still be on their way, so that the store is asked for both at once.
 */
export async function rootOf(
  id: string,
  times: AsKnown | Promise<AsKnown>,
  { store, reader, secret }: WalkSource,
): Promise<NodeId> {
  const behind = nodeOfOpaqueId(id, { reader: reader.actor.ref, secret });
  const [[row], { knownAt }] = await Promise.all([store.get([behind ?? id]), times]);
  const known = row && (knownAt === undefined || row.since <= knownAt);
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
  const times = pinned(question, source);
  const root = await rootOf(id, times, source);
  return walkFrom(root, { ...question, times: await times }, source);
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
  const times = await pinned(question, source);
  const asked: AskedPage = { ...question, root, times };
  const from = after?.[1] ?? 0;
  let limit = limitOf(asked, source);
  for (;;) {
    const walk = await walkFor(asked, limit, source);
    const page = cutWalk(walk, { kinds, from, first });
    if (walk.isPart && (walk.hides || page.nodes.length < first / 2)) {
      // What stands in for hidden nodes only the whole walk tells.
      limit = walk.hides ? WALK_NODES_MAX : sizeFor(limit + 1);
      continue;
    }
    const end = page.next ?? (walk.isPart ? from + page.nodes.length : null);
    const { nodes, edges, truncated, frontier } = page;
    const place = end === null ? null : ([times.knownAt, end] as const);
    return { nodes, edges, truncated, frontier, next: place };
  }
}

/** A question about a page of the walk from a root, as it was at one log index. */
interface AskedPage extends LineageQuestion {
  readonly root: NodeId;
}

/** The log index that all pages of the answer are cut at, with the other time. */
async function pinned(
  { times, after }: LineageQuestion,
  { store }: WalkSource,
): Promise<AsKnown & { readonly knownAt: LogIndex }> {
  const knownAt = after?.[0] ?? times.knownAt ?? (await store.head()).size - 1;
  return { ...times, knownAt };
}

/**
 * How many nodes to walk for a page, at first: those up to its end, as if the reader saw them all
 * and asked for every kind. A reader of everything who went on behind their last large page gets
 * the next page of this one walked along.
 */
function limitOf({ kinds, first, after }: AskedPage, { reader, kept }: WalkSource): number {
  const isLarge = first >= LARGE_PAGE_NODES && reader.scope.all && kinds === undefined;
  if (after === undefined) {
    if (kinds !== undefined) return sizeFor(first);
    return isLarge && kept.takeGoesOn(reader.actor.ref) ? sizeFor(2 * first) : first;
  }
  if (isLarge) kept.noteGoesOn(reader.actor.ref);
  return sizeFor(after[1] + first);
}

function sizeFor(end: number): number {
  return WALK_SIZES.find((size) => size >= end) ?? WALK_NODES_MAX;
}

function walkFor(asked: AskedPage, limit: number, source: WalkSource): Promise<KnownWalk> {
  const make = () => walkAt(asked, limit, source);
  // A walk that ends with the first page is of no use to another one.
  const isForOnePage = asked.after === undefined && limit === asked.first;
  return isForOnePage ? make() : source.kept.walk(keyOf(asked, limit, source), make);
}

/** Everything that a walk's answer depends on; equal keys may share one. */
function keyOf(asked: AskedPage, limit: number, { reader }: WalkSource): string {
  const { root, direction, depth, times } = asked;
  return JSON.stringify([reader.actor.ref, reader.scope, root, direction, depth, times, limit]);
}

async function walkAt(
  { root, direction, depth, times }: AskedPage,
  limit: number,
  source: WalkSource,
): Promise<KnownWalk> {
  const query = { roots: [root], direction, kinds: LINEAGE_EDGES, depth, limit, ...times };
  const walk = await source.store.walk(query);
  const isCut = walk.truncated && walk.nodes.length === limit;
  const seen = restrict(walk, direction, source);
  return { ...seen, hides: seen !== walk, isPart: isCut && limit < WALK_NODES_MAX };
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
