import { describe } from 'vitest';
import { describeAdding } from './adding.ts';
import { describeDeadJobs } from './dead-jobs.ts';
import type { JobStore } from './opened-queues.ts';
import { describeRefusals } from './refusals.ts';
import { describeWorking } from './working.ts';

/** What every job queue promises. */
export function describeJobQueue(name: string, make: () => Promise<JobStore>): void {
  describe(`job queue: ${name}`, () => {
    describeAdding(make);
    describeWorking(make);
    describeDeadJobs(make);
    describeRefusals(make);
  });
}
