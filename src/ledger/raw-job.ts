import { createHash } from 'node:crypto';
import { invalidInput } from '../domain/errors.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { NewJob } from '../ports/job-queue.ts';
import type { KeptRawEvent, RawOrigin } from '../ports/raw-events.ts';

/**
 * What a raw event is called on its way to being a fact: by its door, its worker and whoever
 * looks for events that never arrived.
 */
type Named = Pick<RawOrigin, 'sender' | 'project' | 'digest'>;

const JOB_SEPARATOR = 'ledgerline/raw-job/v1';

/**
 * One event, of one sender by one key, for one project is one job while it is pending. The key
 * counts: a job that was accepted by a key may die with it, and must not take another's along.
 */
export function rawJobKey({ sender, project, digest }: Named): string {
  const { team, project: name } = project;
  const parts = [JOB_SEPARATOR, sender.ref, sender.via, team, name, digest];
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

export function rawJob(event: KeptRawEvent): NewJob {
  return { key: rawJobKey(event), payload: JSON.stringify({ ref: event.ref }) };
}

export function refOfRawJob(payload: string): string {
  const { ref } = JSON.parse(payload) as { readonly ref?: unknown };
  if (typeof ref !== 'string') throw invalidInput('the job names no raw event');
  return ref;
}
