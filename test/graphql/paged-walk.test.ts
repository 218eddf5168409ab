import { expect, test, vi } from 'vitest';
import { idAt, type LayeredGraph, writeLayeredGraph } from '../../bench/layered-graph.ts';
import { LINEAGE_EDGES } from '../../src/domain/lineage/kinds.ts';
import { WALK_NODES_MAX } from '../../src/ports/lineage-store.ts';
import { KeptWalks } from '../../src/projections/kept-walks.ts';
import {
  type LineagePage,
  type WalkPlace,
  type WalkSource,
  walkLineage,
} from '../../src/projections/walk-lineage.ts';
import { openTestHub } from '../support/open-hub.ts';

const GRAPH: LayeredGraph = { layers: 16, width: 300, parents: 3, window: 18 };
const ASKED = { direction: 'UPSTREAM', depth: 14, times: {} } as const;
const ROOT = idAt('graph', GRAPH.layers - 1, 0);

/** Pages of one walk through some thousand nodes, for a reader who may see all of them. */
async function openPages() {
  const { hub, admin: reader } = await openTestHub();
  await writeLayeredGraph(hub.store, 'graph', GRAPH);
  const { store, linkSecret: secret } = hub;
  const walk = vi.spyOn(store, 'walk');
  const source: WalkSource = { store, reader, secret, kept: new KeptWalks() };
  const page = (first: number, after?: WalkPlace) =>
    walkLineage(ROOT, { ...ASKED, first, after }, source);
  const pages = async (first: number) => {
    const all: LineagePage[] = [await page(first)];
    for (let next = all[0]?.next; next; next = all.at(-1)?.next) all.push(await page(first, next));
    return all;
  };
  /** How many nodes the walks took at most that were made since this was asked last. */
  const limitsSince = () => {
    const limits = walk.mock.calls.map(([{ limit }]) => limit);
    walk.mockClear();
    return limits;
  };
  return { store, page, pages, limitsSince };
}

const byText = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();

test('pages of every size are cut from the same walk', async () => {
  const { store, pages } = await openPages();
  const query = { ...ASKED, roots: [ROOT], kinds: LINEAGE_EDGES, limit: WALK_NODES_MAX };
  const whole = await store.walk(query);
  expect(whole.nodes.length).toBeGreaterThan(2_000);
  for (const first of [90, 500, 700, 1_000]) {
    const shown = await pages(first);
    expect(shown.flatMap(({ nodes }) => nodes)).toEqual(whole.nodes);
    expect(byText(shown.flatMap(({ edges }) => edges))).toEqual(byText(whole.edges));
    expect(shown.at(-1)).toMatchObject({ frontier: whole.frontier, truncated: whole.truncated });
  }
});

test('a walk takes little more than the pages that are asked for', async () => {
  const { page, pages, limitsSince } = await openPages();
  const first = await page(90);
  expect(limitsSince()).toEqual([90]);
  await page(90, first.next ?? undefined);
  expect(limitsSince()).toEqual([500]);
  await pages(90);
  expect(limitsSince()).toEqual([90, 2_000, WALK_NODES_MAX]);
});

test('who goes on behind a large page gets the next one walked along', async () => {
  const { page, pages, limitsSince } = await openPages();
  const [plain] = await pages(900);
  expect(limitsSince()).toEqual([900, 2_000, WALK_NODES_MAX]);
  expect(await page(900)).toEqual(plain);
  expect(limitsSince()).toEqual([]);
  // That was the last page this time, so the next one is walked alone.
  expect(await page(900)).toEqual(plain);
  expect(limitsSince()).toEqual([900]);
});
