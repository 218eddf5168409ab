import { registerEnumType } from 'type-graphql';
import type { AccessDoor as Door } from '../../../ports/access-log.ts';

export const AccessDoor = {
  GRAPHQL: 'GRAPHQL',
  WANDB: 'WANDB',
} as const satisfies Record<Door, Door>;

registerEnumType(AccessDoor, {
  name: 'AccessDoor',
  description: 'Where readers come in.',
  valuesConfig: {
    GRAPHQL: { description: 'This API.' },
    WANDB: { description: 'The door for the wandb SDK.' },
  },
});
