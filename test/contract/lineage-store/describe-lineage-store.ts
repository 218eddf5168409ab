import { describe } from 'vitest';
import { describeConcurrency } from './concurrency.ts';
import { describeEdges } from './edges.ts';
import { describeFacts } from './facts.ts';
import type { Fresh } from './lineage-rows.ts';
import { describeLists } from './lists.ts';
import { describeRefusals } from './refusals.ts';
import { describeSearch } from './search.ts';
import { describeTimes } from './times.ts';
import { describeTransactions } from './transactions.ts';
import { describeValues } from './values.ts';
import { describeWalks } from './walks.ts';

/** What every lineage store promises, whole: no adapter leaves a part out. */
export function describeLineageStore(name: string, fresh: Fresh): void {
  describe(`lineage store: ${name}`, () => {
    describe('transactions', () => describeTransactions(fresh));
    describe('concurrency', () => describeConcurrency(fresh));
    describe('values', () => describeValues(fresh));
    describe('refusals', () => describeRefusals(fresh));
    describe('edges', () => describeEdges(fresh));
    describe('the two times', () => describeTimes(fresh));
    describe('lists', () => describeLists(fresh));
    describe('search', () => describeSearch(fresh));
    describe('walks', () => describeWalks(fresh));
    describe('facts', () => describeFacts(fresh));
  });
}
