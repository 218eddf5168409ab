import { registerEnumType } from 'type-graphql';
import type { AccessKind as Kind } from '../../../ports/access-log.ts';

export const AccessKind = {
  RECORD: 'RECORD',
  BYTES: 'BYTES',
} as const satisfies Record<Kind, Kind>;

registerEnumType(AccessKind, {
  name: 'AccessKind',
  description: 'How something was read.',
  valuesConfig: {
    RECORD: { description: 'Its details were opened.' },
    BYTES: { description: 'Its bytes were handed out, or an address to fetch them from.' },
  },
});
