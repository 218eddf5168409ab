import type { NodeId } from '../domain/lineage/node-id.ts';
import { parseLosslessJson } from '../domain/values/lossless-json.ts';
import type { Value, ValueObject } from '../domain/values/value.ts';
import type { LineRange, TelemetryStore } from '../ports/telemetry-store.ts';
import { downsample, type MetricPoint } from './downsample.ts';

/** Lines that are read and parsed at a time; between two readings others get their turn. */
export const HISTORY_LINES_AT_ONCE = 1_000;
/** Most lines that one question is answered from; of longer histories parts are left out. */
export const HISTORY_LINES_MAX = 200_000;
/** Most lines that are looked at to learn which metrics there are. */
export const KEY_LINES_MAX = 10_000;
/** Deepest nesting of groups within one row. */
const GROUP_DEPTH_MAX = 8;

export interface MetricSeries {
  readonly key: string;
  readonly points: readonly MetricPoint[];
  /** Values that were read, before any were left out of the points. */
  readonly count: number;
  /** False when not all of the history was read. */
  readonly complete: boolean;
}

export interface MetricQuestion {
  readonly keys: readonly string[];
  readonly samples: number;
}

/** Says how many of a history's lines may be read for an answer. */
export type LineAllowance = (lines: number) => number;

/** The series that some questions about one run ask for, of one reading, thinned for each. */
export async function metricSeries(
  telemetry: TelemetryStore,
  run: NodeId,
  asked: { readonly questions: readonly MetricQuestion[]; readonly allowance: LineAllowance },
): Promise<MetricSeries[][]> {
  const { questions, allowance } = asked;
  const keys = questions.flatMap((question) => question.keys);
  const series = new Map(keys.map((key) => [key, [] as MetricPoint[]]));
  const { complete } = await eachRow(telemetry, run, {
    allowance: (lines) => allowance(Math.min(lines, HISTORY_LINES_MAX)),
    take: (row, number) => {
      const at = { step: row.get('_step') ?? number, timestamp: row.get('_timestamp') ?? null };
      for (const [key, points] of series) {
        const value = row.get(key);
        if (value !== undefined) points.push({ ...at, value });
      }
    },
  });
  return questions.map((question) =>
    [...new Set(question.keys)].map((key) => {
      const points = series.get(key) ?? [];
      const { length: count } = points;
      return { key, points: downsample(points, question.samples), count, complete };
    }),
  );
}

/** Names of the metrics in a run's history. Those with an underscore first are the client's own. */
export async function metricKeys(
  telemetry: TelemetryStore,
  run: NodeId,
  allowance: LineAllowance,
): Promise<string[]> {
  const keys = new Set<string>();
  await eachRow(telemetry, run, {
    allowance: (lines) => allowance(Math.min(lines, KEY_LINES_MAX)),
    take: (row) => {
      for (const key of row.keys()) if (!key.startsWith('_')) keys.add(key);
    },
  });
  return [...keys].sort();
}

interface RowReading {
  readonly allowance: LineAllowance;
  take(row: ReadonlyMap<string, number>, number: number): void;
}

async function eachRow(
  telemetry: TelemetryStore,
  run: NodeId,
  { allowance, take }: RowReading,
): Promise<{ readonly complete: boolean }> {
  const states = await telemetry.states(run);
  const lines = states.find(({ stream }) => stream === 'history')?.lines ?? 0;
  const linesMax = allowance(lines);
  for (const range of rangesOf(lines, linesMax)) {
    for (const { number, text } of await telemetry.read(run, 'history', range)) {
      const row = objectOf(text);
      if (row !== null) take(numbersOf(row), number);
    }
  }
  return { complete: lines <= linesMax };
}

/** The whole of a short history; of a long one, readings spread evenly from start to end. */
function rangesOf(lines: number, linesMax: number): LineRange[] {
  const all = Math.ceil(lines / HISTORY_LINES_AT_ONCE);
  const count = Math.min(all, Math.ceil(linesMax / HISTORY_LINES_AT_ONCE));
  return Array.from({ length: count }, (_, at) => {
    const chunk = count < 2 ? at : Math.round((at * (all - 1)) / (count - 1));
    const from = chunk * HISTORY_LINES_AT_ONCE;
    return { from, to: Math.min(lines, from + HISTORY_LINES_AT_ONCE) };
  });
}

/** A line that is no JSON object holds no metrics; the client wrote it and it is kept as it is. */
function objectOf(text: string): ValueObject | null {
  try {
    const value = parseLosslessJson(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Numbers of a row by key, those of nested groups under keys joined by dots. */
function numbersOf(row: ValueObject): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const visit = (group: ValueObject, prefix: string, depth: number) => {
    for (const [name, value] of Object.entries(group)) {
      const key = prefix + name;
      if (typeof value === 'number' || typeof value === 'bigint') numbers.set(key, Number(value));
      else if (isObject(value) && depth < GROUP_DEPTH_MAX && !Object.hasOwn(value, '_type')) {
        visit(value, `${key}.`, depth + 1);
      }
    }
  };
  visit(row, '', 0);
  return numbers;
}

function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
