import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type CreateProjectInput, createProject } from '../src/commands/create-project.ts';
import { SYSTEM_ACTOR } from '../src/domain/actor.ts';
import { LINEAGE_EDGES } from '../src/domain/lineage/kinds.ts';
import { projectId } from '../src/domain/lineage/names.ts';
import { readConfig } from '../src/main/config.ts';
import { openHub } from '../src/main/open-hub.ts';
import { buildServer } from '../src/main/server.ts';
import { figure, machine, quantile, rounded } from './figures.ts';
import { idAt, LARGE_GRAPH, writeLayeredGraph } from './layered-graph.ts';

const KEY = `ledgerline-${'b'.repeat(48)}`;
const REPEATS = 20;
const WARM_UPS = 8;
/** Roots of the walks lie so far apart in their layer. */
const ROOTS_APART = 170;
const NS_PER_MS = 1e6;

/** What is asked for: a page has a limit and is cut, a closure has a depth and is whole. */
const CASES = [
  { name: 'page of 100', limit: 100, depth: 40 },
  { name: 'page of 1,000', limit: 1_000, depth: 40 },
  { name: 'closure of about 1,000', limit: 10_000, depth: 10 },
  { name: 'closure of about 10,000', limit: 10_000, depth: 28 },
] as const;
/** Most nodes that one GraphQL request returns. */
const GRAPHQL_NODES_MAX = 1_000;

/**
 * Walks through a layered graph of 200,000 nodes and 600,000 edges with diamonds, at the store
 * and through GraphQL over HTTP, with the longest delay of the event loop meanwhile.
 */
export async function benchWalk(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  const config = readConfig({ LEDGERLINE_DATA_DIR: folder, LEDGERLINE_ADMIN_KEY: KEY });
  const opened = await openHub(config, () => 'http://127.0.0.1');
  const app = await buildServer(opened.hub);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  machine('walk');
  try {
    const { hub } = opened;
    const name = { team: 'main', project: 'bench' };
    const input: CreateProjectInput = { ...name, ifExists: 'return' };
    await hub.ledger.submit({ command: createProject, input, actor: SYSTEM_ACTOR });
    const project = projectId(hub.org, name);
    const started = performance.now();
    const counts = await writeLayeredGraph(hub.store, project, LARGE_GRAPH);
    figure('walk', { ...counts, seconds: rounded((performance.now() - started) / 1000) });
    const roots = Array.from({ length: WARM_UPS + REPEATS }, (_, at) =>
      idAt(project, LARGE_GRAPH.layers - 1, at * ROOTS_APART),
    );
    for (const { name: what, limit, depth } of CASES) {
      await measure(`store: ${what}`, roots, async (root) => {
        const query = { roots: [root], direction: 'UPSTREAM' as const, kinds: LINEAGE_EDGES };
        return (await hub.store.walk({ ...query, depth, limit })).nodes.length;
      });
      if (limit > GRAPHQL_NODES_MAX) {
        await measure(`GraphQL, page by page: ${what}`, roots, (root) => closure(url, root, depth));
      } else {
        await measure(
          `GraphQL: ${what}`,
          roots,
          async (root) => (await ask(url, { root, depth, first: limit })).nodes.length,
        );
        await measure(`GraphQL, ten fields a node: ${what}`, roots, async (root) => {
          const answer = await ask(url, { root, depth, first: limit, query: TEN_FIELDS });
          return answer.nodes.length;
        });
      }
    }
  } finally {
    await app.close();
    await opened.close();
    await rm(folder, { recursive: true });
  }
}

/** Each root is walked from once, so that no walk that was kept for its pages answers again. */
async function measure(
  what: string,
  roots: readonly string[],
  walk: (root: string) => Promise<number>,
): Promise<void> {
  let nodes = 0;
  for (const root of roots.slice(0, WARM_UPS)) nodes = Math.max(nodes, await walk(root));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const times: number[] = [];
  delay.enable();
  for (const root of roots.slice(WARM_UPS)) {
    const started = performance.now();
    await walk(root);
    times.push(performance.now() - started);
  }
  delay.disable();
  figure('walk', {
    what,
    nodes,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    loopDelayMaxMs: rounded(delay.max / NS_PER_MS),
  });
}

interface Answer {
  readonly nodes: ReadonlyArray<{ readonly id: string }>;
  readonly endCursor: string | null;
}

const QUERY = `query ($root: ID!, $depth: Int!, $first: Int!, $after: String) {
  lineage(root: $root, direction: UPSTREAM, depth: $depth, first: $first, after: $after) {
    nodes { id kind name } edges { kind from to } depths truncated endCursor
  }
}`;
/** Ten fields a node, for which its row and its project are loaded. */
const TEN_FIELDS = QUERY.replace(
  'nodes { id kind name }',
  `nodes {
    __typename id kind name
    ... on LineageNode { recordedAt project { name path } }
    ... on Run { displayName group jobType }
    ... on ArtifactVersion { uri type description }
  }`,
);

interface Question {
  readonly root: string;
  readonly depth: number;
  readonly first: number;
  readonly after?: string | null;
  readonly query?: string;
}

async function ask(url: string, { query = QUERY, ...variables }: Question): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as {
    data: { lineage: Answer };
    errors?: unknown;
  };
  if (errors) throw new Error(JSON.stringify(errors));
  return data.lineage;
}

/** A whole closure as a client gets it: page after page of at most 1,000 nodes. */
async function closure(url: string, root: string, depth: number): Promise<number> {
  let nodes = 0;
  let after: string | null = null;
  do {
    const page: Answer = await ask(url, { root, depth, first: GRAPHQL_NODES_MAX, after });
    nodes += page.nodes.length;
    after = page.endCursor;
  } while (after !== null);
  return nodes;
}
