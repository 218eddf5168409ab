import { registerEnumType } from 'type-graphql';
import type { ActorKind as Kind } from '../../../domain/actor.ts';

export const ActorKind = {
  PERSON: 'PERSON',
  SERVICE: 'SERVICE',
  SYSTEM: 'SYSTEM',
} as const satisfies Record<Kind, Kind>;

registerEnumType(ActorKind, {
  name: 'ActorKind',
  description: 'What an actor is.',
  valuesConfig: {
    PERSON: { description: 'A human being.' },
    SERVICE: { description: 'A service account, for programs.' },
    SYSTEM: { description: 'The hub itself.' },
  },
});
