import { registerEnumType } from 'type-graphql';
import type { ColumnQuestion } from '../../../projections/column-lineage.ts';

export const ColumnDirection = {
  UPSTREAM: 'UPSTREAM',
  DOWNSTREAM: 'DOWNSTREAM',
} as const satisfies Record<ColumnQuestion['direction'], ColumnQuestion['direction']>;

export type ColumnDirection = ColumnQuestion['direction'];

registerEnumType(ColumnDirection, {
  name: 'ColumnDirection',
  description: 'Which way to go along columns.',
  valuesConfig: {
    UPSTREAM: { description: 'To the columns that it came from.' },
    DOWNSTREAM: { description: 'To the columns that came from it.' },
  },
});
