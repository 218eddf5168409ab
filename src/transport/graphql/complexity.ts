import type { ComplexityEstimator } from 'graphql-query-complexity';
import { PAGE_DEFAULT } from './paging.ts';

/** What a walk costs, in fields: so much work as answering so many fields. */
export const WALK_COST = 100;
/** What a question to a store costs, in fields. */
export const LOOKUP_COST = 10;
/** Items that a list without a size of its own is taken to have. */
const ITEMS_ASSUMED = 10;

interface Costs {
  readonly childComplexity: number;
  readonly args: Record<string, unknown>;
}

/** A walk's cost and that of what is asked of each of its nodes. */
export function walkComplexity({ childComplexity, args }: Costs): number {
  return WALK_COST + sizeOf(args, PAGE_DEFAULT) * childComplexity;
}

/** The cost of a page from a store and of what is asked of each item. */
export function pageComplexity({ childComplexity, args }: Costs): number {
  return LOOKUP_COST + sizeOf(args, PAGE_DEFAULT) * childComplexity;
}

/** A short list that comes by one question to a store. */
export function listComplexity({ childComplexity }: Costs): number {
  return LOOKUP_COST + ITEMS_ASSUMED * childComplexity;
}

/** A walk whose answer is a plain list. */
export function walkListComplexity({ childComplexity }: Costs): number {
  return WALK_COST + ITEMS_ASSUMED * childComplexity;
}

/** As many series as keys are named, of as many points as are asked for. */
export function metricsComplexity({ childComplexity, args }: Costs): number {
  const keys = Array.isArray(args.keys) ? args.keys.length : 1;
  return WALK_COST + keys * Math.max(1, Number(args.samples)) * childComplexity;
}

/** A field costs one, and as often what is asked within it as the arguments name things. */
export const fieldEstimator: ComplexityEstimator = ({ args, childComplexity }) => {
  const { ids, representations } = args as Record<string, unknown>;
  const named = [ids, representations].find(Array.isArray) as unknown[] | undefined;
  return 1 + (named?.length ?? sizeOf(args, 1)) * childComplexity;
};

function sizeOf(args: Record<string, unknown>, otherwise: number): number {
  return Math.max(1, Number(args.first ?? args.last ?? otherwise));
}
