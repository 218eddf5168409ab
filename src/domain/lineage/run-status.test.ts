import { describe, expect, it } from 'vitest';
import {
  type FinalStatus,
  isFinalStatus,
  isRunStatus,
  mayFinish,
  RUN_STATUSES,
  type RunStatus,
} from './run-status.ts';

/** Rows: from. Columns: to FINISHED, FAILED, KILLED, CRASHED. */
const MAY: Readonly<Record<RunStatus, readonly [boolean, boolean, boolean, boolean]>> = {
  RUNNING: [true, true, true, true],
  FINISHED: [false, false, false, false],
  FAILED: [false, false, false, false],
  KILLED: [false, false, false, false],
  CRASHED: [true, true, true, false],
};
const COLUMNS: readonly FinalStatus[] = ['FINISHED', 'FAILED', 'KILLED', 'CRASHED'];

describe('a run', () => {
  it('has these states', () => {
    expect(RUN_STATUSES).toEqual(['RUNNING', 'FINISHED', 'FAILED', 'KILLED', 'CRASHED']);
    expect(Object.keys(MAY).sort()).toEqual([...RUN_STATUSES].sort());
  });

  const moves = RUN_STATUSES.flatMap((from) =>
    COLUMNS.map((to, column) => [from, to, MAY[from][column]] as const),
  );
  it.each(moves)('that is %s may become %s: %s', (from, to, may) => {
    expect(mayFinish(from, to)).toBe(may);
  });

  it('never finishes by running', () => {
    for (const from of RUN_STATUSES) expect(mayFinish(from, 'RUNNING' as FinalStatus)).toBe(false);
  });

  it('has no state but these', () => {
    for (const status of RUN_STATUSES) {
      expect(isRunStatus(status)).toBe(true);
      expect(isFinalStatus(status)).toBe(status !== 'RUNNING');
    }
    for (const other of ['running', '', 'constructor', null, undefined, 0, ['RUNNING']]) {
      expect(isRunStatus(other)).toBe(false);
      expect(isFinalStatus(other)).toBe(false);
    }
  });
});
