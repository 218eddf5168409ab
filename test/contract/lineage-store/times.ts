import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EdgeRow } from '../../../src/domain/lineage/graph-rows.ts';
import type { AsKnown, LineageStore } from '../../../src/ports/lineage-store.ts';
import { at, edgeRow, type Fresh, nodeRow, record } from './lineage-rows.ts';

const ALIAS = 'als_prod';

/**
 * An alias that moved twice. The world's times differ from the hub's: fact 4 said that the move
 * to mdv_2 had happened at second 20, and fact 8 moved it to mdv_3 at second 30.
 */
const MOVED: readonly EdgeRow[] = [
  edgeRow(`ALIASES ${ALIAS} mdv_1`, { since: 2, validFrom: at(10), until: 4, validTo: at(20) }),
  edgeRow(`ALIASES ${ALIAS} mdv_2`, { since: 4, validFrom: at(20), until: 8, validTo: at(30) }),
  edgeRow(`ALIASES ${ALIAS} mdv_3`, { since: 8, validFrom: at(30) }),
];

export function describeTimes(fresh: Fresh): void {
  test.each([
    ['now', {}, 'mdv_3'],
    ['before the first fact', { knownAt: -1 }, undefined],
    ['before it was opened', { knownAt: 1 }, undefined],
    ['at the fact that opened it', { knownAt: 2 }, 'mdv_1'],
    ['just before the first move', { knownAt: 3 }, 'mdv_1'],
    ['at the first move', { knownAt: 4 }, 'mdv_2'],
    ['at the last move', { knownAt: 8 }, 'mdv_3'],
    ['long after', { knownAt: 1_000 }, 'mdv_3'],
    ['before the world had it', { asOf: at(9) }, undefined],
    ['when the world first had it', { asOf: at(10) }, 'mdv_1'],
    ['just before the world moved', { asOf: at(19) }, 'mdv_1'],
    ['when the world moved', { asOf: at(20) }, 'mdv_2'],
    ['when the world moved last', { asOf: at(30) }, 'mdv_3'],
    ['at 15, known before the first move', { asOf: at(15), knownAt: 3 }, 'mdv_1'],
    ['at 15, known after the first move', { asOf: at(15), knownAt: 5 }, 'mdv_1'],
    ['at 25, known before the first move', { asOf: at(25), knownAt: 3 }, 'mdv_1'],
    ['at 25, known after the first move', { asOf: at(25), knownAt: 4 }, 'mdv_2'],
    ['at 35, known before the last move', { asOf: at(35), knownAt: 7 }, 'mdv_2'],
    ['at 35, known after it', { asOf: at(35), knownAt: 8 }, 'mdv_3'],
    ['at 15, known before anything', { asOf: at(15), knownAt: 1 }, undefined],
  ] satisfies [string, AsKnown, string | undefined][])(
    'an alias that moved, %s',
    async (_, times, expected) => {
      const store = await withAlias(fresh);
      const targets = expected === undefined ? [] : [expected];
      const edges = await store.edges({ at: [ALIAS], direction: 'OUT', limit: 10, ...times });
      expect(edges.map(({ to }) => to)).toEqual(targets);
      const walk = await store.walk({ ...WALK, roots: [ALIAS], direction: 'UPSTREAM', ...times });
      expect(walk.nodes.map(({ id }) => id)).toEqual([ALIAS, ...targets]);
      expect(walk.edges).toEqual(edges);
      const version = expected ?? 'mdv_1';
      const back = await store.walk({
        ...WALK,
        roots: [version],
        direction: 'DOWNSTREAM',
        ...times,
      });
      expect(back.nodes.map(({ id }) => id)).toEqual(
        expected === undefined ? [version] : [version, ALIAS],
      );
    },
  );

  test('any edges at any two times are those that the definition says', async () => {
    const store = await (await fresh()).open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(someTimes, { minLength: 1, maxLength: 12 }),
        someAsKnown,
        async (drawn, times) => {
          run += 1;
          const root = `run_${run}`;
          const edges = drawn.map((more, n) => edgeRow(`USED ${root} dsv_${run}_${10 + n}`, more));
          const nodes = [root, ...edges.map(({ to }) => to)].map((id) => nodeRow(id));
          await record(store, { nodes, edges });
          const expected = edges.filter((edge) => holds(edge, times));
          const found = await store.edges({ at: [root], limit: 100, ...times });
          expect(found).toEqual(expected);
          const walk = await store.walk({
            ...WALK,
            roots: [root],
            direction: 'UPSTREAM',
            ...times,
          });
          expect(walk.edges).toEqual(expected);
          expect(walk.nodes.slice(1).map(({ id }) => id)).toEqual(expected.map(({ to }) => to));
        },
      ),
      { numRuns: 80 },
    );
  });
}

const WALK = { kinds: ['ALIASES', 'USED'], depth: 1, limit: 100 } as const;

const someSecond = fc.integer({ min: 0, max: 9 });

const someTimes = fc
  .record({
    since: someSecond,
    open: fc.option(fc.integer({ min: 1, max: 5 })),
    from: someSecond,
    length: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ since, open, from, length }) => ({
    since,
    until: open === null ? null : since + open,
    validFrom: at(from),
    validTo: open === null ? null : at(from + length),
  }));

const someAsKnown = fc
  .record({ knownAt: fc.option(fc.integer({ min: -1, max: 12 })), asOf: fc.option(someSecond) })
  .map(({ knownAt, asOf }) => ({
    ...(knownAt === null ? {} : { knownAt }),
    ...(asOf === null ? {} : { asOf: at(asOf) }),
  }));

/** The definition: first what the hub knew, then what of that was so in the world. */
function holds(edge: EdgeRow, { knownAt, asOf }: AsKnown): boolean {
  const now = knownAt ?? Number.POSITIVE_INFINITY;
  if (edge.since > now) return false;
  const closedByThen = edge.until !== null && edge.until <= now;
  if (asOf === undefined) return !closedByThen;
  const validTo = closedByThen ? edge.validTo : null;
  return edge.validFrom <= asOf && (validTo === null || asOf < validTo);
}

async function withAlias(fresh: Fresh): Promise<LineageStore> {
  const store = await (await fresh()).open();
  const nodes = [ALIAS, 'mdv_1', 'mdv_2', 'mdv_3'].map((id) => nodeRow(id));
  await record(store, { nodes, edges: MOVED });
  return store;
}
