import type { Operations, WorkerRole } from './protocol.ts';
import { ThreadLink } from './thread-link.ts';

/** A thread of the lineage store. */
export class WorkerLink extends ThreadLink<Operations> {
  constructor() {
    super({ script: 'sqlite-worker', owner: 'the lineage store' });
  }

  static async open(role: WorkerRole): Promise<WorkerLink> {
    const link = new WorkerLink();
    await link.take(role);
    return link;
  }
}
