import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Value } from '../domain/values/value.ts';
import type { ColumnRow } from '../ports/telemetry-columns.ts';
import type { TelemetryStore } from '../ports/telemetry-store.ts';

/** Lines of each history that are looked at for a metric whatever else a request asks for. */
export const HISTORY_LINES_ALWAYS = 16_384;

/** One value of a metric. Values that are not finite are kept: a loss of NaN is news. */
export interface MetricPoint {
  readonly step: number;
  readonly value: number;
  /** Seconds since 1970-01-01T00:00:00Z, where the client stated them. */
  readonly timestamp: number | null;
}

export interface MetricSeries {
  readonly key: string;
  readonly points: readonly MetricPoint[];
  /** Values that were found, before any were left out of the points. */
  readonly count: number;
  /** False when not all of the history was looked at. */
  readonly complete: boolean;
}

export interface MetricQuestion {
  readonly keys: readonly string[];
  readonly samples: number;
}

/** Says how many of a history's lines may be looked at for one metric. */
export type LineAllowance = (lines: number) => number;

/** The series that some questions about one run ask for; equal ones are worked out once. */
export async function metricSeries(
  telemetry: TelemetryStore,
  run: NodeId,
  asked: { readonly questions: readonly MetricQuestion[]; readonly allowance: LineAllowance },
): Promise<MetricSeries[][]> {
  const states = await telemetry.states(run);
  const lines = states.find(({ stream }) => stream === 'history')?.lines ?? 0;
  const known = new Map<string, MetricSeries>();
  const answers: MetricSeries[][] = [];
  for (const { keys, samples } of asked.questions) {
    const series: MetricSeries[] = [];
    for (const key of new Set(keys)) {
      const name = `${samples} ${key}`;
      const linesMax = known.has(name) ? 0 : asked.allowance(lines);
      const own = known.get(name) ?? (await seriesOf(telemetry, run, { key, samples, linesMax }));
      known.set(name, own);
      series.push(own);
    }
    answers.push(series);
  }
  return answers;
}

interface SeriesQuestion {
  readonly key: string;
  readonly samples: number;
  readonly linesMax: number;
}

async function seriesOf(
  telemetry: TelemetryStore,
  run: NodeId,
  { key, samples, linesMax }: SeriesQuestion,
): Promise<MetricSeries> {
  const { rows, count, complete } = await telemetry.columns.sample(run, 'history', {
    ...{ keys: [key], also: ['_step', '_timestamp'], values: 'numbers' },
    ...{ samples, linesMax },
  });
  return { key, points: rows.map(pointOf), count, complete };
}

/** Rows without a step are counted by their lines. */
function pointOf({ line, values: [value, step, timestamp] }: ColumnRow): MetricPoint {
  const at = { step: numberOf(step) ?? line, timestamp: numberOf(timestamp) };
  return { ...at, value: Number(value) };
}

function numberOf(value: Value | undefined): number | null {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

/**
 * Names of the metrics in a run's history: keys under which a number stands, those within groups
 * joined by dots. Those with an underscore first are the client's own.
 */
export async function metricKeys(telemetry: TelemetryStore, run: NodeId): Promise<string[]> {
  const { keys, nested } = await telemetry.columns.keys(run, 'history');
  const own = keys.filter(({ counts }) => (counts.number ?? 0) > 0).map(({ key }) => key);
  return [...new Set([...own, ...nested])].filter((key) => !key.startsWith('_')).sort();
}
