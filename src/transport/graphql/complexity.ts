import type { ComplexityEstimator } from 'graphql-query-complexity';
import { PAGE_DEFAULT } from './paging.ts';

/**
 * What a walk costs, in fields: so much work as answering so many fields. One goes through up to
 * 10,000 nodes, even for a page of one where something hidden stands between.
 */
export const WALK_COST = 1_000;
/** The same for what is always walked to its end. */
export const WHOLE_WALK_COST = 2_000;
/** A walk to the data behind a model; a page of the default size may ask for each of its models. */
export const TRAINING_COST = 600;
/** What a question to a store costs, in fields. */
export const LOOKUP_COST = 10;
/** Reading what a run has sent so far: thousands of lines, each to be parsed. */
export const TELEMETRY_COST = 500;
/** Reading a manifest. Of large ones a request may also have few: see RequestWork. */
export const MANIFEST_COST = 100;
/** Putting all versions of a collection in order, for a page of them. */
export const ORDERED_COST = 50;
/** Looking at everything that a run read, together. */
export const RUN_INPUTS_COST = 500;
/** Comparing objects of up to 50,000 values. */
export const COMPARED_VALUES_COST = 500;
/** Comparing all that two runs read. */
export const COMPARED_INPUTS_COST = 2 * RUN_INPUTS_COST;
/** Comparing up to 250,000 files of each version. */
export const COMPARED_FILES_COST = 5_000;
/** Reading a facet: its text may be shared with others, and be a megabyte. */
export const FACET_COST = 20;
/** Walking along columns, which reads the facets of up to 1,000 versions. */
export const COLUMN_WALK_COST = 2_000;
/** Looking at what a run says of up to 1,000 inputs or outputs. */
export const USES_COST = 100;
/** Looking at what the runs that read a version checked of it. */
export const QUALITY_COST = 500;
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

/** What is walked to its end, for a page of what was found. */
export function wholeWalkComplexity({ childComplexity, args }: Costs): number {
  return WHOLE_WALK_COST + sizeOf(args, PAGE_DEFAULT) * childComplexity;
}

/** The cost of one thing that takes so much work, and of what is asked within it. */
export function costing(cost: number): (costs: Costs) => number {
  return ({ childComplexity }) => cost + childComplexity;
}

/** The cost of a page that takes so much work before it, and of what is asked of each item. */
export function pageCosting(cost: number): (costs: Costs) => number {
  return (costs) => cost + pageComplexity(costs);
}

/** A page of facets, and what is asked of each. */
export function facetsComplexity({ childComplexity, args }: Costs): number {
  return pageComplexity({ childComplexity: FACET_COST + childComplexity, args });
}

/** A walk along columns, and what is asked of each column of a page. */
export function columnWalkComplexity({ childComplexity, args }: Costs): number {
  return COLUMN_WALK_COST + sizeOf(args, PAGE_DEFAULT) * childComplexity;
}

/** The cost of a page from a store and of what is asked of each item. */
export function pageComplexity({ childComplexity, args }: Costs): number {
  return LOOKUP_COST + sizeOf(args, PAGE_DEFAULT) * childComplexity;
}

/** A short list that comes by one question to a store. */
export function listComplexity({ childComplexity }: Costs): number {
  return LOOKUP_COST + ITEMS_ASSUMED * childComplexity;
}

/** A walk from a model, whose answer is a plain list. */
export function trainingComplexity({ childComplexity }: Costs): number {
  return TRAINING_COST + ITEMS_ASSUMED * childComplexity;
}

/** As many series as keys are named, of as many points as are asked for. */
export function metricsComplexity({ childComplexity, args }: Costs): number {
  const keys = Array.isArray(args.keys) ? args.keys.length : 1;
  return TELEMETRY_COST + keys * Math.max(1, Number(args.samples)) * childComplexity;
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
