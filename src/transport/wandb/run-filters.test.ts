import { describe, expect, it } from 'vitest';
import type { Value } from '../../domain/values/value.ts';
import { parseFilters, valueAtPath } from './run-filters.ts';

const RUN: Readonly<Record<string, Value>> = {
  'config.lr': 0.1,
  state: 'finished',
  tags: ['baseline', 'v2'],
  'summary_metrics.acc': 0.98,
  'summary_metrics.bad': Number.NaN,
  display_name: 'train the net',
};
const holds = (filters: unknown) =>
  parseFilters(JSON.stringify(filters))((key) => (Object.hasOwn(RUN, key) ? RUN[key] : undefined));

describe('filters of runs', () => {
  it.each([
    [{ $and: [{ 'config.lr': { $gt: 0.05 } }, { tags: 'baseline' }, { state: 'finished' }] }],
    [{ $or: [{ state: 'running' }, { state: 'finished' }] }],
    [{ 'config.lr': { $gte: 0.1, $lte: 0.1 } }],
    [{ 'config.lr': { $in: [1, 0.1] } }],
    [{ tags: { $in: ['v2'] } }],
    [{ tags: { $nin: ['v3'] } }],
    [{ 'config.none': { $exists: false } }],
    [{ 'config.none': null }],
    [{ 'config.none': { $ne: 1 } }],
    [{ display_name: { $regex: '^train.*net$' } }],
    [{ display_name: { $not: { $regex: 'xyz' } } }],
    [{ $not: { state: 'failed' } }],
    [{ $nor: [{ state: 'failed' }, { state: 'killed' }] }],
    [{}],
  ])('%j lets the run through', (filters) => {
    expect(holds(filters)).toBe(true);
  });

  it.each([
    [{ 'config.lr': { $gt: 0.1 } }],
    [{ 'config.lr': { $gt: 'a' } }],
    [{ 'config.none': { $lt: 5 } }],
    [{ state: { $ne: 'finished' } }],
    [{ 'summary_metrics.bad': { $gt: 0 } }],
    [{ tags: 'base' }],
    [{ $and: [{ state: 'finished' }, { state: 'failed' }] }],
  ])('%j keeps the run out', (filters) => {
    expect(holds(filters)).toBe(false);
  });

  it.each([
    [{ state: { $where: 'x' } }, /operator \$where/],
    [{ $xor: [] }, /operator \$xor/],
    [{ $and: {} }, /\$and takes a list/],
    [[], /JSON object/],
  ])('%j is refused', (filters, fault) => {
    expect(() => holds(filters)).toThrow(fault);
  });

  it('are bounded', () => {
    const many = Object.fromEntries(Array.from({ length: 1_100 }, (_, at) => [`k${at}`, 1]));
    expect(() => holds(many)).toThrow(/at most 1000 conditions/);
    const deep = `{"a":${'{"$not":'.repeat(5_000)}1${'}'.repeat(5_000)}}`;
    expect(() => parseFilters(deep)).toThrow(/nested deeper than/);
  });

  it('of no text let everything through', () => {
    expect(parseFilters(null)(() => undefined)).toBe(true);
  });
});

describe('a value at a path', () => {
  const config = { lr: 0.1, net: { depth: 3, value: 7 }, 'a.b': { c: 1 } };

  it.each([
    ['lr', 0.1],
    ['lr.value', 0.1],
    ['net.depth', 3],
    ['net.value.depth', 3],
    ['net.value', 7],
    ['a.b.c', 1],
    ['none', undefined],
    ['lr.depth', undefined],
  ])('%s is %s', (path, expected) => {
    expect(valueAtPath(config, path)).toBe(expected);
  });
});
