import { registerEnumType } from 'type-graphql';
import type { ComparedChange as Change } from '../../../projections/compare-values.ts';

export const ComparedChange = {
  ADDED: 'ADDED',
  REMOVED: 'REMOVED',
  CHANGED: 'CHANGED',
} as const satisfies Record<Change, Change>;

registerEnumType(ComparedChange, {
  name: 'ComparedChange',
  description: 'How the second of two compared things differs from the first.',
  valuesConfig: {
    ADDED: { description: 'Only the second has it.' },
    REMOVED: { description: 'Only the first has it.' },
    CHANGED: { description: 'Both have it, and it differs.' },
  },
});
