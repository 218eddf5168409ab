import { registerEnumType } from 'type-graphql';
import type { Outcome as Recorded } from '../../../domain/audit/leaf.ts';

/** Names are the API's, values are what leaves hold. */
export const Outcome = {
  ALLOW: 'allow',
  DENY: 'deny',
  ERROR: 'error',
} as const satisfies Record<Uppercase<Recorded>, Recorded>;

registerEnumType(Outcome, {
  name: 'Outcome',
  description: 'How a request ended.',
  valuesConfig: {
    ALLOW: { description: 'It was allowed, and what it asked for is so.' },
    DENY: { description: 'It was refused and changed nothing.' },
    ERROR: { description: 'It failed and changed nothing.' },
  },
});
