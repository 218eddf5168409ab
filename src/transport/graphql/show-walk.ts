import type { GraphQLResolveInfo } from 'graphql';
import type { AsKnown } from '../../ports/lineage-store.ts';
import type { WalkEdge, WalkElement } from '../../projections/restrict-walk.ts';
import type { LineagePage, LineageQuestion } from '../../projections/walk-lineage.ts';
import { asksForProjects, asksForRows } from './asked-fields.ts';
import { type Question, questionOf, readCursor, writeCursor } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import type { LineageArgs } from './inputs/lineage-args.ts';
import { showNode } from './shown-node.ts';

export interface AskedWalk extends LineageQuestion {
  /** What the cursors of the answer belong to. */
  readonly question: Question;
}

/** What the arguments of a lineage field ask for, from this root on, at these times. */
export function askedWalk(root: string, args: LineageArgs, times: AsKnown): AskedWalk {
  const { direction, depth, first, kinds, after } = args;
  const question = questionOf('lineage', { direction, depth, kinds, root, times: { ...times } });
  return {
    ...{ direction, depth, first, kinds: kinds ?? undefined, times, question },
    after: after == null ? undefined : readCursor(after, question, ['index', 'index']),
  };
}

/** Loads at one go what is asked of nodes beyond what the walk tells, so that no field waits. */
export async function loadAsked(
  { nodes }: LineagePage,
  info: GraphQLResolveInfo,
  { loaders }: GraphContext,
): Promise<void> {
  const [rows, owners] = [asksForRows(info), asksForProjects(info)];
  if (!rows && !owners) return;
  const readable = nodes.flatMap((node) => ('restricted' in node ? [] : [node]));
  const projects = new Set(readable.flatMap(({ project }) => project ?? []));
  const ids = rows ? readable.map(({ id }) => id) : [];
  await loaders.node.loadMany([...ids, ...(owners ? projects : [])]);
}

/** A walk as a Subgraph. Its nodes are thin: what more is asked of them is loaded by need. */
export function showWalk(
  walk: LineagePage,
  { question, times }: Pick<AskedWalk, 'question' | 'times'>,
) {
  return {
    endCursor: walk.next === null ? null : writeCursor(question, walk.next),
    nodes: walk.nodes.map((element) => showElement(element, times)),
    edges: walk.edges.map(showEdge),
    truncated: walk.truncated,
    frontier: walk.frontier,
    depths: walk.nodes.map(({ depth }) => depth),
  };
}

function showElement(element: WalkElement, times: AsKnown) {
  if (!('restricted' in element)) return showNode(element, times);
  const { id, kind, name } = element;
  return { __typename: 'Restricted', id, kind, name };
}

export type ShownEdge = ReturnType<typeof showEdge>;

function showEdge({ kind, from, to, recordedAt, validFrom, since }: WalkEdge) {
  return { kind, from, to, recordedAt, occurredAt: validFrom, since };
}
