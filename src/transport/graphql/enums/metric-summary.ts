import { registerEnumType } from 'type-graphql';
import type { MetricSummary as Summary } from '../../../projections/metric-definitions.ts';

export const MetricSummary = {
  MIN: 'MIN',
  MAX: 'MAX',
  MEAN: 'MEAN',
  BEST: 'BEST',
  LAST: 'LAST',
  NONE: 'NONE',
  COPY: 'COPY',
  FIRST: 'FIRST',
} as const satisfies Record<Summary, string>;

registerEnumType(MetricSummary, {
  name: 'MetricSummary',
  description: 'What of the values of a metric stands in the summary of its run.',
  valuesConfig: {
    MIN: { description: 'The least.' },
    MAX: { description: 'The greatest.' },
    MEAN: { description: 'Their mean.' },
    BEST: { description: 'The best, by the goal of the metric.' },
    LAST: { description: 'The last.' },
    NONE: { description: 'Nothing.' },
    COPY: { description: 'What was put there by the client.' },
    FIRST: { description: 'The first.' },
  },
});
