import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProject } from '../../src/commands/create-project.ts';
import { grantRole } from '../../src/commands/grants.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import type { ReadBody } from '../../src/domain/audit/leaf.ts';
import { runId } from '../../src/domain/lineage/names.ts';
import { digestGraph } from '../../src/ledger/graph-digest.ts';
import { rebuild } from '../../src/ledger/rebuild.ts';
import {
  ORG,
  openTestLedger,
  PROJECT,
  STRANGER,
  type TestLedger,
  TRAINER,
} from '../support/open-ledger.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { eventsOf, LAKE, namespaceOf, OF_THE_LAKE, usedIn, uuidOf, type World } from './model.ts';
import { tell } from './play.ts';
import { shuffled } from './shuffled.ts';

const DATASETS = 4;

const end = fc.record({
  dataset: fc.nat(DATASETS - 1),
  version: fc.option(fc.constantFrom('1', '2'), { nil: null, freq: 3 }),
});
const ends = fc.uniqueArray(end, { maxLength: 2, selector: ({ dataset }) => dataset });
const world: fc.Arbitrary<World> = fc.record({
  runs: fc.array(
    fc.record({
      start: fc.nat(8),
      lasts: fc.nat(4),
      end: fc.constantFrom('COMPLETE', 'COMPLETE', 'FAIL', 'ABORT', 'none'),
      reads: ends,
      writes: ends,
      told: fc.constantFrom('first', 'last', 'both'),
      foreign: fc.boolean(),
    }),
    { minLength: 3, maxLength: 6 },
  ),
  names: fc
    .array(
      fc.record({
        dataset: fc.nat(DATASETS - 1),
        others: fc.uniqueArray(fc.nat(DATASETS - 1), { maxLength: 2 }),
      }),
      { maxLength: 3 },
    )
    .map((all) =>
      all.map(({ dataset, others }) => ({
        dataset,
        others: others.filter((other) => other !== dataset),
      })),
    ),
});

async function open() {
  const test = await openTestLedger();
  const lake = { team: 'main', project: 'lake', ifExists: 'refuse' } as const;
  await test.submit(createProject, lake, SYSTEM_ACTOR);
  const role = { grantId: 'g2', role: 'CONTRIBUTOR', scope: 'project/main/churn' } as const;
  const grant = { ...role, to: STRANGER.ref, expiresAt: null };
  await test.submit(grantRole as never, grant as never, SYSTEM_ACTOR);
  return test;
}

async function play(test: TestLedger, told: World, { number, seed }: Record<string, number>) {
  const owners = new Map([[namespaceOf(number as number, OF_THE_LAKE), LAKE]]);
  const events = eventsOf(told, number as number);
  for (const { event, foreign } of shuffled([...events, ...events], seed as number)) {
    const sender = foreign ? STRANGER : TRAINER;
    await tell(event, { ledger: test.ledger, project: PROJECT, owners, sender });
  }
}

/** What each run of a world used by the graph, in the words of the model. */
async function used({ store }: TestLedger, told: World, number: number): Promise<string[]> {
  const lines = await Promise.all(
    told.runs.map(async (_, at) => {
      const id = runId(ORG, PROJECT, `openlineage:${uuidOf(number, at)}`);
      const query = { at: [id], direction: 'OUT', kinds: ['USED'], limit: 100 } as const;
      const edges = await store.edges(query);
      const rows = await store.get(edges.map(({ to }) => to));
      return rows.map((row) => `${at}: ${row?.name}`);
    }),
  );
  return lines.flat().sort();
}

async function differencesOf({ store, objects }: TestLedger) {
  const readBody: ReadBody = (digest) => objects.read(digest, 1e8);
  return rebuild({ live: store, scratch: await openTestScratch(), readBody });
}

describe('runs that name no version', () => {
  it('read what a plain model says, whatever came first, and the log says the same', async () => {
    const test = await open();
    let number = 0;
    const check = async (told: World, seed: number) => {
      number += 1;
      await play(test, told, { number, seed });
      expect(await used(test, told, number)).toEqual(usedIn(told, number));
    };
    await fc.assert(fc.asyncProperty(world, fc.nat(), check), { numRuns: 60, endOnFailure: true });
    expect(await differencesOf(test)).toMatchObject({ differences: [], faults: [] });
  }, 240_000);
});

describe('the content of a graph', () => {
  it('is the same whatever came first', async () => {
    const check = async (told: World, seed: number) => {
      const contents = await Promise.all(
        [seed, seed + 1].map(async (each) => {
          const test = await open();
          await play(test, told, { number: 1, seed: each });
          return (await digestGraph(test.store)).content;
        }),
      );
      expect(contents[1]).toBe(contents[0]);
    };
    await fc.assert(fc.asyncProperty(world, fc.nat(1e6), check), {
      ...{ numRuns: 6, endOnFailure: true },
    });
  }, 240_000);
});
