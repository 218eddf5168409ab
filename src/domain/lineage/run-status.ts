/** States of a run, in the words of the GraphQL API. */
export const RUN_STATUSES = ['RUNNING', 'FINISHED', 'FAILED', 'KILLED', 'CRASHED'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export type FinalStatus = Exclude<RunStatus, 'RUNNING'>;

/**
 * The only exits of each state. CRASHED is the hub's own inference from silence, so a late
 * finish corrects it; the other final states were stated by the client and stay.
 * A resumed run goes back to RUNNING from any final state, by its own command.
 */
const EXITS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  RUNNING: ['FINISHED', 'FAILED', 'KILLED', 'CRASHED'],
  CRASHED: ['FINISHED', 'FAILED', 'KILLED'],
  FINISHED: [],
  FAILED: [],
  KILLED: [],
};

export function mayFinish(from: RunStatus, to: FinalStatus): boolean {
  return EXITS[from].includes(to);
}

export function isRunStatus(text: unknown): text is RunStatus {
  return (RUN_STATUSES as readonly unknown[]).includes(text);
}

export function isFinalStatus(text: unknown): text is FinalStatus {
  return isRunStatus(text) && text !== 'RUNNING';
}
