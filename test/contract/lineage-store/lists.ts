import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBare } from '../../../src/domain/lineage/bare-node.ts';
import { compareText, type NodeRow } from '../../../src/domain/lineage/graph-rows.ts';
import type { LineageStore, NodeQuery } from '../../../src/ports/lineage-store.ts';
import { ALL, type Fresh, nodeRow, record } from './lineage-rows.ts';

const KINDS = ['RUN', 'DATASET', 'MODEL', 'TEAM'] as const;
const PROJECTS = ['proj_a', 'proj_b', 'proj_A', null] as const;
const NAMES = ['train', 'Train', 'train ', 'evaluate-resnet', 'Evaluate ResNet', ''] as const;

/** Nodes of many kinds and names; four share each `since`, some were deleted, some are bare. */
const NODES: readonly NodeRow[] = Array.from({ length: 72 }, (_, n) =>
  nodeRow(`run_${String((n * 37) % 100).padStart(3, '0')}`, {
    kind: KINDS[n % KINDS.length] as NodeRow['kind'],
    project: PROJECTS[(n >> 1) % PROJECTS.length] as NodeRow['project'],
    name: NAMES[(n * 5) % NAMES.length] as string,
    identifiers: n % 3 === 0 ? [`wandb:${n % 6}`, `mlflow:${n}`] : [],
    props: propsOf(n),
    since: n >> 2,
    last: n,
  }),
);
const THERE = NODES.filter((node) => node.props.deletedAt === undefined && !isBare(node));

function propsOf(n: number): NodeRow['props'] {
  if (n % 9 === 4) return { deletedAt: '2026-01-02T03:04:05.000006Z' };
  return n % 8 === 5 ? { namespace: 's3://lake', ownName: 'a' } : {};
}

export function describeLists(fresh: Fresh): void {
  test('get answers in the order of the ids, with null for what is not there', async () => {
    const store = await withNodes(fresh);
    const [a, b] = [NODES[3], NODES[1]] as const;
    const ids = [a?.id, 'nowhere', b?.id, a?.id, ''] as string[];
    expect(await store.get(ids)).toEqual([a, null, b, a, null]);
    expect(await store.get([])).toEqual([]);
  });

  test('by id, and the latest first', async () => {
    const store = await withNodes(fresh);
    const byId = await store.list({ scope: ALL, order: 'id', limit: 1_000 });
    expect(byId).toEqual([...THERE].sort((a, b) => compareText(a.id, b.id)));
    const recent = await store.list({ scope: ALL, order: 'recent', limit: 1_000 });
    expect(recent).toEqual([...THERE].sort(latestFirst));
  });

  test('a node that was deleted is found by its id, and listed only when asked for', async () => {
    const store = await withNodes(fresh);
    const gone = NODES.filter(({ props }) => props.deletedAt !== undefined);
    expect(gone).toHaveLength(8);
    expect(await store.get(gone.map(({ id }) => id))).toEqual(gone);
    const all = { scope: ALL, order: 'id', tombstones: 'included', limit: 1_000 } as const;
    const found = await store.list({ ...all, bare: 'included' });
    expect(found).toEqual([...NODES].sort((a, b) => compareText(a.id, b.id)));
    const [first] = gone as [NodeRow];
    await record(store, { nodes: [{ ...first, props: {} }] });
    const { kind, name } = first;
    const query = { scope: ALL, kinds: [kind], name, order: 'id', limit: 1_000 } as const;
    expect((await store.list(query)).map(({ id }) => id)).toContain(first.id);
  });

  test('a node that is only named is listed when asked for, or once more is said', async () => {
    const store = await withNodes(fresh);
    const named = NODES.filter(isBare);
    expect(named).toHaveLength(8);
    expect(await store.get(named.map(({ id }) => id))).toEqual(named);
    const [first, second] = named as [NodeRow, NodeRow];
    const said = { ...first, props: { ...first.props, versionCount: 1 } };
    const digest = { digest: 'sha256:00', identity: 'content', bytes: 'declared' };
    const version = { ...second, kind: 'DATASET_VERSION', props: digest } as const;
    await record(store, { nodes: [said, version] });
    for (const { kind, name, id } of [said, version]) {
      for (const bare of [undefined, 'included'] as const) {
        const query = { scope: ALL, kinds: [kind], name, bare, order: 'id', limit: 1_000 } as const;
        const found = (await store.list(query)).some((row) => row.id === id);
        expect({ kind, bare, found }).toEqual({
          kind,
          bare,
          found: bare !== undefined || id === first.id,
        });
      }
    }
  });

  test('a scope holds its projects and what has no project, and nothing else', async () => {
    const store = await withNodes(fresh);
    const projectsIn = async (projects: readonly string[]) => {
      const scope = { all: false, projects } as const;
      const rows = await store.list({ scope, order: 'id', limit: 1_000 });
      return [...new Set(rows.map(({ project }) => project))].sort();
    };
    expect(await projectsIn(['proj_a'])).toEqual([null, 'proj_a'].sort());
    expect(await projectsIn(['proj_a', 'proj_b'])).toEqual([null, 'proj_a', 'proj_b'].sort());
    expect(await projectsIn([])).toEqual([null]);
    expect(await projectsIn(['nowhere'])).toEqual([null]);
    const many = Array.from({ length: 200 }, (_, n) => `proj_${n}`);
    expect(await projectsIn([...many, 'proj_A'])).toEqual([null, 'proj_A'].sort());
  });

  test('a project outside the scope answers nothing', async () => {
    const store = await withNodes(fresh);
    const scope = { all: false, projects: ['proj_b'] } as const;
    const list = (project: string) => store.list({ scope, project, order: 'recent', limit: 1_000 });
    expect(await list('proj_a')).toEqual([]);
    expect(await list('proj_b')).not.toEqual([]);
  });

  test('any filter answers what fulfils it, and its pages join without gap', async () => {
    const store = await withNodes(fresh);
    await fc.assert(
      fc.asyncProperty(someQuery, fc.integer({ min: 1, max: 20 }), async (query, limit) => {
        const expected = NODES.filter((node) => fulfils(node, query)).sort(
          query.order === 'id' ? (a, b) => compareText(a.id, b.id) : latestFirst,
        );
        expect(await pages(store, { ...query, limit })).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test.each(['id', 'recent'] as const)(
    'a page goes on behind a row that is not there, by %s',
    async (order) => {
      const store = await withNodes(fresh);
      const after = { id: 'run_0500', since: 9 };
      const rows = await store.list({ scope: ALL, order, after, limit: 1_000 });
      const behind = THERE.filter((node) =>
        order === 'id' ? node.id > after.id : latestFirst(node, after) > 0,
      );
      expect(rows.map(({ id }) => id).sort()).toEqual(behind.map(({ id }) => id).sort());
    },
  );

  test.each(['id', 'recent'] as const)(
    'nodes that stay are paged exactly once while others come, by %s',
    async (order) => {
      const store = await withNodes(fresh);
      const seen: NodeRow[] = [];
      let inserted = 0;
      for (;;) {
        const page = await store.list({ scope: ALL, order, after: seen.at(-1), limit: 9 });
        seen.push(...page);
        if (page.length < 9) break;
        // New nodes are the latest, and their ids fall everywhere.
        const since = 1_000 + inserted;
        const ids = [`aaa_${inserted}`, `run_${inserted}5`, `zzz_${inserted}`];
        await record(store, { nodes: ids.map((id) => nodeRow(id, { since, last: since })) });
        inserted += 1;
      }
      expect(inserted).toBeGreaterThan(3);
      const stayed = seen.filter(({ since }) => since < 1_000);
      const sorted =
        order === 'id' ? (a: NodeRow, b: NodeRow) => compareText(a.id, b.id) : latestFirst;
      expect(stayed).toEqual([...THERE].sort(sorted));
    },
  );
}

function latestFirst(a: Pick<NodeRow, 'id' | 'since'>, b: Pick<NodeRow, 'id' | 'since'>): number {
  return b.since - a.since || compareText(a.id, b.id);
}

const someOf = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const projects = PROJECTS.flatMap((project) => project ?? []);

const someQuery: fc.Arbitrary<Omit<NodeQuery, 'limit'>> = fc.record({
  scope: fc.oneof(
    fc.constant(ALL),
    fc.subarray([...projects, 'nowhere']).map((some) => ({ all: false as const, projects: some })),
  ),
  kinds: maybe(fc.oneof(someOf(KINDS), fc.constant(['RUN', 'RUN'] as const), fc.constant([]))),
  project: maybe(fc.constantFrom(...projects, 'nowhere')),
  name: maybe(fc.constantFrom(...NAMES, 'TRAIN')),
  identifiers: maybe(fc.subarray(['wandb:0', 'wandb:3', 'mlflow:6', 'mlflow:9', 'WANDB:0'])),
  text: maybe(fc.constantFrom('tra', 'RESNET', 'evaluate', 'ain ', 'nothing')),
  tombstones: maybe(fc.constant('included' as const)),
  bare: maybe(fc.constant('included' as const)),
  order: fc.constantFrom('id', 'recent'),
});

function fulfils(node: NodeRow, query: Omit<NodeQuery, 'limit'>): boolean {
  const { scope, kinds, project, name, identifiers, text, tombstones, bare } = query;
  const readable = scope.all || node.project === null || scope.projects.includes(node.project);
  return (
    readable &&
    (tombstones === 'included' || node.props.deletedAt === undefined) &&
    (bare === 'included' || !isBare(node)) &&
    (kinds === undefined || kinds.includes(node.kind)) &&
    (project === undefined || node.project === project) &&
    (name === undefined || node.name === name) &&
    (identifiers === undefined || identifiers.some((key) => node.identifiers.includes(key))) &&
    (text === undefined || node.name.toLowerCase().includes(text.toLowerCase()))
  );
}

async function pages(store: LineageStore, query: NodeQuery): Promise<NodeRow[]> {
  const rows: NodeRow[] = [];
  for (;;) {
    const page = await store.list({ ...query, after: rows.at(-1) });
    rows.push(...page);
    if (page.length < query.limit) return rows;
  }
}

async function withNodes(fresh: Fresh): Promise<LineageStore> {
  const store = await (await fresh()).open();
  await record(store, { nodes: NODES });
  return store;
}
