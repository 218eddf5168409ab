import { DomainError } from '../../domain/errors.ts';
import type { EdgeRow, NodeRow } from '../../domain/lineage/graph-rows.ts';
import { PAGE_ROWS_MAX } from '../../ports/lineage-store.ts';
import type { GraphContext } from './graph-context.ts';
import type { EdgeAsk } from './loaders.ts';
import type { ShownNode } from './shown-node.ts';

/** Most versions that one run may have read for all of them to be looked at together. */
export const INPUTS_READ_MAX = 10_000;

export interface RunInputs {
  /** The versions that the run read, those that the reader may read. */
  readonly rows: readonly NodeRow[];
  /** False when it read others too. */
  readonly isWhole: boolean;
}

/** All that a run read. Many runs are asked about together, as far as one answer holds them. */
export async function runInputs(
  { id, times }: Pick<ShownNode, 'id' | 'times'>,
  context: GraphContext,
): Promise<RunInputs> {
  const { node, answers } = context.loaders;
  return answers.share(['runInputs', id, times], async () => {
    const edges = await edgesOf({ id, direction: 'OUT', kinds: ['USED'], ...times }, context);
    const found = await Promise.all(edges.map(({ to }) => node.load(to)));
    const rows = found.filter((row) => row !== null);
    return { rows, isWhole: rows.length === found.length };
  });
}

async function edgesOf(ask: EdgeAsk, { hub, loaders }: GraphContext): Promise<readonly EdgeRow[]> {
  let page = await loaders.edges.load(ask);
  const edges = [...page];
  const { id, ...rest } = ask;
  while (page.length === PAGE_ROWS_MAX) {
    if (edges.length >= INPUTS_READ_MAX) throw tooMany();
    const after = page.at(-1);
    page = await hub.store.edges({ ...rest, at: [id], after, limit: PAGE_ROWS_MAX });
    edges.push(...page);
  }
  return edges;
}

function tooMany(): DomainError {
  const text = `the run read ${INPUTS_READ_MAX} versions or more, too many to look at together`;
  return new DomainError('LIMIT_EXCEEDED', text);
}
