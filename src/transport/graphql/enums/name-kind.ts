import { registerEnumType } from 'type-graphql';
import type { MetricNameKind as Kind } from '../../../projections/metric-definitions.ts';

export const NameKind = {
  EXACT: 'EXACT',
  GLOB: 'GLOB',
} as const satisfies Record<Kind, string>;

registerEnumType(NameKind, {
  name: 'NameKind',
  description: 'How a name stands for others.',
  valuesConfig: {
    EXACT: { description: 'For itself.' },
    GLOB: { description: 'For every name that fits: * is any text.' },
  },
});
