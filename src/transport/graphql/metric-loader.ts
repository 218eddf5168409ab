import DataLoader from 'dataloader';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { TelemetryStore } from '../../ports/telemetry-store.ts';
import {
  type MetricQuestion,
  type MetricSeries,
  metricKeys,
  metricSeries,
} from '../../projections/metric-history.ts';
import type { RequestWork } from './request-work.ts';

/** Most metrics that one question may name, and that are gathered in one reading. */
export const METRIC_KEYS_MAX = 100;

export interface MetricAsk extends MetricQuestion {
  readonly run: NodeId;
}

export type MetricLoader = DataLoader<MetricAsk, readonly MetricSeries[], string>;
export type MetricKeyLoader = DataLoader<NodeId, readonly string[]>;

/** Works out equal series of a run once for all that a request asks of it. */
export function metricLoader(telemetry: TelemetryStore, work: RequestWork): MetricLoader {
  const allowance = (lines: number) => work.takeLines(lines);
  return new DataLoader(
    async (asks) => {
      const found = new Map<MetricAsk, readonly MetricSeries[]>();
      for (const questions of readingsOf(asks)) {
        const run = (questions[0] as MetricAsk).run;
        const answers = await metricSeries(telemetry, run, { questions, allowance });
        questions.forEach((ask, at) => {
          found.set(ask, answers[at] ?? []);
        });
      }
      return asks.map((ask) => found.get(ask) ?? []);
    },
    { cacheKeyFn: JSON.stringify },
  );
}

/** Asks for run after run, so that a request takes its turn among others. */
export function metricKeyLoader(telemetry: TelemetryStore): MetricKeyLoader {
  return new DataLoader(async (runs) => {
    const keys: string[][] = [];
    for (const run of runs) keys.push(await metricKeys(telemetry, run));
    return keys;
  });
}

/** Questions about one run together, as long as they do not name too many metrics. */
function readingsOf(asks: readonly MetricAsk[]): MetricAsk[][] {
  const readings: MetricAsk[][] = [];
  const open = new Map<NodeId, { readonly asks: MetricAsk[]; readonly keys: Set<string> }>();
  for (const ask of asks) {
    const last = open.get(ask.run);
    const keys = new Set([...(last?.keys ?? []), ...ask.keys]);
    if (last && keys.size <= METRIC_KEYS_MAX) {
      last.asks.push(ask);
      for (const key of ask.keys) last.keys.add(key);
      continue;
    }
    const own = { asks: [ask], keys: new Set(ask.keys) };
    readings.push(own.asks);
    open.set(ask.run, own);
  }
  return readings;
}
