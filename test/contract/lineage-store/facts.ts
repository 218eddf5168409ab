import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type FactQuery,
  type FactRow,
  type IdempotencyKey,
  type LineageStore,
  PAGE_ROWS_MAX,
} from '../../../src/ports/lineage-store.ts';
import {
  ALL,
  at,
  type Fresh,
  factRow,
  NO_WANTS,
  nodeRow,
  record,
  refusal,
} from './lineage-rows.ts';

const TYPES = ['run.started', 'run.finished', 'version.added', 'refusal'] as const;
const ACTORS = ['act:a', 'act:b', 'act:A'] as const;
const SUBJECTS = ['run_a', 'run_b', 'run_A', null] as const;
const OUTCOMES = ['allow', 'allow', 'deny'] as const;
const PROJECT_LISTS = [['proj_a'], ['proj_b'], ['proj_a', 'proj_b'], [], ['proj_c', 'proj_a']];
const ABOUT = ['run_a', 'run_b', 'nowhere'] as const;

const FACTS: readonly FactRow[] = Array.from({ length: 90 }, (_, n) =>
  factRow(n, {
    id: `fct_${(n * 61) % 90}`,
    type: pick(TYPES, n),
    actor: pick(ACTORS, n >> 1),
    subject: pick(SUBJECTS, n >> 2),
    outcome: pick(OUTCOMES, n),
    projects: pick(PROJECT_LISTS, n * 3),
    // Three facts share each second.
    recordedAt: at(Math.floor(n / 3)),
    sidecar: n % 5 === 0 ? [{ person: 'act:p', box: new Uint8Array([n]) }] : [],
  }),
);

/** Which facts are about a node: a pattern of the index. */
const IS_ABOUT: Readonly<Record<string, (index: number) => boolean>> = {
  run_a: (index) => index % 4 === 1,
  run_b: (index) => index % 7 === 0,
};

export function describeFacts(fresh: Fresh): void {
  describeQueries(fresh);
  describeScope(fresh);
  describeIdempotency(fresh);
}

function describeQueries(fresh: Fresh): void {
  test('facts by index and by id: what exists of them, in the asked order', async () => {
    const store = await withFacts(fresh);
    const query = { scope: ALL, order: 'newest', limit: 100 } as const;
    const byIndex = await store.facts({ ...query, indexes: [3, 90, 1, 3, 0] });
    expect(byIndex).toEqual([FACTS[3], FACTS[1], FACTS[0]]);
    const ids = [FACTS[9]?.id, 'fct_nowhere', FACTS[80]?.id, 'FCT_1'] as string[];
    expect(await store.facts({ ...query, ids })).toEqual([FACTS[80], FACTS[9]]);
    const oldest = { ...query, order: 'oldest' } as const;
    expect(await store.facts({ ...oldest, ids })).toEqual([FACTS[9], FACTS[80]]);
    expect(await store.facts({ ...query, ids: [] })).toEqual([]);
    expect(await store.facts({ ...query, indexes: [] })).toEqual([]);
  });

  test('facts of a range of indexes and of a time, both ends as the port says', async () => {
    const store = await withFacts(fresh);
    const indexesOf = async (query: Partial<FactQuery>) => {
      const rows = await store.facts({ scope: ALL, order: 'oldest', limit: 100, ...query });
      return rows.map(({ index }) => index);
    };
    expect(await indexesOf({ from: 4, to: 7 })).toEqual([4, 5, 6]);
    expect(await indexesOf({ from: 88, to: 500 })).toEqual([88, 89]);
    expect(await indexesOf({ from: 5, to: 5 })).toEqual([]);
    expect(await indexesOf({ since: at(3), until: at(5) })).toEqual([9, 10, 11, 12, 13, 14]);
    expect(await indexesOf({ since: at(29) })).toEqual([87, 88, 89]);
    expect(await indexesOf({ since: at(30) })).toEqual([]);
    expect(await indexesOf({ until: at(1) })).toEqual([0, 1, 2]);
    expect(await indexesOf({ until: at(0) })).toEqual([]);
    expect(await indexesOf({ until: at(9_000), from: 87 })).toEqual([87, 88, 89]);
  });

  test('what a fact is about is only what it was said to be about', async () => {
    const store = await (await fresh()).open();
    await record(store, { nodes: [nodeRow('run_a')], about: [['run_a', 0]] });
    await record(store, { nodes: [nodeRow('run_a', { last: 1 })] });
    await record(store, {
      about: [
        ['run_a', 2],
        ['run_b', 2],
      ],
    });
    const query = { scope: ALL, order: 'newest', limit: 10 } as const;
    const indexesAbout = async (about: string) =>
      (await store.facts({ ...query, about })).map(({ index }) => index);
    expect(await indexesAbout('run_a')).toEqual([2, 0]);
    expect(await indexesAbout('run_b')).toEqual([2]);
    expect(await indexesAbout('run_A')).toEqual([]);
  });

  test('any filter answers the facts that fulfil it, and pages of them join', async () => {
    const store = await withFacts(fresh);
    await fc.assert(
      fc.asyncProperty(someQuery, fc.integer({ min: 1, max: 25 }), async (query, limit) => {
        const fulfilling = FACTS.filter((fact) => fulfils(fact, query));
        const expected = query.order === 'oldest' ? fulfilling : fulfilling.reverse();
        expect(await store.facts({ ...query, limit: 1_000 })).toEqual(expected);
        expect(await pages(store, { ...query, limit })).toEqual(expected);
      }),
      { numRuns: 120 },
    );
  });
}

function describeScope(fresh: Fresh): void {
  test('a fact is shown whole or not at all: its every project must be in the scope', async () => {
    const store = await withFacts(fresh);
    const shown = async (projects: readonly string[]) => {
      const scope = { all: false, projects } as const;
      const rows = await store.facts({ scope, order: 'oldest', limit: 1_000 });
      return [...new Set(rows.map((fact) => fact.projects.join('+')))].sort();
    };
    expect(await shown(['proj_a'])).toEqual(['proj_a']);
    expect(await shown(['proj_b', 'proj_a'])).toEqual(['proj_a', 'proj_a+proj_b', 'proj_b']);
    expect(await shown(['proj_c'])).toEqual([]);
    expect(await shown(['proj_c', 'proj_a'])).toEqual(['proj_a', 'proj_c+proj_a']);
    expect(await shown(['PROJ_A'])).toEqual([]);
    expect(await shown([])).toEqual([]);
  });

  test('a scope holds for facts that are asked for by index, id, subject or node', async () => {
    const store = await withFacts(fresh);
    const scope = { all: false, projects: ['proj_b'] } as const;
    for (const query of [
      { indexes: FACTS.map(({ index }) => index) },
      { ids: FACTS.map(({ id }) => id) },
      { subject: 'run_a' },
      { about: 'run_a' },
      { project: 'proj_b' },
      { types: [...TYPES] },
    ]) {
      const rows = await store.facts({ ...query, scope, order: 'oldest', limit: 1_000 });
      expect(rows.length).toBeGreaterThan(0);
      for (const { projects } of rows) expect(projects).toEqual(['proj_b']);
    }
  });

  test('a fact that speaks of no project is in the scope of all only', async () => {
    const store = await (await fresh()).open();
    await record(store, { fact: { projects: [] } });
    const page = { order: 'oldest', limit: 10 } as const;
    expect(await store.facts({ ...page, scope: ALL })).toHaveLength(1);
    const scope = { all: false, projects: ['proj_a'] } as const;
    expect(await store.facts({ ...page, scope })).toEqual([]);
  });
}

function describeIdempotency(fresh: Fresh): void {
  test('facts made under some keys: what exists, within all else that is asked', async () => {
    const store = await (await fresh()).open();
    const key = { actor: 'act:a', operation: 'startRun', key: 'k1' } as const;
    const other = { ...key, key: 'k2' };
    await record(store, { fact: { idempotency: other, projects: ['proj_b'] } });
    await record(store, { fact: { idempotency: key, type: 'run.started' } });
    await record(store, { fact: { idempotency: null }, about: [['run_a', 1]] });
    const strangers: IdempotencyKey[] = [
      { ...key, actor: 'act:b' },
      { ...key, operation: 'o' },
      { ...key, key: 'K1' },
    ];
    const keys: IdempotencyKey[] = [key, other, key, ...strangers];
    const indexesOf = async (query: Partial<FactQuery>) => {
      const all = { keys, scope: ALL, order: 'newest', limit: 10 } as const;
      return (await store.facts({ ...all, ...query })).map(({ index }) => index);
    };
    expect(await indexesOf({})).toEqual([1, 0]);
    expect(await indexesOf({ order: 'oldest' })).toEqual([0, 1]);
    expect(await indexesOf({ keys: strangers })).toEqual([]);
    expect(await indexesOf({ keys: [] })).toEqual([]);
    expect(await indexesOf({ scope: { all: false, projects: ['proj_b'] } })).toEqual([0]);
    expect(await indexesOf({ project: 'proj_a' })).toEqual([1]);
    expect(await indexesOf({ types: ['run.started'] })).toEqual([1]);
    expect(await indexesOf({ indexes: [0, 2] })).toEqual([0]);
    expect(await indexesOf({ about: 'run_a' })).toEqual([1]);
    expect(await indexesOf({ to: 1 })).toEqual([0]);
    const tooMany = Array.from({ length: PAGE_ROWS_MAX + 1 }, () => key);
    const wrong = { code: 'INVALID_INPUT', details: { field: 'keys' } };
    expect(await refusal(indexesOf({ keys: tooMany }))).toMatchObject(wrong);
  });

  test('facts are found by idempotency key, in the order of the keys, null for none', async () => {
    const store = await (await fresh()).open();
    const key = { actor: 'act:a', operation: 'startRun', key: 'k1' } as const;
    await record(store, { fact: { idempotency: { ...key, key: 'k2' } } });
    const sidecar = [{ person: 'act:p', box: new Uint8Array([9]) }] as const;
    await record(store, { fact: { idempotency: key, sidecar } });
    await record(store, { fact: { idempotency: null } });
    await store.transact(async (tx) => {
      const { idempotency } = await tx.load({
        ...NO_WANTS,
        idempotency: [
          key,
          { ...key, key: 'K1' },
          { ...key, operation: 'finishRun' },
          { ...key, actor: 'act:b' },
          { ...key, key: 'k2' },
          key,
        ],
      });
      const found = factRow(1, { idempotency: key, sidecar });
      const other = factRow(0, { idempotency: { ...key, key: 'k2' } });
      expect(idempotency).toEqual([found, null, null, null, other, found]);
    });
  });
}

function pick<T>(values: readonly T[], n: number): T {
  return values[n % values.length] as T;
}

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

const someQuery: fc.Arbitrary<Omit<FactQuery, 'limit'>> = fc.record({
  scope: fc.oneof(
    fc.constant(ALL),
    fc.subarray(['proj_a', 'proj_b', 'proj_c']).map((projects) => ({
      all: false as const,
      projects,
    })),
  ),
  about: maybe(fc.constantFrom(...ABOUT)),
  actor: maybe(fc.constantFrom(...ACTORS)),
  subject: maybe(fc.constantFrom('run_a', 'run_b', 'RUN_A')),
  project: maybe(fc.constantFrom('proj_a', 'proj_b', 'nowhere')),
  types: maybe(fc.subarray([...TYPES, 'nothing'])),
  outcome: maybe(fc.constantFrom('allow', 'deny', 'error')),
  since: maybe(fc.integer({ min: -1, max: 31 }).map(at)),
  until: maybe(fc.integer({ min: -1, max: 31 }).map(at)),
  from: maybe(fc.integer({ min: 0, max: 95 })),
  to: maybe(fc.integer({ min: 0, max: 95 })),
  indexes: fc.option(fc.array(fc.integer({ min: 0, max: 95 })), { nil: undefined, freq: 9 }),
  order: fc.constantFrom('oldest', 'newest'),
});

function fulfils(fact: FactRow, query: Omit<FactQuery, 'limit'>): boolean {
  const { scope, about, actor, subject, project, types, outcome, since, until } = query;
  const inScope =
    scope.all ||
    (fact.projects.length > 0 && fact.projects.every((id) => scope.projects.includes(id)));
  return (
    inScope &&
    (about === undefined || IS_ABOUT[about]?.(fact.index) === true) &&
    (actor === undefined || fact.actor === actor) &&
    (subject === undefined || fact.subject === subject) &&
    (project === undefined || fact.projects.includes(project)) &&
    (types === undefined || types.includes(fact.type)) &&
    (outcome === undefined || fact.outcome === outcome) &&
    (since === undefined || fact.recordedAt >= since) &&
    (until === undefined || fact.recordedAt < until) &&
    (query.from === undefined || fact.index >= query.from) &&
    (query.to === undefined || fact.index < query.to) &&
    (query.indexes === undefined || query.indexes.includes(fact.index))
  );
}

/** Pages by narrowing the range of indexes, as a cursor over facts does. */
async function pages(store: LineageStore, query: FactQuery): Promise<FactRow[]> {
  const rows: FactRow[] = [];
  for (;;) {
    const last = rows.at(-1)?.index;
    const range =
      last === undefined ? {} : query.order === 'oldest' ? { from: last + 1 } : { to: last };
    const page = await store.facts({ ...query, ...range });
    rows.push(...page);
    if (page.length < query.limit) return rows;
  }
}

async function withFacts(fresh: Fresh): Promise<LineageStore> {
  const store = await (await fresh()).open();
  const about = Object.entries(IS_ABOUT).flatMap(([id, isAbout]) =>
    FACTS.filter(({ index }) => isAbout(index)).map(({ index }) => [id, index] as const),
  );
  await store.transact((tx) => tx.append({ facts: FACTS, nodes: [], edges: [], about }));
  return store;
}
