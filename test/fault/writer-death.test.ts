import { randomInt } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRun } from '../../src/commands/create-run.ts';
import { isDomainError } from '../../src/domain/errors.ts';
import { runId } from '../../src/domain/lineage/names.ts';
import type { Receipt } from '../../src/ledger/command.ts';
import { rebuild } from '../../src/ledger/rebuild.ts';
import type { FactRow } from '../../src/ports/lineage-store.ts';
import { ORG, openTestLedger, PROJECT, type TestLedger, wholeLog } from '../support/open-ledger.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { runInput } from '../support/run-input.ts';

const KILLS = 20;
const CALLERS = 8;
/** One message to the writer in so many is its last. */
const MESSAGES_A_KILL = 12;
/** A thread is given so long to come to rest behind its answer, in milliseconds. */
const REST_MS = 3;
const RUN_MS_MAX = 60_000;
const BODY_BYTES_MAX = 1e6;
const OPERATIONS = ['begin', 'load', 'commit'];

/**
 * Kills the writing thread again and again: before it takes a message, or when it has done what
 * it was asked and its answer is lost. Never within the library's code, which would end the
 * whole process; kill-9.test.ts does that.
 */
class Killer {
  kills = 0;
  readonly #chance: () => number;

  constructor(seed: number) {
    this.#chance = chanceOf(seed);
  }

  /** Called with every message for a thread. The answer tells whether the thread gets it. */
  send(thread: Worker, { operation = '' }: { readonly operation?: string }): 'yes' | 'no' {
    if (this.kills >= KILLS || !OPERATIONS.includes(operation)) return 'yes';
    if (this.#chance() >= 1 / MESSAGES_A_KILL) return 'yes';
    this.kills += 1;
    if (this.#chance() < 0.5) {
      void thread.terminate();
      return 'no';
    }
    thread.removeAllListeners('message');
    thread.once('message', () => setTimeout(() => void thread.terminate(), REST_MS));
    return 'yes';
  }
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Answers = Map<string, Receipt | Error>;

/** Callers that each record run after run until the writer was killed often enough. */
async function submitMeanwhile(ledger: TestLedger, killer: Killer): Promise<Answers> {
  const answers: Answers = new Map();
  const until = performance.now() + RUN_MS_MAX;
  const call = async (caller: number) => {
    for (let at = 0; killer.kills < KILLS && performance.now() < until; at += 1) {
      const name = `caller-${caller}-${at}`;
      const answer = await ledger.submit(createRun, runInput(name)).catch((error) => error);
      answers.set(name, answer);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
  return answers;
}

describe('a writing thread that is killed again and again', () => {
  const seed = randomInt(2 ** 31);

  it(`loses nothing acknowledged and doubles nothing (seed ${seed})`, async () => {
    const ledger = await openTestLedger();
    const killer = new Killer(seed);
    const post = Worker.prototype.postMessage;
    const spy = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (
      this: Worker,
      ...given: Parameters<typeof post>
    ) {
      if (killer.send(this, given[0]) === 'yes') post.apply(this, given);
    });
    onTestFinished(() => spy.mockRestore());
    const answers = await submitMeanwhile(ledger, killer);
    spy.mockRestore();
    expect(killer.kills).toBe(KILLS);

    const log = await wholeLog(ledger.store);
    expect(log.map(({ index }) => index)).toEqual(log.map((_, at) => at));
    const indexes = indexesBySubject(log);
    const acknowledged = [...answers].filter(([, answer]) => !(answer instanceof Error));
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    for (const [name, answer] of answers) {
      const facts = indexes.get(runId(ORG, PROJECT, name)) ?? [];
      if (!(answer instanceof Error)) {
        expect(facts).toEqual([answer.index]);
      } else {
        expect(isDomainError(answer) && answer.code).toBe('UNAVAILABLE');
        expect(facts.length).toBeLessThanOrEqual(isUnknown(answer) ? 1 : 0);
      }
    }

    const readBody = (digest: Parameters<typeof ledger.objects.read>[0]) =>
      ledger.objects.read(digest, BODY_BYTES_MAX);
    const scratch = await openTestScratch();
    const rebuilt = await rebuild({ live: ledger.store, scratch, readBody });
    expect(rebuilt).toMatchObject({ differences: [], faults: [], facts: log.length });
  }, 120_000);
});

function indexesBySubject(log: readonly FactRow[]): Map<string | null, number[]> {
  const indexes = new Map<string | null, number[]>();
  for (const { subject, index } of log) {
    indexes.set(subject, [...(indexes.get(subject) ?? []), index]);
  }
  return indexes;
}

function isUnknown(error: Error): boolean {
  return isDomainError(error) && error.details.outcome === 'unknown';
}
