import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteLineageStore } from '../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import type { EdgeKind } from '../../src/domain/lineage/kinds.ts';
import type { JsonObject } from '../../src/domain/values/value.ts';
import type { OpenLineageStore } from '../../src/ports/lineage-store.ts';
import {
  type ColumnPage,
  type ColumnQuestion,
  columnLineage,
} from '../../src/projections/column-lineage.ts';
import type { Reader } from '../../src/projections/readable-by.ts';
import { appendRows, plainEdge, plainNode } from '../support/plain-rows.ts';

const PROJECTS = ['open', 'shut'] as const;
const COLUMNS = ['a', 'b', 'c'] as const;
const SECRET = Buffer.alloc(32, 7);

let folder: string;
let store: OpenLineageStore;
let cases = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-columns-'));
  store = await openSqliteLineageStore({ file: join(folder, 'a.db'), readers: 1 });
  await appendRows(store, { nodes: PROJECTS.map((id) => plainNode(id, id, { kind: 'PROJECT' })) });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const DATASETS = 5;
const RUNS = 4;
const VERSIONS = 8;
const place = fc.constantFrom(...PROJECTS);
const column = fc.constantFrom(...COLUMNS);

/** A column of a version came from a column of a dataset; without a column, all of them did. */
const saying = fc.record({
  version: fc.nat(VERSIONS - 1),
  column: fc.option(column),
  dataset: fc.nat(DATASETS - 1),
  field: column,
});
const plans = fc.record({
  datasets: fc.array(place, { minLength: DATASETS, maxLength: DATASETS }),
  runs: fc.array(place, { minLength: RUNS, maxLength: RUNS }),
  versions: fc.array(
    fc.record({ dataset: fc.nat(DATASETS - 1), makers: fc.subarray([0, 1, 2, 3]) }),
    { minLength: VERSIONS, maxLength: VERSIONS },
  ),
  used: fc.array(fc.tuple(fc.nat(RUNS - 1), fc.nat(VERSIONS - 1)), { maxLength: 14 }),
  sayings: fc.array(saying, { maxLength: 24 }),
});
type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;

const asks = fc.record({
  version: fc.nat(VERSIONS - 1),
  column: fc.option(column),
  direction: fc.constantFrom('UPSTREAM' as const, 'DOWNSTREAM' as const),
  depth: fc.integer({ min: 1, max: 6 }),
  first: fc.integer({ min: 1, max: 5 }),
});

const idsOf = (run: number) => ({
  dataset: (at: number) => `case${run}-dataset${at}`,
  run: (at: number) => `case${run}-run${at}`,
  version: (at: number) => `case${run}-version${at}`,
});

/** Each case is a graph of its own beside those of the cases before. */
async function worldOf(plan: Plan) {
  cases += 1;
  const ids = idsOf(cases);
  const named = (at: number) => ({ namespace: 'store', name: `${cases}/table${at}` });
  const datasets = plan.datasets.map((project, at) => {
    const { namespace, name: ownName } = named(at);
    const props = { namespace, ownName };
    return plainNode(ids.dataset(at), project, { kind: 'DATASET', props });
  });
  const runs = plan.runs.map((project, at) => plainNode(ids.run(at), project));
  const versions = plan.versions.map(({ dataset }, at) => {
    const props = { collection: ids.dataset(dataset), ...facetsOf(plan, at, { ids, named }) };
    const project = plan.datasets[dataset] as string;
    return plainNode(ids.version(at), project, { kind: 'DATASET_VERSION', props });
  });
  const edge = (kind: EdgeKind, from: string, to: string) => plainEdge(from, to, { kind });
  const made = plan.versions.flatMap(({ makers }, at) =>
    makers.map((run) => edge('WAS_GENERATED_BY', ids.version(at), ids.run(run))),
  );
  const pairs = new Map(plan.used.map(([run, version]) => [`${run} ${version}`, [run, version]]));
  const used = [...pairs.values()].map(([run, version]) =>
    edge('USED', ids.run(run as number), ids.version(version as number)),
  );
  await appendRows(store, {
    nodes: [...datasets, ...runs, ...versions],
    edges: [...made, ...used],
  });
  return ids;
}

interface Naming {
  readonly ids: ReturnType<typeof idsOf>;
  readonly named: (at: number) => JsonObject;
}

function facetsOf({ sayings }: Plan, version: number, { ids, named }: Naming): JsonObject {
  const own = sayings.filter((each) => each.version === version);
  const source = ({ dataset, field }: (typeof own)[number]) => ({ ...named(dataset), field });
  const fields = Object.fromEntries(
    COLUMNS.filter((name) => own.some((each) => each.column === name)).map((name) => {
      const inputFields = own.filter((each) => each.column === name).map(source);
      return [name, { inputFields }];
    }),
  );
  const value = { fields, dataset: own.filter((each) => each.column === null).map(source) };
  const datasets = [...new Set(own.map(({ dataset }) => ids.dataset(dataset)))];
  const schema = { value: { fields: COLUMNS.map((name) => ({ name, type: 'text' })) } };
  return {
    facet_schema: schema,
    ...(own.length > 0 && { facet_columnLineage: { value, datasets } }),
  };
}

/** The steps that a plan means, straight from its words. */
function stepsOf(plan: Plan, ids: ReturnType<typeof idsOf>): Array<readonly [string, string]> {
  const steps = plan.sayings.flatMap(({ version, column: of, dataset, field }) => {
    const { makers } = plan.versions[version] as Plan['versions'][number];
    const owners = (makers.length > 0 ? makers : [null]).flatMap((run) => {
      const read = plan.used
        .filter(([by, what]) => by === run && plan.versions[what]?.dataset === dataset)
        .map(([, what]) => ids.version(what));
      return read.length > 0 ? read : [ids.dataset(dataset)];
    });
    const columns = of === null ? COLUMNS : [of];
    return columns.flatMap((name) =>
      owners.map((owner) => [`${ids.version(version)}/${name}`, `${owner}/${field}`] as const),
    );
  });
  return [...new Map(steps.map((step) => [step.join(' '), step])).values()];
}

type Ask = typeof asks extends fc.Arbitrary<infer T> ? T : never;

/** What is within some steps of the roots, and how far away. */
function reachedBy(
  steps: ReadonlyArray<readonly [string, string]>,
  roots: readonly string[],
  { direction, depth }: Pick<Ask, 'direction' | 'depth'>,
): Map<string, number> {
  const depths = new Map(roots.map((root) => [root, 0]));
  for (const [here, at] of depths) {
    if (at === depth) continue;
    for (const [from, to] of steps) {
      const [near, far] = direction === 'UPSTREAM' ? [from, to] : [to, from];
      if (near === here && !depths.has(far)) depths.set(far, at + 1);
    }
  }
  return depths;
}

function readerOf(projects: readonly string[] | 'all'): Reader {
  const scope = projects === 'all' ? ({ all: true } as const) : { all: false as const, projects };
  const access = { roles: new Map(), grants: [], key: null } as unknown as Reader['access'];
  return { actor: SYSTEM_ACTOR, access, scope, teams: new Set(), readsOrganization: false };
}

/** All pages of an answer together. */
async function wholeAnswer(question: ColumnQuestion, reader: Reader) {
  const pages: ColumnPage[] = [];
  let after: ColumnQuestion['after'];
  do {
    const source = { store, reader, org: 'example', secret: SECRET };
    const page = await columnLineage({ ...question, after }, source);
    expect(page.columns.length).toBeLessThanOrEqual(question.first);
    pages.push(page);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return {
    columns: pages.flatMap(({ columns }) => columns),
    edges: pages.flatMap(({ edges }) => edges),
    truncated: pages.at(-1)?.truncated ?? false,
  };
}

const rootsOf = ({ column: of }: Ask, version: string) =>
  (of === null ? COLUMNS : [of]).map((name) => `${version}/${name}`);

describe('column lineage', () => {
  test('is the closure over what runs say, page by page, and ends on cycles', async () => {
    await fc.assert(
      fc.asyncProperty(plans, asks, async (plan, ask) => {
        const ids = await worldOf(plan);
        const version = ids.version(ask.version);
        const question = { ...ask, version, times: {} };
        const answer = await wholeAnswer(question, readerOf('all'));
        const steps = stepsOf(plan, ids);
        const roots = rootsOf(ask, version);
        const expected = reachedBy(steps, roots, ask);
        const found = answer.columns.map(({ id, depth }) => [id, depth]);
        expect(new Map(found as Array<[string, number]>)).toEqual(expected);
        expect(found).toHaveLength(expected.size);
        const within = steps.filter(([from, to]) => expected.has(from) && expected.has(to));
        const shown = [...new Set(answer.edges.map(({ from, to }) => `${from} ${to}`))];
        const isLast = (id: string) => expected.get(id) === ask.depth;
        const near = ask.direction === 'UPSTREAM' ? 0 : 1;
        // Between the last ones a walk that ends there need not know every step.
        const sure = within.filter((step) => !isLast(step[near]));
        expect(within.map((step) => step.join(' '))).toEqual(expect.arrayContaining(shown));
        expect(shown).toEqual(expect.arrayContaining(sure.map((step) => step.join(' '))));
        const beyond = reachedBy(steps, roots, { ...ask, depth: ask.depth + 1 });
        expect(answer.truncated).toBe(beyond.size > expected.size);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test('shows of what is hidden that something is there, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(plans, asks, async (plan, ask) => {
        const ids = await worldOf(plan);
        const root = plan.versions[ask.version]?.dataset as number;
        const open = { ...plan, datasets: plan.datasets.with(root, 'open') };
        const again = open.datasets[root] === plan.datasets[root] ? ids : await worldOf(open);
        const version = again.version(ask.version);
        const question = { ...ask, version, depth: 100, times: {} };
        const answer = await wholeAnswer(question, readerOf(['open']));
        const steps = stepsOf(open, again);
        const all = reachedBy(steps, rootsOf(ask, version), { ...ask, depth: 100 });
        const hidden = new Set([
          ...open.datasets.flatMap((of, at) => (of === 'shut' ? [again.dataset(at)] : [])),
          ...open.versions.flatMap(({ dataset }, at) =>
            open.datasets[dataset] === 'shut' ? [again.version(at)] : [],
          ),
        ]);
        const isHidden = (id: string) => hidden.has(id.slice(0, -'/a'.length));
        const readable = [...all.keys()].filter((id) => !isHidden(id));
        const shown = answer.columns.filter(({ column: of }) => of !== null);
        expect(shown.map(({ id }) => id).sort()).toEqual(readable.sort());
        const runs = open.runs.flatMap((of, at) => (of === 'shut' ? [again.run(at)] : []));
        const text = JSON.stringify(answer);
        for (const id of [...hidden, ...runs]) expect(text).not.toContain(`${id}/`);
        for (const id of runs) expect(text).not.toContain(`"${id}"`);
        for (const [at, of] of open.datasets.entries()) {
          if (of === 'shut') expect(text).not.toContain(`/table${at}"`);
        }
        const stand = answer.columns.filter(({ column: of }) => of === null);
        expect(new Set(stand.map(({ id }) => id)).size).toBe(stand.length);
        expect(stand.length).toBeLessThanOrEqual(hidden.size);
        const known = new Set(answer.columns.map(({ id }) => id));
        for (const { from, to } of answer.edges) {
          expect([known.has(from), known.has(to)]).toEqual([true, true]);
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
