import { registerEnumType } from 'type-graphql';
import type { RunStatus as Status } from '../../../domain/lineage/run-status.ts';

export const RunStatus = {
  RUNNING: 'RUNNING',
  FINISHED: 'FINISHED',
  FAILED: 'FAILED',
  KILLED: 'KILLED',
  CRASHED: 'CRASHED',
} as const satisfies Record<Status, Status>;

registerEnumType(RunStatus, {
  name: 'RunStatus',
  description: 'How far a run has come.',
  valuesConfig: {
    RUNNING: { description: 'It goes on.' },
    FINISHED: { description: 'It came to its end.' },
    FAILED: { description: 'It stopped with an error.' },
    KILLED: { description: 'Somebody stopped it.' },
    CRASHED: { description: 'Nothing was heard of it for too long.' },
  },
});
