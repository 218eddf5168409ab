import { type Command, Option } from 'commander';
import { jsonDocument, limitOption, oneOf, wholeNumber, withExamples } from './command-parts.ts';
import { connect } from './connect.ts';
import { findThing, THING_ARGUMENT } from './find-thing.ts';
import type { HubClient, Variables } from './hub-client.ts';
import {
  type Direction,
  lineageTree,
  type Walk,
  type WalkEdge,
  type WalkNode,
} from './lineage-tree.ts';
import { shapeOf } from './list-output.ts';
import { say, sayJson, tell } from './say.ts';

/** Nodes that are asked for at once. */
const WALK_PAGE_SIZE = 1_000;
/** Most nodes that one walk shows: so far the hub goes on from page to page. */
export const WALK_NODES_MAX = 10_000;
const DEPTH_DEFAULT = 5;
const DEPTH_MAX = 1_000;
const DIRECTIONS = ['UPSTREAM', 'DOWNSTREAM'] as const;

interface Options {
  readonly direction: Direction;
  readonly depth: number;
  readonly limit: number;
  readonly json?: true;
}

interface Page extends Walk {
  readonly endCursor: string | null;
}

export function addLineageCommand(program: Command): void {
  const direction = new Option('--direction <way>', 'upstream: what it came from; downstream: else')
    .default('UPSTREAM', 'upstream')
    .argParser(oneOf(DIRECTIONS));
  const depth = new Option('--depth <n>', `most steps from it, at most ${DEPTH_MAX}`)
    .default(DEPTH_DEFAULT)
    .argParser((text) => wholeNumber(text, { from: 1, to: DEPTH_MAX }));
  const command = program
    .command('lineage')
    .description('show what a thing came from, or what came from it, as a tree')
    .argument('<thing>', THING_ARGUMENT)
    .addOption(direction)
    .addOption(depth)
    .addOption(limitOption('nodes', WALK_NODES_MAX))
    .addOption(jsonDocument())
    .action(lineage);
  withExamples(
    command,
    'ledgerline lineage main/churn/net:latest --depth 10',
    'ledgerline lineage main/churn/customers:v0 --direction downstream --json',
  );
}

async function lineage(thing: string, options: Options): Promise<void> {
  const hub = connect();
  const root = await findThing(hub, thing);
  const walk = await walkFrom(hub, root, options);
  const { direction, depth } = options;
  if (shapeOf(options) === 'json') return sayJson({ root, direction, depth, ...walk });
  for (const line of lineageTree(walk, direction)) say(line);
  if (!walk.truncated) return;
  const places = walk.frontier.length;
  tell(
    `cut: it goes on at ${places} ${places === 1 ? 'place' : 'places'}; see --depth and --limit`,
  );
}

async function walkFrom(hub: HubClient, root: string, options: Options): Promise<Walk> {
  const { direction, depth, limit } = options;
  const nodes: WalkNode[] = [];
  const depths: number[] = [];
  const edges: WalkEdge[] = [];
  let after: string | null = null;
  for (;;) {
    const first = Math.min(WALK_PAGE_SIZE, limit - nodes.length);
    const page: Page = await askWalk(hub, { root, direction, depth, first, after });
    nodes.push(...page.nodes);
    depths.push(...page.depths);
    edges.push(...page.edges);
    after = page.endCursor;
    if (after === null || nodes.length >= limit || page.nodes.length === 0) {
      const { truncated, frontier } = page;
      return { nodes, depths, edges, truncated, frontier };
    }
  }
}

async function askWalk(hub: HubClient, variables: Variables): Promise<Page> {
  const { lineage: page } = await hub.ask<{ lineage: Page }>('lineage', variables);
  return page;
}
