import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ReadBody } from '../../src/domain/audit/leaf.ts';
import { digestGraph } from '../../src/ledger/graph-digest.ts';
import { rebuild } from '../../src/ledger/rebuild.ts';
import { openTestLedger, PROJECT, type TestLedger, TRAINER } from '../support/open-ledger.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { plainGraph } from './plain-graph.ts';
import { tell } from './play.ts';
import { RECORDINGS, recordedEvents } from './recordings.ts';
import { shuffled } from './shuffled.ts';

const SEEDS = [1, 2, 3] as const;

async function play(test: TestLedger, events: readonly unknown[]): Promise<void> {
  for (const event of events) {
    await tell(event, { ledger: test.ledger, project: PROJECT, sender: TRAINER });
  }
}

async function differencesOf({ store, objects }: TestLedger) {
  const readBody: ReadBody = (digest) => objects.read(digest, 1e8);
  const { differences, faults } = await rebuild({
    ...{ live: store, scratch: await openTestScratch(), readBody },
  });
  return { differences, faults };
}

describe.each(RECORDINGS)('what %s sent', (name) => {
  const events = recordedEvents(name);

  it('makes the graph that is expected', async () => {
    const test = await openTestLedger();
    await play(test, events);
    const graph = await plainGraph(test.store);
    const file = new URL(`expected/${name}.txt`, import.meta.url);
    expect(graph).toBe(readFileSync(file, 'utf8'));
    expect(await differencesOf(test)).toEqual({ differences: [], faults: [] });
    const told = (await test.leaves()).filter(({ type }) => type === 'openlineage.recorded');
    expect(told).toHaveLength(events.length);
  });

  it('makes the same of it thrice and in other orders', async () => {
    const orderly = await openTestLedger();
    await play(orderly, events);
    const expected = await plainGraph(orderly.store);
    const { content } = await digestGraph(orderly.store);
    for (const seed of SEEDS) {
      const other = await openTestLedger();
      await play(other, shuffled([...events, ...events, ...events], seed));
      expect([seed, await plainGraph(other.store)]).toEqual([seed, expected]);
      expect([seed, (await digestGraph(other.store)).content]).toEqual([seed, content]);
      expect(await differencesOf(other)).toEqual({ differences: [], faults: [] });
      const told = (await other.leaves()).filter(({ type }) => type === 'openlineage.recorded');
      expect(told).toHaveLength(events.length);
    }
  }, 120_000);
});
