import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import {
  decodeValue,
  type JsonObject,
  type Value,
  type ValueObject,
} from '../domain/values/value.ts';

/** How a metric's rows are made one value of the summary. */
export const METRIC_SUMMARIES = [
  'MIN',
  'MAX',
  'MEAN',
  'BEST',
  'LAST',
  'NONE',
  'COPY',
  'FIRST',
] as const;
export type MetricSummary = (typeof METRIC_SUMMARIES)[number];
export type MetricNameKind = 'EXACT' | 'GLOB';
export type MetricGoal = 'MINIMIZE' | 'MAXIMIZE';

/** What a run says of a metric, or of all metrics whose names a pattern fits. */
export interface MetricDefinition {
  readonly name: string;
  readonly nameKind: MetricNameKind;
  readonly stepMetric: string | null;
  readonly isHidden: boolean;
  /** Empty: the last value, as without a definition. */
  readonly summary: readonly MetricSummary[];
  readonly goal: MetricGoal | null;
}

/** The SDK numbers the fields of a definition. */
const FIELD = {
  name: '1',
  glob: '2',
  step: '4',
  stepIndex: '5',
  options: '6',
  summary: '7',
  goal: '8',
};
const HIDDEN = 2;
const GOALS: Readonly<Record<string, MetricGoal>> = { 1: 'MINIMIZE', 2: 'MAXIMIZE' };

/** The definitions of metrics that the wandb SDK keeps in its notes on a run. */
export function metricDefinitions({ props }: Pick<NodeRow, 'props'>): MetricDefinition[] {
  const notes = (props.client as JsonObject | null | undefined)?.wandb;
  const listed = notes === undefined ? [] : listOf((decodeValue(notes) as ValueObject).m);
  const names = listed.map((each) => textOf(each[FIELD.name]) ?? textOf(each[FIELD.glob]));
  return listed.flatMap((each, at) => {
    const name = names[at];
    if (name == null) return [];
    const step = Number(each[FIELD.stepIndex] ?? 0);
    const isExact = textOf(each[FIELD.name]) !== null;
    return {
      name,
      nameKind: isExact ? ('EXACT' as const) : ('GLOB' as const),
      stepMetric: textOf(each[FIELD.step]) ?? names[step - 1] ?? null,
      isHidden: numbersOf(each[FIELD.options]).includes(HIDDEN),
      summary: numbersOf(each[FIELD.summary]).flatMap((flag) => METRIC_SUMMARIES[flag - 1] ?? []),
      goal: GOALS[String(each[FIELD.goal])] ?? null,
    };
  });
}

function listOf(value: Value | undefined): ValueObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (one): one is ValueObject => typeof one === 'object' && one !== null && !Array.isArray(one),
  );
}

function textOf(value: Value | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function numbersOf(value: Value | undefined): number[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];
}
