import { compareText } from '../../domain/lineage/graph-rows.ts';
import type { Json, JsonObject } from '../../domain/values/value.ts';

/** Most definitions of metrics that one run keeps. */
export const METRIC_DEFINITIONS_MAX = 10_000;

/** The SDK numbers the fields of a definition; a step is named by its place in the list, from 1. */
const FIELD = { name: '1', glob: '2', stepPlace: '5' } as const;

/**
 * The definitions of metrics that a run has when it said `before` and now says `after`. A process
 * sends all that it defined; one that takes a run up again does not know what was defined before
 * it, and that stays. Of two for the same metric the later one stands. The SDK sends them in
 * another order each time, so they are put in one: else each request would change the run.
 */
export function joinedDefinitions(before: Json | undefined, after: Json | undefined): Json {
  if (after !== undefined && !Array.isArray(after)) return after;
  const [old, now] = [definitionsOf(before), definitionsOf(after)];
  const names = new Set(now.map(nameOf));
  const room = Math.max(0, METRIC_DEFINITIONS_MAX - now.length);
  const kept = old.filter((each) => !names.has(nameOf(each))).slice(0, room);
  const all = [
    ...kept.map((each) => ({ each, step: stepOf(each, old) })),
    ...now.map((each) => ({ each, step: stepOf(each, now) })),
  ].sort((a, b) => compareText(nameOf(a.each), nameOf(b.each)));
  const placeOf = new Map(all.map(({ each }, at) => [nameOf(each), at + 1]));
  return all.map(({ each: { [FIELD.stepPlace]: _, ...rest }, step }) => {
    const place = step === null ? undefined : placeOf.get(step);
    return place === undefined ? rest : { ...rest, [FIELD.stepPlace]: place };
  });
}

/** The name of the metric that a definition counts its steps by. */
function stepOf(definition: JsonObject, among: readonly JsonObject[]): string | null {
  const place = definition[FIELD.stepPlace];
  const step = typeof place === 'number' ? among[place - 1] : undefined;
  return step === undefined ? null : nameOf(step);
}

function definitionsOf(notes: Json | undefined): JsonObject[] {
  if (!Array.isArray(notes)) return [];
  return notes.filter(
    (one): one is JsonObject => typeof one === 'object' && one !== null && !Array.isArray(one),
  );
}

function nameOf(definition: JsonObject): string {
  return JSON.stringify([definition[FIELD.name] ?? null, definition[FIELD.glob] ?? null]);
}
