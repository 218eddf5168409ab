import { z } from 'zod';
import { invalidInput } from '../../domain/errors.ts';
import { encodeValue, type Json, readableValue, type Value } from '../../domain/values/value.ts';
import { type ColumnStream, SAMPLES_MAX, type StepRange } from '../../ports/telemetry-columns.ts';
import type { TelemetryStore, TelemetryStream } from '../../ports/telemetry-store.ts';

/** Most rows of one answer. */
export const ROWS_MAX = SAMPLES_MAX;
/** Rows of an answer when the request does not say. */
export const ROWS_DEFAULT = 500;
/** Most specifications of one request for sampled rows. */
export const SPECS_MAX = 100;

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

  constructor(telemetry: TelemetryStore) {
    this.#telemetry = telemetry;
  }

  /**
   * Rows as they were written. With steps: all of them from `minStep` up to but not with
   * `maxStep`. Without: so many of the whole history, evenly spread.
   */
  async rows(run: string, args: HistoryArguments): Promise<string[]> {
    const limit = rowLimit(args.samples);
    const steps = stepsOf(args);
    if (steps === undefined) return this.#spread(run, 'history', limit);
    const asked = { keys: [], steps, limit: ROWS_MAX };
    const { rows } = await this.#telemetry.columns.scan(run, 'history', asked);
    return this.#texts(
      run,
      'history',
      rows.map(({ line }) => line),
    );
  }

  /** So many rows of the system's metrics, evenly spread. */
  events(run: string, samples: number | null | undefined): Promise<string[]> {
    return this.#spread(run, 'events', rowLimit(samples));
  }

  /**
   * For each specification the rows that have all of its keys, with those keys alone. Of more
   * rows than samples stay those with the extremes of each stretch.
   */
  async sampled(run: string, specs: readonly string[]): Promise<Json[][]> {
    if (specs.length > SPECS_MAX) throw invalidInput(`at most ${SPECS_MAX} specifications`);
    const answers: Json[][] = [];
    for (const text of specs) answers.push(await this.#sample(run, parseSpec(text)));
    return answers;
  }

  /** Which keys there are, how often and of which type, and the last step: -1 for none. */
  async keys(run: string) {
    const { keys, lastStep } = await this.#telemetry.columns.keys(run, 'history');
    const described = keys.map(({ key, counts, last }) => [
      key,
      {
        typeCounts: Object.entries(counts).map(([type, count]) => ({ type, count })),
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

  async #sample(run: string, spec: z.infer<typeof specSchema>): Promise<Json[]> {
    const keys = [...new Set(spec.keys)];
    // Here the SDK counts the last step in, where it asks for whole rows it does not.
    const maxStep = typeof spec.maxStep === 'number' ? spec.maxStep + 1 : null;
    const steps = stepsOf({ ...spec, maxStep });
    const { rows } = await this.#telemetry.columns.sample(run, 'history', {
      ...{ keys, values: 'all', samples: rowLimit(spec.samples) },
      ...(steps && { steps }),
    });
    return rows.map(({ values }) =>
      Object.fromEntries(keys.map((key, at) => [key, shown(values[at] ?? null)])),
    );
  }

  async #spread(run: string, stream: ColumnStream, limit: number): Promise<string[]> {
    const lines = await this.#linesOf(run, stream);
    return this.#texts(run, stream, evenNumbers(lines, limit));
  }

  async #texts(run: string, stream: ColumnStream, lines: readonly number[]): Promise<string[]> {
    const found = await this.#telemetry.columns.lines(run, stream, lines);
    return found.map(({ text }) => text).filter(isRow);
  }

  async #linesOf(run: string, stream: TelemetryStream): Promise<number> {
    const states = await this.#telemetry.states(run);
    return states.find((state) => state.stream === stream)?.lines ?? 0;
  }
}

/** So many numbers below `all` in their order, with the first and the last among them. */
function evenNumbers(all: number, count: number): number[] {
  if (all <= count) return Array.from({ length: all }, (_, at) => at);
  if (count === 1) return [0];
  const step = (all - 1) / (count - 1);
  return Array.from({ length: count }, (_, at) => Math.round(at * step));
}

/** No range when neither end is given: then lines without a step count too. */
function stepsOf({ minStep, maxStep }: HistoryArguments): StepRange | undefined {
  const ends = [minStep, maxStep].filter((end) => typeof end === 'number');
  if (ends.length === 0) return undefined;
  return { from: minStep ?? Number.NEGATIVE_INFINITY, to: maxStep ?? Number.POSITIVE_INFINITY };
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
