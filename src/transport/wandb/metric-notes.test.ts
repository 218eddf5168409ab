import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/values/value.ts';
import { joinedDefinitions, METRIC_DEFINITIONS_MAX } from './metric-notes.ts';

const epoch = { '1': 'epoch' };
const acc = { '1': 'acc', '5': 1, '7': [2] };

describe('definitions of metrics', () => {
  const sorted = [{ '1': 'acc', '5': 2, '7': [2] }, epoch];

  it('are those of a process alone where it is the first, or knows all', () => {
    expect(joinedDefinitions(undefined, [epoch, acc])).toEqual(sorted);
    expect(joinedDefinitions([epoch], [epoch, acc])).toEqual(sorted);
    expect(joinedDefinitions(undefined, undefined)).toEqual([]);
    expect(joinedDefinitions([], 'no list')).toBe('no list');
  });

  it('are the same in whatever order they come', () => {
    expect(joinedDefinitions(undefined, sorted)).toEqual(sorted);
    expect(joinedDefinitions([epoch, acc], sorted)).toEqual(sorted);
  });

  it('of a process before it stay', () => {
    expect(joinedDefinitions([epoch, acc], [])).toEqual(sorted);
    expect(joinedDefinitions([epoch, acc], undefined)).toEqual(sorted);
  });

  it('lead to their steps wherever those are now', () => {
    const glob = { '2': 'epoch', '5': 2 };
    const now: JsonObject[] = [{ '1': 'acc', '5': 2, '7': [1] }, { '1': 'batch' }];
    expect(joinedDefinitions([epoch, acc, glob], now)).toEqual([
      { '1': 'acc', '5': 2, '7': [1] },
      { '1': 'batch' },
      epoch,
      { '2': 'epoch', '5': 1 },
    ]);
  });

  it('whose step is not there count by the steps of the run', () => {
    expect(joinedDefinitions(undefined, [{ '1': 'a', '5': 7 }])).toEqual([{ '1': 'a' }]);
  });

  it('have an end, and none of now is left out for one of before', () => {
    const many = Array.from({ length: METRIC_DEFINITIONS_MAX }, (_, at) => ({ '1': `m${at}` }));
    const joined = joinedDefinitions(many, [acc, epoch]) as object[];
    expect(joined).toHaveLength(METRIC_DEFINITIONS_MAX);
    expect(joined).toContainEqual(epoch);
  });
});
