import { z } from 'zod';
import { invalidInput } from '../../domain/errors.ts';
import { encodeValue, type Json, readableValue, type Value } from '../../domain/values/value.ts';
import type {
  TelemetryLine,
  TelemetryStore,
  TelemetryStream,
} from '../../ports/telemetry-store.ts';
import { type HistoryIndex, type HistoryIndexes, linesOfSteps, rowOf } from './history-indexes.ts';

/** Most rows of one answer. */
export const ROWS_MAX = 10_000;
/** Rows of an answer when the request does not say. */
export const ROWS_DEFAULT = 500;
/** Most specifications of one request for sampled rows. */
export const SPECS_MAX = 100;
const LINES_AT_ONCE = 2_000;

const specSchema = z.object({
  keys: z.array(z.string()).min(1),
  samples: z.number().int().positive().nullish(),
  minStep: z.number().int().nullish(),
  maxStep: z.number().int().nullish(),
});

export interface HistoryArguments {
  readonly minStep?: number | null | undefined;
  readonly maxStep?: number | null | undefined;
  readonly samples?: number | null | undefined;
}

/** Rows of runs as the SDK asks for them. */
export class RunHistory {
  readonly #telemetry: TelemetryStore;
  readonly #indexes: HistoryIndexes;

  constructor(telemetry: TelemetryStore, indexes: HistoryIndexes) {
    this.#telemetry = telemetry;
    this.#indexes = indexes;
  }

  /**
   * Rows as they were written. With steps: all of them from `minStep` up to but not with
   * `maxStep`. Without: so many of the whole history, evenly spread.
   */
  async rows(run: string, args: HistoryArguments): Promise<string[]> {
    const index = await this.#indexes.of(run);
    const limit = rowLimit(args.samples);
    const paged = typeof args.minStep === 'number' || typeof args.maxStep === 'number';
    if (!paged) return this.#spread(run, 'history', { lines: index.lines, limit });
    const found: string[] = [];
    for await (const { text } of this.#linesOfSteps(run, index, args)) {
      if (isRow(text)) found.push(text);
      if (found.length >= ROWS_MAX) break;
    }
    return found;
  }

  /** So many rows of the system's metrics, evenly spread. */
  async events(run: string, samples: number | null | undefined): Promise<string[]> {
    const lines = await this.#linesOf(run, 'events');
    return this.#spread(run, 'events', { lines, limit: rowLimit(samples) });
  }

  /** For each specification the rows that have all of its keys, with those keys alone. */
  async sampled(run: string, specs: readonly string[]): Promise<Json[][]> {
    if (specs.length > SPECS_MAX) throw invalidInput(`at most ${SPECS_MAX} specifications`);
    const index = await this.#indexes.of(run);
    const answers: Json[][] = [];
    for (const text of specs) answers.push(await this.#sample(run, index, parseSpec(text)));
    return answers;
  }

  /** Which keys there are, how often and of which type, and the last step: -1 for none. */
  async keys(run: string) {
    const { keys, lastStep } = await this.#indexes.of(run);
    const described = [...keys].map(([key, { types, last }]) => [
      key,
      {
        typeCounts: [...types].map(([type, count]) => ({ type, count })),
        monotonic: false,
        previousValue: shown(last),
      },
    ]);
    return { keys: Object.fromEntries(described), lastStep };
  }

  /** The last row of a stream in the form that a resume reads: a JSON list of JSON texts. */
  async tail(run: string, stream: TelemetryStream): Promise<string> {
    const lines = await this.#linesOf(run, stream);
    const range = { from: Math.max(0, lines - 1), to: lines };
    const kept = lines === 0 ? [] : await this.#telemetry.read(run, stream, range);
    return JSON.stringify(kept.map(({ text }) => text));
  }

  async #sample(run: string, index: HistoryIndex, spec: z.infer<typeof specSchema>) {
    const keys = [...new Set(spec.keys)];
    const found: Json[] = [];
    // Here the SDK counts the last step in, where it asks for whole rows it does not.
    const maxStep = typeof spec.maxStep === 'number' ? spec.maxStep + 1 : null;
    for await (const { text } of this.#linesOfSteps(run, index, { ...spec, maxStep })) {
      const row = rowOf(text);
      if (!keys.every((key) => Object.hasOwn(row, key))) continue;
      found.push(Object.fromEntries(keys.map((key) => [key, shown(row[key] as Value)])) as Json);
    }
    return evenly(found, rowLimit(spec.samples));
  }

  /** Lines with a step in the range; of lines without a step all, when no range is given. */
  async *#linesOfSteps(run: string, index: HistoryIndex, asked: HistoryArguments) {
    const [min, max] = [asked.minStep ?? null, asked.maxStep ?? null];
    const all = min === null && max === null;
    const range = { min: min ?? Number.NEGATIVE_INFINITY, max: max ?? Number.POSITIVE_INFINITY };
    const { from, to } = all ? { from: 0, to: index.lines } : linesOfSteps(index, range);
    for (let start = from; start < to; start += LINES_AT_ONCE) {
      const chunk = { from: start, to: Math.min(to, start + LINES_AT_ONCE) };
      for (const line of await this.#telemetry.read(run, 'history', chunk)) {
        const step = index.steps[line.number] as number;
        if (all || (step >= range.min && step < range.max)) yield line;
      }
    }
  }

  async #spread(
    run: string,
    stream: TelemetryStream,
    { lines, limit }: { readonly lines: number; readonly limit: number },
  ): Promise<string[]> {
    const wanted = new Set(
      evenly(
        Array.from({ length: lines }, (_, at) => at),
        limit,
      ),
    );
    const found: TelemetryLine[] = [];
    for (let from = 0; from < lines; from += LINES_AT_ONCE) {
      const chunk = { from, to: Math.min(lines, from + LINES_AT_ONCE) };
      const read = await this.#telemetry.read(run, stream, chunk);
      found.push(...read.filter(({ number }) => wanted.has(number)));
    }
    return found.map(({ text }) => text).filter(isRow);
  }

  async #linesOf(run: string, stream: TelemetryStream): Promise<number> {
    const states = await this.#telemetry.states(run);
    return states.find((state) => state.stream === stream)?.lines ?? 0;
  }
}

/** So many of the items in their order, with the first and the last among them. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  if (count === 1) return items.slice(0, 1);
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, at) => items[Math.round(at * step)] as T);
}

/** JSON answers hold no bare NaN: such a value shows as text; one nested too deeply as null. */
function shown(value: Value): Json {
  try {
    return readableValue(encodeValue(value));
  } catch {
    return null;
  }
}

function rowLimit(samples: number | null | undefined): number {
  if (samples === null || samples === undefined) return ROWS_DEFAULT;
  if (samples < 1) throw invalidInput(`at least one row, not ${samples}`);
  return Math.min(samples, ROWS_MAX);
}

/** A line that is no JSON object would make the SDK give up on all the others. */
function isRow(text: string): boolean {
  return text.startsWith('{') && text.endsWith('}');
}

function parseSpec(text: string): z.infer<typeof specSchema> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidInput('a specification of rows is a JSON text');
  }
  const spec = specSchema.safeParse(parsed);
  if (spec.success) return spec.data;
  const [issue] = spec.error.issues;
  throw invalidInput(`a specification of rows: ${issue?.path.join('.')}: ${issue?.message}`);
}
