import { DomainError, invalidInput } from '../../domain/errors.ts';
import { isVersionKind, type NodeKind } from '../../domain/lineage/kinds.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { compareFiles } from '../../projections/compare-files.ts';
import { compareInputs } from '../../projections/compare-inputs.ts';
import {
  compareFlat,
  compareValues,
  type ValueComparison,
} from '../../projections/compare-values.ts';
import type { ConfigDifference } from '../../projections/effective-config.ts';
import { versionsByName } from '../../projections/run-packages.ts';
import { type Question, questionOf } from './cursors.ts';
import type { GraphContext } from './graph-context.ts';
import { makerOf } from './maker-of.ts';
import { runInputs } from './run-inputs.ts';
import { runPackages } from './run-packages.ts';
import { rowOf, type ShownNode } from './shown-node.ts';
import { versionFiles } from './version-files.ts';

/** Most files of one version that are compared with those of another. */
export const FILES_COMPARED_MAX = 250_000;

/** Two nodes that are compared, as resolvers pass them on. */
export interface ShownComparison {
  readonly a: ShownNode;
  readonly b: ShownNode;
}

/** Compared values, and what the cursors of their pages belong to. */
export interface ShownValues extends ValueComparison<ShownDifference> {
  readonly question: Question;
  readonly differenceCount: number;
}

export type ShownDifference = ValueComparison['differences'][number] &
  Partial<Pick<ConfigDifference, 'aOrigin' | 'bOrigin'>>;

/** Refuses what has nothing in common that could be compared. The reader may read both. */
export function checkComparable(a: NodeKind, b: NodeKind): void {
  const areRuns = a === 'RUN' && b === 'RUN';
  if (areRuns || (isVersionKind(a) && isVersionKind(b))) return;
  throw invalidInput(`two runs or two versions can be compared, not ${a} and ${b}`);
}

export function isOfRuns({ a }: ShownComparison): boolean {
  return a.kind === 'RUN';
}

/** The property of both as an object; nothing stands for an empty one. */
export async function propsOf(
  name: string,
  { a, b }: ShownComparison,
  context: GraphContext,
): Promise<[JsonObject, JsonObject]> {
  const rows = await Promise.all([rowOf(a, context), rowOf(b, context)]);
  return rows.map(({ props }) => (props[name] ?? {}) as JsonObject) as [JsonObject, JsonObject];
}

export function showValues(
  part: string,
  of: ShownComparison,
  comparison: ValueComparison<ShownDifference>,
): ShownValues {
  const differenceCount = comparison.differences.length;
  return { ...comparison, differenceCount, question: partQuestion(part, of) };
}

export function showProps(
  name: string,
  of: ShownComparison,
  context: GraphContext,
): Promise<ShownValues> {
  return sharePart(name, { of, context }, async () =>
    showValues(name, of, compareValues(...(await propsOf(name, of, context)))),
  );
}

/** Null where of one of the runs no list is on record: then nothing is known to be missing. */
export function showPackages(of: ShownComparison, context: GraphContext) {
  return sharePart('packages', { of, context }, async () => {
    const [a, b] = await Promise.all([runPackages(of.a, context), runPackages(of.b, context)]);
    if (!a || !b) return null;
    return showValues('packages', of, compareFlat(versionsByName(a), versionsByName(b)));
  });
}

/** A part of a comparison is worked out once for a request, however often it asks for it. */
export function sharePart<T>(
  part: string,
  { of: { a, b }, context }: { readonly of: ShownComparison; readonly context: GraphContext },
  make: () => Promise<T>,
): Promise<T> {
  return context.loaders.answers.share(['compare', part, a.id, b.id], make);
}

/** What the cursors of a part's lists belong to. */
export function partQuestion(part: string, { a, b }: ShownComparison): Question {
  return questionOf(`Comparison.${part}`, { a: a.id, b: b.id });
}

export function showInputs(of: ShownComparison, context: GraphContext) {
  return sharePart('inputs', { of, context }, () => comparedInputs(of, context));
}

async function comparedInputs(of: ShownComparison, context: GraphContext) {
  const [a, b] = await Promise.all([runInputs(of.a, context), runInputs(of.b, context)]);
  const lists = compareInputs(a.rows, b.rows);
  return {
    of,
    lists,
    sameCount: lists.same.length,
    sameContentCount: lists.sameContent.length,
    addedCount: lists.added.length,
    removedCount: lists.removed.length,
  };
}

export type ShownInputs = Awaited<ReturnType<typeof showInputs>>;

/** Null where one of the two lists no files: then nothing is known to be missing in it. */
export function showFiles(of: ShownComparison, context: GraphContext) {
  return sharePart('files', { of, context }, () => comparedFiles(of, context));
}

async function comparedFiles(of: ShownComparison, context: GraphContext) {
  const rows = await Promise.all([rowOf(of.a, context), rowOf(of.b, context)]);
  const counts = rows.map(({ props }) => props.fileCount);
  if (counts.some((count) => count === undefined)) return null;
  if (counts.some((count) => Number(count) > FILES_COMPARED_MAX)) {
    const text = `more than ${FILES_COMPARED_MAX} files of a version are not compared`;
    throw new DomainError('LIMIT_EXCEEDED', text);
  }
  const [a, b] = await Promise.all(rows.map((row) => versionFiles(row, context)));
  const { differences, equalCount } = compareFiles(a ?? [], b ?? []);
  const countOf = (asked: string) => differences.filter(({ change }) => change === asked).length;
  return {
    question: partQuestion('files', of),
    differences,
    equalCount,
    addedCount: countOf('ADDED'),
    removedCount: countOf('REMOVED'),
    changedCount: countOf('CHANGED'),
  };
}

export type ShownFiles = NonNullable<Awaited<ReturnType<typeof showFiles>>>;

/** The runs that made both versions, where the reader may read one of each. */
export async function showMakers(
  { a, b }: ShownComparison,
  context: GraphContext,
): Promise<ShownComparison | null> {
  const [ofA, ofB] = await Promise.all([makerOf(a, context), makerOf(b, context)]);
  return ofA && ofB && { a: ofA, b: ofB };
}
