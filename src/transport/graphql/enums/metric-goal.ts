import { registerEnumType } from 'type-graphql';
import type { MetricGoal as Goal } from '../../../projections/metric-definitions.ts';

export const MetricGoal = {
  MINIMIZE: 'MINIMIZE',
  MAXIMIZE: 'MAXIMIZE',
} as const satisfies Record<Goal, string>;

registerEnumType(MetricGoal, {
  name: 'MetricGoal',
  description: 'Which values of a metric are the better ones.',
  valuesConfig: {
    MINIMIZE: { description: 'The smaller ones.' },
    MAXIMIZE: { description: 'The larger ones.' },
  },
});
