import { kindWords, type ThingAnswer, thingPath } from './find-thing.ts';

export type Direction = 'UPSTREAM' | 'DOWNSTREAM';

export interface WalkNode extends ThingAnswer {
  readonly __typename: string;
}

export interface WalkEdge {
  readonly kind: string;
  /** The later of the two. */
  readonly from: string;
  readonly to: string;
}

/** A part of the graph as the hub's answer tells it: the root first. */
export interface Walk {
  readonly nodes: readonly WalkNode[];
  readonly depths: readonly number[];
  readonly edges: readonly WalkEdge[];
  readonly truncated: boolean;
  readonly frontier: readonly string[];
}

interface Step {
  readonly kinds: readonly string[];
  readonly id: string;
}

interface Line extends Step {
  readonly level: number;
}

/**
 * A walk as an indented tree. What can be reached by several ways stands in full where the way
 * is shortest, the first of these, and is named in the other places.
 */
export function lineageTree(walk: Walk, direction: Direction): string[] {
  const [root] = walk.nodes;
  if (!root) return [];
  const nodes = new Map(walk.nodes.map((node) => [node.id, node]));
  const depths = new Map(walk.nodes.map(({ id }, at) => [id, walk.depths[at] ?? 0]));
  const steps = stepsOf(walk.edges, direction);
  const told = new Set<string>();
  const lines: string[] = [];
  // A list of what is still to be told: as deep as a walk may go, calls would not.
  const open: Line[] = [{ level: 0, kinds: [], id: root.id }];
  for (let line = open.pop(); line !== undefined; line = open.pop()) {
    const node = nodes.get(line.id);
    if (!node) continue;
    const inFull = depths.get(node.id) === line.level && !told.has(node.id);
    lines.push(
      textOf(line, node) + (inFull || !steps.has(node.id) ? '' : ' (see its other place)'),
    );
    if (!inFull) continue;
    told.add(node.id);
    const level = line.level + 1;
    const next = (steps.get(node.id) ?? []).map((step) => ({ ...step, level }));
    open.push(...next.reverse());
  }
  return lines;
}

/** Where one step leads from each node, with the kinds of edge that lead there. */
function stepsOf(edges: readonly WalkEdge[], direction: Direction): Map<string, Step[]> {
  const kinds = new Map<string, Map<string, Set<string>>>();
  for (const { kind, from, to } of edges) {
    const [here, there] = direction === 'UPSTREAM' ? [from, to] : [to, from];
    const ways = kinds.get(here) ?? new Map<string, Set<string>>();
    kinds.set(here, ways.set(there, (ways.get(there) ?? new Set()).add(kind)));
  }
  return new Map(
    [...kinds].map(([here, ways]) => [here, [...ways].map(([id, of]) => ({ id, kinds: [...of] }))]),
  );
}

function textOf({ level, kinds }: Line, node: WalkNode): string {
  const way = kinds.length === 0 ? '' : `${kinds.join('+')} `;
  return `${'  '.repeat(level)}${way}${nodeText(node)}`;
}

function nodeText(node: WalkNode): string {
  const kind = kindWords(node.kind);
  if (node.__typename === 'Restricted') return `restricted: ${kind} or more that you may not read`;
  return `${kind} ${thingPath(node)}`;
}
