import type { EdgeRow, LogIndex, NodeRow } from '../domain/lineage/graph-rows.ts';
import { compareEdges, compareText } from '../domain/lineage/graph-rows.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { Json } from '../domain/values/value.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import { allEdges, allNodes } from './graph-pages.ts';

/** One thing in which the live graph is not what the log says. */
export interface Difference {
  readonly what: 'node' | 'edge';
  readonly id: string;
  /** Missing: the log has it. Extra: the log does not. Changed: both do, with other content. */
  readonly how: 'missing' | 'extra' | 'changed';
  /** The fields that differ, for `changed`. */
  readonly fields: readonly string[];
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Live nodes whose last fact came after the replay began; they are compared on their own. */
  readonly moving: readonly NodeRow[];
  /** Live edges that say a later fact opened or closed them; they are looked at on their own. */
  readonly later: readonly EdgeRow[];
  readonly nodes: number;
  readonly edges: number;
}

/**
 * Compares a live graph with one that was replayed up to `size`, while others may write to the
 * live one: what later facts touched is set aside, edges that they closed count as open.
 */
export async function compareGraphs(
  live: LineageStore,
  replayed: LineageStore,
  size: LogIndex,
): Promise<Comparison> {
  const differences: Difference[] = [];
  const moving: NodeRow[] = [];
  const later: EdgeRow[] = [];
  const counts = { nodes: 0, edges: 0 };
  const byId = (a: NodeRow, b: NodeRow) => compareText(a.id, b.id);
  for await (const [there, said] of merge(allNodes(live), allNodes(replayed), byId)) {
    counts.nodes += 1;
    if (there && there.last >= size) moving.push(there);
    else differences.push(...differenceOfNode(there, said));
  }
  for await (const [found, said] of merge(allEdges(live), allEdges(replayed), compareEdges)) {
    if (found && isLater(found, size)) later.push(found);
    const there = found && asOfSize(found, size);
    if (!there && !said) continue;
    counts.edges += 1;
    differences.push(...differenceOfEdge(there, said));
  }
  return { differences, moving, later, ...counts };
}

export function differenceOfNode(
  there: NodeRow | undefined,
  said: NodeRow | undefined,
): Difference[] {
  const id = (there ?? said)?.id ?? '';
  return difference('node', {
    id,
    there: there && viewOfNode(there),
    said: said && viewOfNode(said),
  });
}

/** An edge that a later fact opened is not looked at; one that it closed was open. */
function asOfSize(edge: EdgeRow, size: LogIndex): EdgeRow | undefined {
  if (edge.since >= size) return undefined;
  if (edge.until === null || edge.until < size) return edge;
  return { ...edge, until: null, validTo: null };
}

function isLater({ since, until }: EdgeRow, size: LogIndex): boolean {
  return since >= size || (until !== null && until >= size);
}

export function differenceOfEdge(
  there: EdgeRow | undefined,
  said: EdgeRow | undefined,
): Difference[] {
  const { kind, from, to, since } = (there ?? said) as EdgeRow;
  const id = `${kind} from ${from} to ${to} since ${since}`;
  return difference('edge', {
    id,
    there: there && viewOfEdge(there),
    said: said && viewOfEdge(said),
  });
}

type View = Readonly<Record<string, Json>>;

interface Pair {
  readonly id: string;
  readonly there: View | undefined;
  readonly said: View | undefined;
}

function difference(what: Difference['what'], { id, there, said }: Pair): Difference[] {
  if (!there) return [{ what, id, how: 'missing', fields: [] }];
  if (!said) return [{ what, id, how: 'extra', fields: [] }];
  const keys = [...new Set([...Object.keys(there), ...Object.keys(said)])].sort();
  const fields = keys.filter(
    (key) => canonicalJson(there[key] ?? null) !== canonicalJson(said[key] ?? null),
  );
  return fields.length === 0 ? [] : [{ what, id, how: 'changed', fields }];
}

function viewOfNode({ props, ...rest }: NodeRow): View {
  const named = Object.entries(props).map(([key, value]) => [`props.${key}`, value]);
  return { ...rest, ...Object.fromEntries(named) };
}

function viewOfEdge(edge: EdgeRow): View {
  return { ...edge };
}

/** Walks two ordered sequences side by side. */
async function* merge<T>(
  left: AsyncGenerator<T>,
  right: AsyncGenerator<T>,
  compare: (a: T, b: T) => number,
): AsyncGenerator<[T | undefined, T | undefined]> {
  let [a, b] = [await left.next(), await right.next()];
  while (!a.done || !b.done) {
    const order = a.done ? 1 : b.done ? -1 : compare(a.value, b.value);
    yield [
      order <= 0 && !a.done ? a.value : undefined,
      order >= 0 && !b.done ? b.value : undefined,
    ];
    if (order <= 0) a = await left.next();
    if (order >= 0) b = await right.next();
  }
}
