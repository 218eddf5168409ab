import { registerEnumType } from 'type-graphql';

export const LineageDirection = {
  UPSTREAM: 'UPSTREAM',
  DOWNSTREAM: 'DOWNSTREAM',
  BOTH: 'BOTH',
} as const;

export type LineageDirection = keyof typeof LineageDirection;

registerEnumType(LineageDirection, {
  name: 'LineageDirection',
  description: 'Which way lineage is followed.',
  valuesConfig: {
    UPSTREAM: { description: 'Into the past: what the node came from.' },
    DOWNSTREAM: { description: 'Into the future: what came from the node.' },
    BOTH: { description: 'Along every edge, whichever way it points.' },
  },
});
