import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteLineageStore } from '../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { type Actor, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import type { Grant } from '../../src/domain/governance/permissions.ts';
import type { EdgeRow, NodeRow } from '../../src/domain/lineage/graph-rows.ts';
import { projectId } from '../../src/domain/lineage/names.ts';
import { readPolicies } from '../../src/main/read-policies.ts';
import type { OpenLineageStore, WalkQuery } from '../../src/ports/lineage-store.ts';
import { KeptWalks } from '../../src/projections/kept-walks.ts';
import { opaqueIdOf } from '../../src/projections/opaque-ids.ts';
import { mayRead, type Reader, readerOf } from '../../src/projections/readable-by.ts';
import { type WalkSource, walkFrom } from '../../src/projections/walk-lineage.ts';
import { appendRows, plainEdge, plainNode, ROW_TIME } from '../support/plain-rows.ts';
import { seenFrom } from '../support/seen-graph.ts';

const ORG = 'example';
const TEAMS = ['a', 'b'] as const;
const PROJECTS = TEAMS.flatMap((team) => ['x', 'y'].map((project) => ({ team, project })));
const IDS = PROJECTS.map((name) => projectId(ORG, name));
const SCOPES = [
  'org',
  ...TEAMS.map((team) => `team/${team}`),
  ...PROJECTS.map(({ team, project }) => `project/${team}/${project}`),
];
const SECRET = Buffer.alloc(32, 7);
const { roles } = readPolicies();

let folder: string;
let store: OpenLineageStore;
let cases = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-property-'));
  store = await openSqliteLineageStore({ file: join(folder, 'a.db'), readers: 1 });
  const projects = PROJECTS.map(({ team, project }, at) =>
    plainNode(IDS[at] as string, IDS[at] as string, {
      kind: 'PROJECT',
      name: project,
      props: { teamName: team },
    }),
  );
  await appendRows(store, { nodes: projects });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

interface World {
  readonly nodes: readonly NodeRow[];
  readonly edges: readonly EdgeRow[];
  readonly reader: Reader;
}

/** Which project each node lies in, edges between them, and the scopes that a reader may read. */
const plans = fc.record({
  projects: fc.array(fc.nat(IDS.length - 1), { minLength: 1, maxLength: 14 }),
  pairs: fc.array(fc.tuple(fc.nat(13), fc.nat(13)), { maxLength: 34 }),
  /** Edges from each node to the next, so that ways are long. */
  chain: fc.boolean(),
  scopes: fc.subarray(SCOPES, { maxLength: 3 }),
});
type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;

/** Each case is a graph of its own beside those of the cases before. */
async function worldOf({ projects, pairs, chain, scopes }: Plan): Promise<World> {
  cases += 1;
  const name = (at: number) => `case${cases}-${String(at % projects.length).padStart(2, '0')}`;
  const nodes = projects.map((project, at) => plainNode(name(at), IDS[project] as string));
  const links = projects.slice(1).map((_, at) => [at, at + 1] as const);
  const unique = new Map(
    [...pairs, ...(chain ? links : [])]
      .filter(([from, to]) => name(from) !== name(to))
      .map(([from, to]) => [`${name(from)} ${name(to)}`, plainEdge(name(from), name(to))]),
  );
  const edges = [...unique.values()];
  await appendRows(store, { nodes, edges });
  return { nodes, edges, reader: await readerFor(scopes) };
}

function readerFor(scopes: readonly string[]): Promise<Reader> {
  const grants = scopes.map(
    (scope): Grant => ({ id: scope, role: 'VIEWER', scope, expiresAt: null }),
  );
  const actor: Actor = { ...SYSTEM_ACTOR, ref: `act:${scopes.join()}` };
  const source = { org: ORG, store, now: ROW_TIME, agent: { props: {} } };
  return readerOf(actor, { roles, grants, key: null }, source);
}

function sourceFor(reader: Reader): WalkSource {
  return { store, reader, secret: SECRET, kept: new KeptWalks() };
}

interface Ask {
  readonly direction: WalkQuery['direction'];
  readonly depth: number;
  readonly first: number;
}

/** Every page of a walk, one after the other. */
async function allPages(root: string, ask: Ask, source: WalkSource) {
  const pages = [];
  let after: Parameters<typeof walkFrom>[1]['after'];
  do {
    const page = await walkFrom(root, { ...ask, times: {}, after }, source);
    expect(page.nodes.length).toBeLessThanOrEqual(ask.first);
    pages.push(page);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return pages;
}

const asks = fc.record({
  direction: fc.constantFrom('UPSTREAM' as const, 'DOWNSTREAM' as const, 'BOTH' as const),
  depth: fc.integer({ min: 1, max: 6 }),
  first: fc.integer({ min: 1, max: 6 }),
});

const edgeText = ({ kind, from, to }: Pick<EdgeRow, 'kind' | 'from' | 'to'>) =>
  `${kind} ${from} ${to}`;

describe('for every graph, every reader and every question', () => {
  test('the pages of a walk are the graph as the reader sees it, and nothing more', async () => {
    await fc.assert(
      fc.asyncProperty(plans, asks, async (plan, ask) => {
        const world = await worldOf(plan);
        const { reader } = world;
        const root = world.nodes[0]?.id as string;
        const pages = await allPages(root, ask, sourceFor(reader));
        const key = { reader: reader.actor.ref, secret: SECRET };
        const expected = seenFrom(root, world, {
          ...ask,
          mayRead: (node) => mayRead(reader, node),
          opaqueId: (id) => opaqueIdOf(id, key),
        });
        const nodes = pages.flatMap((page) => page.nodes);
        expect(nodes.map(({ id, name, depth }) => [id, name, depth])).toEqual(expected.nodes);
        const edges = pages.flatMap((page) => page.edges).map(edgeText);
        expect(edges.sort()).toEqual(expected.edges.map(edgeText).sort());
        expect(pages.at(-1)?.truncated).toBe(expected.truncated);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test('a list is the set of what may be read one by one', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 1, max: 5 }), async (plan, limit) => {
        const { nodes, reader } = await worldOf(plan);
        const prefix = `case${cases}-`;
        const listed: string[] = [];
        let after: NodeRow | undefined;
        for (;;) {
          const query = { scope: reader.scope, text: prefix, order: 'recent' as const };
          const page = await store.list({ ...query, after, limit });
          listed.push(...page.map(({ id }) => id));
          after = page.at(-1);
          if (page.length < limit) break;
        }
        const rows = await store.get(nodes.map(({ id }) => id));
        const single = rows.flatMap((row) => (row && mayRead(reader, row) ? [row.id] : []));
        expect(listed.sort()).toEqual(single.sort());
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('what was known at an index is what was read live at it', async () => {
    const steps = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(plans, steps, asks, async (plan, changes, ask) => {
        const world = await worldOf({ ...plan, pairs: [], chain: false });
        const source = sourceFor(world.reader);
        const ids = world.nodes.map(({ id }) => id);
        const read = async (knownAt?: number) => {
          const question = { ...ask, first: 100, times: { knownAt } };
          const { nodes, edges } = await walkFrom(ids[0] as string, question, source);
          return { nodes: nodes.map(({ id, depth }) => [id, depth]), edges: edges.map(edgeText) };
        };
        const live: Array<readonly [number, Awaited<ReturnType<typeof read>>]> = [];
        const open = new Map<string, EdgeRow>();
        for (const [a, b] of changes) {
          const [from, to] = [ids[a % ids.length] as string, ids[b % ids.length] as string];
          const since = (await store.head()).size;
          const before = open.get(`${from} ${to}`);
          const edge = before ? { ...before, until: since } : plainEdge(from, to, { since });
          if (before) open.delete(`${from} ${to}`);
          else open.set(`${from} ${to}`, edge);
          live.push([await appendRows(store, { edges: [edge] }), await read()]);
        }
        for (const [index, then] of live) expect(await read(index)).toEqual(then);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
