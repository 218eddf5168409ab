import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROJECTS_PER_FACT_MAX } from '../domain/audit/leaf.ts';
import {
  type CountedRefusals,
  EQUAL_REFUSALS_RECORDED_MAX,
  REFUSAL_WINDOW_MS,
  REFUSAL_WINDOWS_MAX,
  type RefusalKey,
  RefusalTally,
} from './refusal-tally.ts';

const KEY: RefusalKey = { operation: 'grant', code: 'FORBIDDEN', actor: 'act:1', subject: 'run_1' };
const START = 1_000_000;
const LATER = START + 100 * REFUSAL_WINDOW_MS;

function noteMany(tally: RefusalTally, times: number, nowMs = START, key = KEY): boolean[] {
  return Array.from({ length: times }, () => tally.note(key, ['proj_1'], nowMs));
}

const recorded = (answers: readonly boolean[]) => answers.filter(Boolean).length;

describe('equal refusals', () => {
  it('are recorded ten times one by one, and from the eleventh on are counted', () => {
    const tally = new RefusalTally();
    const answers = noteMany(tally, 25);
    expect(answers).toEqual([...Array(10).fill(true), ...Array(15).fill(false)]);
    expect(tally.takeEnded(START + REFUSAL_WINDOW_MS)).toEqual([
      {
        ...KEY,
        count: 15,
        fromMs: START,
        untilMs: START + REFUSAL_WINDOW_MS,
        projects: ['proj_1'],
      },
    ]);
  });

  it('that are ten and no more leave nothing to count', () => {
    const tally = new RefusalTally();
    expect(recorded(noteMany(tally, EQUAL_REFUSALS_RECORDED_MAX))).toBe(10);
    expect(tally.takeEnded(START + REFUSAL_WINDOW_MS)).toEqual([]);
    expect(tally.takeAll(LATER)).toEqual([]);
  });

  it.each([
    { operation: 'other' },
    { code: 'CONFLICT' },
    { actor: 'act:2' },
    { subject: 'run_2' },
    { subject: null },
    { subject: 'null' },
  ])('are no longer equal with %j', (difference) => {
    const tally = new RefusalTally();
    noteMany(tally, 20);
    expect(recorded(noteMany(tally, 20, START, { ...KEY, ...difference }))).toBe(10);
    expect(tally.takeAll(LATER).map(({ count }) => count)).toEqual([10, 10]);
  });

  it('are counted for every project they speak of, each once, as many as a fact may name', () => {
    const tally = new RefusalTally();
    for (let at = 0; at < 12; at += 1) tally.note(KEY, at % 2 ? ['b', 'c'] : ['d', 'b'], START);
    expect(tally.takeAll(LATER)[0]?.projects).toEqual(['b', 'c', 'd']);
    for (let at = 0; at < 1_000; at += 1) tally.note(KEY, [`p${at}`], START);
    expect(tally.takeAll(LATER)[0]?.projects).toHaveLength(PROJECTS_PER_FACT_MAX);
  });
});

describe('a window', () => {
  it('ends after its minute, from its first refusal on', () => {
    const tally = new RefusalTally();
    noteMany(tally, 11, START);
    noteMany(tally, 1, START + REFUSAL_WINDOW_MS - 1);
    expect(tally.takeEnded(START + REFUSAL_WINDOW_MS - 1)).toEqual([]);
    expect(tally.takeEnded(START + REFUSAL_WINDOW_MS).map(({ count }) => count)).toEqual([2]);
  });

  it('that ended is followed by one that records ten again, and both are counted', () => {
    const tally = new RefusalTally();
    expect(recorded(noteMany(tally, 15, START))).toBe(10);
    expect(recorded(noteMany(tally, 13, START + REFUSAL_WINDOW_MS))).toBe(10);
    const counted = tally.takeAll(LATER);
    expect(counted.map(({ count, fromMs }) => [count, fromMs])).toEqual([
      [5, START],
      [3, START + REFUSAL_WINDOW_MS],
    ]);
  });

  it('that is cut short by a stop says when it ended', () => {
    const tally = new RefusalTally();
    noteMany(tally, 11);
    expect(tally.takeAll(START + 5)).toMatchObject([{ fromMs: START, untilMs: START + 5 }]);
  });

  it('survives a clock that goes back', () => {
    const tally = new RefusalTally();
    noteMany(tally, 11, START);
    expect(recorded(noteMany(tally, 5, START - 3_600_000))).toBe(0);
    expect(tally.takeAll(LATER).map(({ count }) => count)).toEqual([6]);
  });
});

describe('counts', () => {
  it('are given out once, whether a window ended or the hub stops', () => {
    const tally = new RefusalTally();
    noteMany(tally, 15);
    expect(tally.takeEnded(START + REFUSAL_WINDOW_MS)).toHaveLength(1);
    expect(tally.takeEnded(START + 2 * REFUSAL_WINDOW_MS)).toEqual([]);
    expect(tally.takeAll(LATER)).toEqual([]);
    noteMany(tally, 15, START + 3 * REFUSAL_WINDOW_MS);
    expect(tally.takeAll(LATER)).toHaveLength(1);
    expect(tally.takeAll(LATER)).toEqual([]);
    expect(tally.takeEnded(START + 10 * REFUSAL_WINDOW_MS)).toEqual([]);
  });

  it('that could not be recorded are given out again', () => {
    const tally = new RefusalTally();
    noteMany(tally, 15);
    const counted = tally.takeEnded(START + REFUSAL_WINDOW_MS);
    expect(tally.counts).toBe(false);
    tally.giveBack(counted);
    expect(tally.counts).toBe(true);
    expect(tally.takeEnded(START + REFUSAL_WINDOW_MS)).toEqual(counted);
  });

  it('leave no refusal out: recorded and counted together are all there were', () => {
    const steps = fc.array(
      fc.record({
        actor: fc.constantFrom('act:1', 'act:2', 'act:3'),
        times: fc.integer({ min: 1, max: 30 }),
        afterMs: fc.constantFrom(0, 1, 20_000, REFUSAL_WINDOW_MS),
        take: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(steps, (list) => {
        const tally = new RefusalTally();
        const taken: CountedRefusals[] = [];
        let [nowMs, all, alone] = [START, 0, 0];
        for (const { actor, times, afterMs, take } of list) {
          nowMs += afterMs;
          alone += recorded(noteMany(tally, times, nowMs, { ...KEY, actor }));
          all += times;
          if (take) taken.push(...tally.takeEnded(nowMs));
        }
        taken.push(...tally.takeAll(LATER));
        expect(alone + taken.reduce((sum, { count }) => sum + count, 0)).toBe(all);
      }),
    );
  });
});

describe('memory', () => {
  it('is bounded: past the most windows the oldest ends early, and its count is kept', () => {
    const tally = new RefusalTally();
    noteMany(tally, 12, START, { ...KEY, actor: 'first' });
    for (let at = 1; at < REFUSAL_WINDOWS_MAX; at += 1) {
      noteMany(tally, 1, START + 1, { ...KEY, actor: `act:${at}` });
    }
    expect(tally.takeEnded(START + 1)).toEqual([]);
    noteMany(tally, 1, START + 2, { ...KEY, actor: 'one more' });
    expect(tally.takeEnded(START + 2)).toMatchObject([{ actor: 'first', count: 2 }]);
    expect(recorded(noteMany(tally, 12, START + 3, { ...KEY, actor: 'first' }))).toBe(10);
  });
});
