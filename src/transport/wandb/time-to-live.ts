import { invalidInput } from '../../domain/errors.ts';

/**
 * The SDK sends -1 for the collection's time to live and -2 for none, which is what the hub has.
 * Any other is refused: a version that was to end must not stay for ever unsaid.
 */
export function refuseTimeToLive(seconds: number | null | undefined): void {
  if (seconds === null || seconds === undefined || seconds < 0) return;
  throw invalidInput(
    `a time to live (ttl, ${seconds} seconds) is not kept: versions of this hub do not end by ` +
      'themselves; leave it out',
  );
}
